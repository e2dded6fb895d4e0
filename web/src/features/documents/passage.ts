import type { PageBox, Span } from "@/api/types";

/** What is marked in a document: where the passage stands in the text and, when known, on pages. */
export interface Passage {
  span: Span | null;
  boxes: readonly PageBox[];
  /** Pages the passage stands on, when known. */
  pages: readonly number[];
}
