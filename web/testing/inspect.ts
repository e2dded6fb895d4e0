/** What every screen must keep, whatever is on it: axe finds nothing, and nothing scrolls sideways. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const AXE = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const SIZES = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ["light", "dark"] as const;

/** Runs in the page. */
const VIOLATIONS = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) =>
  id + ": " + nodes.slice(0, 3).map(({ html, any, all, none }) => html.slice(0, 160) + " " + ([...any, ...all, ...none][0]?.message ?? "")).join(" | ")))`;
const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
/** Pictures loaded, fonts there, and every movement that ends has ended. */
const SETTLED = `Promise.all([document.fonts.ready,
  ...[...document.images].filter((image) => image.src !== "").map((image) => image.decode().catch(() => undefined)),
  ...document.getAnimations().filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime)).map((each) => each.finished.catch(() => undefined)),
]).then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))))`;

/**
 * Show the screen as it stands in light and dark, wide and on a phone, take a picture of each as
 * `folder/name-size-scheme.png`, and say what is wrong with it. The screen is left as it was found.
 */
export async function inspect(page: Page, folder: string, name: string): Promise<string[]> {
  const faults: string[] = [];
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, colorScheme);
      const tag = `${name}-${size}-${colorScheme}`;
      for (const fault of await faultsOf(page)) faults.push(`${tag}: ${fault}`);
      await page.screenshot({ path: `${folder}/${tag}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
  return faults;
}

/** Wait until the screen is drawn as it will stay. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(SETTLED);
}

async function faultsOf(page: Page): Promise<string[]> {
  await settle(page);
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(AXE);
  const faults = await page.evaluate<string[]>(VIOLATIONS);
  const overflow = await page.evaluate<number>(OVERFLOW);
  return overflow > 0 ? [...faults, `scrolls sideways by ${overflow} px`] : faults;
}
