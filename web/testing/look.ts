/**
 * Walks every screen in headless Chromium against the fake backend: pictures to look at, axe on each, no console error,
 * no sideways scrolling. Usage: `npm run build && npm run look -- [folder for the pictures]`.
 */
import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { serve } from "./serve.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PORT = 4180;
const SIZES = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;

const folder = process.argv[2] ?? "../build/screenshots";
const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const faults: string[] = [];
await mkdir(folder, { recursive: true });
const { backend, close } = await serve(PORT, { pauseMs: 120, isEmpty: false });
const empty = await serve(PORT + 1, { pauseMs: 120, isEmpty: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });

/** Take the picture and hold the screen to what every screen must keep. */
async function look(page: Page, name: string, { keepsPointer = false } = {}): Promise<void> {
  if (!keepsPointer) await page.mouse.move(700, 3); // Or a tooltip of whatever was clicked last is in the picture.
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.evaluate(axe);
  const violations = await page.evaluate("axe.run(document).then((found) => found.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).slice(0, 3).join(' | ')))");
  for (const violation of violations as string[]) faults.push(`${name}: axe ${violation}`);
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  if ((overflow as number) > 0) faults.push(`${name}: scrolls sideways by ${String(overflow)} px`);
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Your question").fill(question);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
}

async function walkSignedOut(context: BrowserContext, tag: string): Promise<void> {
  const page = await open(context, tag, { allow401: true });
  const me = backend.me;
  backend.me = null;
  await page.goto(`http://127.0.0.1:${PORT}/library`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await look(page, `${tag}-sign-in`);
  await page.goto("about:blank");
  await page.goto(`http://127.0.0.1:${PORT}/sign-in#code=old-code`);
  await page.getByText("no longer works").waitFor();
  if (page.url().includes("code=")) faults.push(`${tag}: the code is still in the address`);
  await look(page, `${tag}-sign-in-refused`);
  await page.goto("about:blank");
  await page.goto(`http://127.0.0.1:${PORT}/sign-in#code=good-code`);
  await page.getByRole("heading", { name: "Library" }).waitFor();
  backend.me = me;
  await page.close();
}

async function open(context: BrowserContext, tag: string, { allow401 = false } = {}): Promise<Page> {
  const page = await context.newPage();
  page.on("console", (message) => {
    const isAsked = message.text().includes("415") || (allow401 && message.text().includes("401")); // The browser logs every refusal.
    if (message.type() === "error" && !isAsked) faults.push(`${tag}: console ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`${tag}: page error ${error.message}`));
  return page;
}

async function walkLibrary(page: Page, tag: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${PORT}/library`);
  await page.getByText("37 of 200 pages").waitFor();
  await look(page, `${tag}-library`);
  await page.locator('input[type="file"]').first().setInputFiles([
    { name: "setup.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") },
    { name: `notes-${tag}.pdf`, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") },
    { name: "minutes.md", mimeType: "text/markdown", buffer: Buffer.from("# Minutes") },
  ]);
  await page.getByText("cannot read this kind of file").waitFor();
  await look(page, `${tag}-uploads`);
  await page.getByRole("button", { name: "More for scan-letter.pdf" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await look(page, `${tag}-delete`);
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("footnotes withdrawn").waitFor();
  await look(page, `${tag}-receipt`);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByLabel("Find by name").fill("nothing like this");
  await page.getByText("No document matches").waitFor();
  await look(page, `${tag}-no-match`);
}

async function walkChat(page: Page, tag: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${PORT}/chat`);
  await look(page, `${tag}-new-question`);
  await ask(page, "How often is the pump serviced, and who approves repairs?");
  await page.getByText("at least once a year").first().waitFor();
  await look(page, `${tag}-streaming`);
  await page.getByRole("button", { name: "Copy" }).waitFor();
  await look(page, `${tag}-answer`);
  await page.getByRole("button", { name: /^Footnote 1:/ }).first().hover();
  await page.waitForTimeout(300);
  await look(page, `${tag}-card`, { keepsPointer: true });
  await page.getByRole("button", { name: /^Footnote 3:/ }).first().click();
  await page.getByTestId("passage-box").first().waitFor();
  await look(page, `${tag}-source`);
  await page.getByRole("button", { name: "Footnote after" }).click();
  await page.locator("mark").first().waitFor();
  await look(page, `${tag}-source-text`);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Details" }).first().click();
  await look(page, `${tag}-details`);
  await page.keyboard.press("Escape");
  await ask(page, "What must the gauge read?");
  await page.getByText("not supported by a source").waitFor();
  await page.getByText("1 sentence has no source").waitFor();
  await look(page, `${tag}-unsupported`);
  await ask(page, "Does the warranty cover the seal kit?");
  await page.getByText("No answer found in the documents").waitFor();
  await look(page, `${tag}-abstention`);
  await ask(page, "كم مرة تتم صيانة المضخة؟");
  await page.getByText("400 ساعة").first().waitFor();
  await look(page, `${tag}-arabic`);
  await ask(page, "Please fail");
  await page.getByText("did not answer in time").waitFor();
  await look(page, `${tag}-failed`);
}

/** Reload in the middle of an answer, then stop it. */
async function walkResume(page: Page, tag: string): Promise<void> {
  backend.answer = (run) => {
    const sentence = { index: 0, span: [0, 4], text: "One.", verdict: "grounded", sources: [] };
    run.push({ type: "data-sentence", id: "s0", data: sentence });
    run.push({ type: "text-delta", id: "t", delta: "One." });
  };
  await page.goto(`http://127.0.0.1:${PORT}/chat`);
  await ask(page, "A long one");
  await page.getByText("One.").waitFor();
  await page.reload();
  await page.getByText("One.").waitFor();
  await page.getByRole("button", { name: "Stop the answer" }).click();
  await page.getByText("What was checked until then is kept").waitFor();
  await look(page, `${tag}-stopped`);
}

async function walkDocument(page: Page, tag: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${PORT}/documents/doc_1?version=ver_1&page=4&start=40090&end=40180`);
  await page.getByTestId("passage-box").first().waitFor();
  await look(page, `${tag}-document`);
  if (tag.includes("phone")) {
    await page.getByText("Details", { exact: true }).click();
    await look(page, `${tag}-document-details`);
  }
  await page.goto(`http://127.0.0.1:${PORT}/documents/doc_2`);
  await page.getByRole("heading", { name: "Annual report" }).waitFor();
  await look(page, `${tag}-document-processing`);
}

const { answer, documents } = backend;
for (const scheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const tag = `${scheme}-${size}`;
    const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: "reduce", hasTouch: size === "phone" });
    backend.documents = structuredClone(documents);
    backend.answer = answer;
    backend.conversations = [];
    await walkSignedOut(context, tag);
    const page = await open(context, tag);
    await walkLibrary(page, tag);
    await walkChat(page, tag);
    await walkResume(page, tag);
    await walkDocument(page, tag);
    await page.goto(`http://127.0.0.1:${PORT + 1}/library`);
    await page.getByText("Nothing here yet").waitFor();
    await look(page, `${tag}-empty`);
    await context.close();
    console.log(`${tag}: walked`);
  }
}
await browser.close();
close();
empty.close();
console.log(faults.length === 0 ? "No fault found." : faults.join("\n"));
process.exit(faults.length === 0 ? 0 : 1);
