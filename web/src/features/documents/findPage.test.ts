import { expect, test } from "vitest";
import { findPage } from "./findPage";

function finding(offset: number, starts: (number | null)[]): Promise<number> {
  return findPage(offset, starts.length, (page) => Promise.resolve(starts[page - 1] ?? null));
}

test("a passage is found on the page whose text it stands in", async () => {
  const starts = [0, 100, 200, 300, 400];
  expect(await Promise.all([0, 99, 100, 250, 400, 999].map((offset) => finding(offset, starts)))).toEqual([1, 1, 2, 3, 5, 5]);
});

test("pages without text are passed over", async () => {
  expect(await finding(150, [0, null, null, 100, null])).toBe(4);
  expect(await finding(50, [0, null, null, 100, null])).toBe(1);
  expect(await finding(50, [null, null])).toBe(1);
});

test("a long document is searched with few questions", async () => {
  let asked = 0;
  const page = await findPage(12_345, 1000, (number) => {
    asked += 1;
    return Promise.resolve(100 * (number - 1));
  });
  expect([page, asked <= 10]).toEqual([124, true]);
});
