/**
 * A headless Chromium at the end of a pipe: one JSON command a line on standard input, one JSON reply a line on
 * standard output. The browser tests are written in Python and use it through `tests/browser/chromium.py`; a target
 * is a chain of Playwright's own locator calls, so nothing has to be learnt beside Playwright.
 * Started as `node testing/driver.ts CHROMIUM`; ends, and the browser with it, when the input closes.
 */
import { createInterface } from "node:readline";
import { type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { inspect, settle } from "./inspect.ts";

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

interface DroppedFile {
  name: string;
  type: string;
  base64: string;
}

type Step = [method: string, ...given: unknown[]];

type Command =
  | { do: "open"; options: BrowserContextOptions; patience: number }
  | { do: "call"; page: number; target: Step[]; method: string; given: unknown[] }
  | { do: "key"; page: number; key: string }
  | { do: "drop"; page: number; files: DroppedFile[] }
  | { do: "inspect"; page: number; folder: string; name: string }
  | { do: "picture"; page: number; path: string }
  | { do: "faults"; page: number }
  | { do: "close"; page: number };

interface Visit {
  page: Page;
  /** Errors on the console and in the page's scripts; each is a fault unless the test expected it. */
  faults: string[];
}

const browser = await chromium.launch({ executablePath: process.argv[2] ?? "/usr/bin/chromium", args: QUIET });
const visits: Visit[] = [];

async function open(options: BrowserContextOptions, patience: number): Promise<number> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  return visits.push({ page, faults }) - 1;
}

function visit(number: number): Visit {
  const found = visits[number];
  if (found === undefined) throw new Error(`There is no page ${number}.`);
  return found;
}

/** Follow the chain of locator calls, then call the method on what it leads to. */
async function call(page: Page, target: readonly Step[], method: string, given: readonly unknown[]): Promise<unknown> {
  const place = target.reduce<Page | Locator>((from, [name, ...options]) => invoke(from, name, options) as Locator, page);
  const value = await invoke(place, method, given);
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype ? null : value;
}

function invoke(place: Page | Locator, name: string, given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(place, name);
  if (typeof method !== "function") throw new Error(`Playwright has no ${name} here.`);
  return Reflect.apply(method, place, given);
}

/** Let go of files over the page, as a mouse that dragged them from a folder would. */
async function drop(page: Page, files: DroppedFile[]): Promise<void> {
  await page.evaluate((given) => {
    const dataTransfer = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], name, { type }));
    }
    for (const event of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
  }, files);
}

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case "open":
      return open(command.options, command.patience);
    case "call":
      return call(visit(command.page).page, command.target, command.method, command.given);
    case "key":
      return visit(command.page).page.keyboard.press(command.key);
    case "drop":
      return drop(visit(command.page).page, command.files);
    case "inspect":
      return inspect(visit(command.page).page, command.folder, command.name);
    case "picture":
      await settle(visit(command.page).page);
      return void (await visit(command.page).page.screenshot({ path: command.path }));
    case "faults":
      return visit(command.page).faults;
    case "close":
      return visit(command.page).page.context().close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await obey(JSON.parse(line) as Command).then(
    (value) => ({ value: value ?? null }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
await browser.close();
