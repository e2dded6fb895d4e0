import { expect, test } from "vitest";
import { formatAge, formatBytes, formatCost, formatDuration, formatPages, formatQuantity } from "./format";

test("sizes keep at most one decimal and change the unit before they read 1000", () => {
  expect([0, 820, 1400, 999_700, 12_345_678].map(formatBytes)).toEqual(["0 B", "820 B", "1.4 KB", "1.0 MB", "12.3 MB"]);
});

test("one of a thing is written in the singular", () => {
  expect(formatQuantity(1, "pages")).toBe("1 page");
  expect(formatQuantity(1, "index entries")).toBe("1 index entry");
  expect(formatQuantity(1200, "chunks")).toBe("1,200 chunks");
});

test("costs show two digits that count, and nothing is free unless it is", () => {
  expect(formatCost(0)).toBe("free");
  expect(formatCost(420_000)).toBe("$0.00042");
  expect(formatCost(1)).toBe("$0.000000001");
  expect(formatCost(1_200_000_000)).toBe("$1.20");
});

test("durations", () => {
  expect([12, 2400, 60_000, 200_000].map(formatDuration)).toEqual(["12 ms", "2.4 s", "1 min", "3 min 20 s"]);
});

test("ages read as people say them", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  expect(formatAge("2026-11-20T11:59:40Z", now)).toBe("just now");
  expect(formatAge("2026-11-20T11:15:00Z", now)).toBe("45 min ago");
  expect(formatAge("2026-11-19T10:00:00Z", now)).toBe("yesterday");
});

test("pages", () => {
  expect(formatPages([])).toBe("");
  expect(formatPages([4])).toBe("page 4");
  expect(formatPages([4, 5])).toBe("pages 4–5");
});
