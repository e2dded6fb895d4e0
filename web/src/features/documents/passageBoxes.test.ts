import { describe, expect, test } from "vitest";
import type { Box } from "@/api/types";
import { boxesOfSpan, boxesOnPage } from "./passageBoxes";

const word = (start: number, x0: number, y0: number): { text: string; span: [number, number]; box: Box } => ({
  text: "word",
  span: [start, start + 4],
  box: { x0, y0, x1: x0 + 30, y1: y0 + 10 },
});

describe("boxes of a passage", () => {
  test("words on one line share a box and each line has its own", () => {
    const words = [word(0, 72, 100), word(5, 106, 100.5), word(10, 72, 114)];
    expect(boxesOfSpan(words, [0, 14])).toEqual([
      { x0: 72, y0: 100, x1: 136, y1: 110.5 },
      { x0: 72, y0: 114, x1: 102, y1: 124 },
    ]);
  });

  test("only words inside the span are boxed", () => {
    expect(boxesOfSpan([word(0, 72, 100), word(5, 106, 100)], [5, 9])).toEqual([word(5, 106, 100).box]);
    expect(boxesOfSpan([word(0, 72, 100)], [4, 9])).toEqual([]);
  });

  test("a column gutter parts boxes of equal height, in both reading directions", () => {
    expect(boxesOfSpan([word(0, 72, 100), word(5, 300, 100)], [0, 9])).toHaveLength(2);
    expect(boxesOfSpan([word(0, 300, 100), word(5, 266, 100)], [0, 9])).toHaveLength(1);
  });

  test("a source's boxes are kept for their own page", () => {
    const box = { x0: 1, y0: 2, x1: 3, y1: 4 };
    expect(boxesOnPage([{ page: 2, ...box }, { page: 3, ...box }], 3)).toEqual([box]);
  });
});
