/** The footnotes of an answer. */
import type { Message, Source } from "@/api/types";
import { sourceName, sourcePlace, sourceQuote } from "./sourceWords";

/** Each cited source once, by its number. */
export function footnotesOf(message: Message): Source[] {
  const byNumber = new Map<number, Source>();
  for (const sentence of message.sentences ?? []) for (const source of sentence.sources) if (!byNumber.has(source.number)) byNumber.set(source.number, source);
  return [...byNumber.values()].sort((left, right) => left.number - right.number);
}

/** The answer as text to paste elsewhere: numbers in brackets after each sentence, footnotes below. */
export function asPlainText(message: Message): string {
  const points = [...message.text];
  const sentences = [...(message.sentences ?? [])].sort((left, right) => right.span[1] - left.span[1]);
  for (const { span, sources } of sentences) if (sources.length > 0) points.splice(span[1], 0, ` [${sources.map(({ number }) => number).join(", ")}]`);
  const notes = footnotesOf(message).map((source) => {
    const quote = sourceQuote(source);
    return `[${source.number}] ${sourceName(source)}${sourcePlace(source)}${quote === "" ? "" : `: ${quote}`}`;
  });
  return [points.join(""), ...(notes.length === 0 ? [] : ["", ...notes])].join("\n");
}
