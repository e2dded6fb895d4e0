import { expect, test } from "vitest";
import { makeJob } from "@/testing/factories";
import { describeProgress, shareDone } from "./jobWords";

test("progress is told in true counts of the running step", () => {
  expect(describeProgress(makeJob({ step: "parse", progress: { done: 37, total: 200, unit: "pages" } }))).toBe("Parse: 37 of 200 pages");
});

test("a step that does not know its total yet shows no count", () => {
  expect(describeProgress(makeJob({ step: "structure" }))).toBe("Structure");
});

test("done steps are whole and unknown totals are empty", () => {
  const [parse, structure] = makeJob({ step: "structure" }).steps;
  expect(parse && shareDone(parse)).toBe(1);
  expect(structure && shareDone(structure)).toBe(0);
});
