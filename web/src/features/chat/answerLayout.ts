/** Arranges an answer's text into paragraphs and lists while keeping every sentence's identity for its footnotes. */
import type { Sentence } from "@/api/types";

/** A stretch of text on one line; `endsSentence` marks where the footnote numbers of `sentence` stand. */
export interface Run {
  text: string;
  sentence: Sentence | null;
  endsSentence: boolean;
}

export type Block = { kind: "paragraph"; lines: Run[][] } | { kind: "list"; ordered: boolean; items: Run[][] };

const BULLET = /^\s*[-*•]\s+/;
const NUMBER = /^\s*\d{1,2}[.)]\s+/;

/** Blocks in reading order. Sentence spans count code points; text outside all sentences is kept as it stands. */
export function layOutAnswer(text: string, sentences: readonly Sentence[]): Block[] {
  const blocks: Block[] = [];
  for (const line of splitLines(toRuns(text, sentences))) {
    const content = line.map((run) => run.text).join("");
    const last = blocks[blocks.length - 1];
    if (content.trim() === "") {
      if (last?.kind === "paragraph" && last.lines.length > 0) blocks.push({ kind: "paragraph", lines: [] });
      continue;
    }
    const marker = BULLET.exec(content) ?? NUMBER.exec(content);
    if (marker === null) {
      if (last?.kind === "paragraph") last.lines.push(line);
      else blocks.push({ kind: "paragraph", lines: [line] });
      continue;
    }
    const item = dropStart(line, marker[0].length);
    const ordered = NUMBER.test(marker[0]);
    if (last?.kind === "list" && last.ordered === ordered) last.items.push(item);
    else blocks.push({ kind: "list", ordered, items: [item] });
  }
  return blocks.filter((block) => block.kind === "list" || block.lines.length > 0);
}

function toRuns(text: string, sentences: readonly Sentence[]): Run[] {
  const points = [...text];
  const runs: Run[] = [];
  let at = 0;
  const inOrder = [...sentences].sort((left, right) => left.span[0] - right.span[0]);
  for (const sentence of inOrder) {
    const [start, end] = sentence.span;
    if (start >= points.length || start < at) continue; // Announced, and its text is still on the way.
    const between = points.slice(at, start).join("");
    const standsAlone = isTable(sentence) || isTable(runs[runs.length - 1]?.sentence ?? null);
    if (start > at) runs.push({ text: standsAlone && between.trim() === "" ? "\n" : between, sentence: null, endsSentence: false });
    runs.push({ text: points.slice(start, end).join(""), sentence, endsSentence: true });
    at = Math.min(end, points.length);
  }
  if (at < points.length) runs.push({ text: points.slice(at).join(""), sentence: null, endsSentence: false });
  return runs;
}

/** Rows of a table are quoted with bars between cells and with line ends; they read badly in the midst of prose. */
function isTable(sentence: Sentence | null): boolean {
  return sentence !== null && / \| |\n/.test(sentence.text);
}

function splitLines(runs: readonly Run[]): Run[][] {
  const lines: Run[][] = [[]];
  for (const run of runs) {
    const pieces = run.text.split("\n");
    pieces.forEach((piece, index) => {
      if (index > 0) lines.push([]);
      const endsSentence = run.endsSentence && index === pieces.length - 1;
      if (piece !== "" || endsSentence) lines[lines.length - 1]?.push({ ...run, text: piece, endsSentence });
    });
  }
  return lines;
}

function dropStart(line: readonly Run[], length: number): Run[] {
  let left = length;
  const kept: Run[] = [];
  for (const run of line) {
    const cut = Math.min(left, run.text.length);
    left -= cut;
    if (run.text.length > cut || run.endsSentence) kept.push({ ...run, text: run.text.slice(cut) });
  }
  return kept;
}
