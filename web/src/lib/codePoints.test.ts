import { describe, expect, test } from "vitest";
import { codePointLength, sliceSpan, spansOverlap, utf16Index } from "./codePoints";

const TEXTS = ["", "plain", "a😀b", "😀😀", "👩‍👩‍👧 family", "naïve – العربية 𝒳", "\ud83d lone", "end \ud83d"];

describe("code points", () => {
  test("length agrees with the string iterator", () => {
    for (const text of TEXTS) expect(codePointLength(text)).toBe([...text].length);
  });

  test("every span slices to the same code points as the iterator does", () => {
    for (const text of TEXTS) {
      const points = [...text];
      for (let start = 0; start <= points.length; start += 1) {
        for (let end = start; end <= points.length; end += 1) {
          expect(sliceSpan(text, [start, end])).toBe(points.slice(start, end).join(""));
        }
      }
    }
  });

  test("an emoji before a passage does not shift it", () => {
    expect(sliceSpan("😀 The fee is 40 EUR.", [2, 21])).toBe("The fee is 40 EUR.");
    expect(utf16Index("😀 The", 2)).toBe(3);
  });

  test("a span past the end stops at the end", () => {
    expect(sliceSpan("short", [3, 99])).toBe("rt");
    expect(sliceSpan("short", [40, 99])).toBe("");
  });

  test("spans that only touch do not overlap", () => {
    expect(spansOverlap([0, 5], [5, 9])).toBe(false);
    expect(spansOverlap([0, 5], [4, 9])).toBe(true);
  });
});
