/** A source and the check of a sentence in words. */
import type { Source } from "@/api/types";
import { formatPages } from "@/lib/format";

const WITHDRAWN_NAME = "deleted document";

export function sourceName(source: Source): string {
  return source.filename ?? WITHDRAWN_NAME;
}

/** `, page 4`, or nothing. */
export function sourcePlace(source: Source): string {
  return source.pages.length === 0 ? "" : `, ${formatPages(source.pages)}`;
}

/** The quote in quotation marks; a source whose document is gone may have none left. */
export function sourceQuote(source: Source): string {
  return source.quote === null ? "" : `“${source.quote}”`;
}

const CHECK_REASONS: Record<string, string> = {
  changed_number: "a number differs from the source",
  changed_date: "a date differs from the source",
  changed_unit: "a unit differs from the source",
  changed_quantifier: "the source says how many or how often in another way",
  foreign_name: "a name does not occur in the source",
  role_swap: "who did what is the other way round in the source",
  negation_mismatch: "the source says the opposite",
  antonym: "the source says the opposite",
  unknown_words: "the source does not speak of this",
  wrong_passage: "the passage named for it says something else",
  uncited: "no passage was named for it",
  unknown_passage: "the passage named for it does not exist",
  not_found: "its words were not found in the source",
};

/** Why a sentence failed the check, as one phrase; nothing when no known reason was given. */
export function checkReason(reasons: readonly string[] | undefined): string {
  return (reasons ?? []).map((reason) => CHECK_REASONS[reason]).find((phrase) => phrase !== undefined) ?? "";
}

const ABSTENTION_REASONS: Record<string, string> = {
  no_passages: "No passage in the documents searched has to do with the question.",
  weak_evidence: "Passages on the subject were found, but none that answers the question with enough certainty.",
  no_evidence: "No passage was found that answers the question.",
  no_question: "This does not seem to be a question. Ask for what you want to know in a full sentence.",
  model_found_no_answer: "The model read the passages found and saw no answer in them.",
};

/** The reason of an abstention as a sentence: known codes are translated, sentences are kept, unknown codes left out. */
export function abstentionReason(reason: string | null | undefined): string {
  const text = reason?.trim() ?? "";
  return ABSTENTION_REASONS[text] ?? (/\s/.test(text) ? text : "");
}
