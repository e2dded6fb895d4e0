import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["./*.ts", "!./*.test.ts"], { query: "?raw", import: "default", eager: true });

/** The modules of this folder that a module names, by their paths in `sources`. */
function importsOf(path: string): string[] {
  const named = (sources[path] ?? "").matchAll(/from "(\.\/[\w.]+)"/g);
  return [...named].map(([, name]) => `${name}.ts`).filter((name) => name in sources);
}

/** The way from a module back to itself, or null. */
function circleFrom(path: string, way: readonly string[] = []): readonly string[] | null {
  if (way.includes(path)) return [...way, path];
  for (const next of importsOf(path)) {
    const circle = circleFrom(next, [...way, path]);
    if (circle !== null) return circle;
  }
  return null;
}

test("the modules of the API import each other in no circle, types included", () => {
  expect(importsOf("./client.ts")).toContain("./problem.ts");
  expect(Object.keys(sources).map((path) => circleFrom(path))).toEqual(Object.keys(sources).map(() => null));
});
