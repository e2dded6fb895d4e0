import { createContext, useContext } from "react";
import type { Sentence, Source } from "@/api/types";

export interface FootnoteCard {
  show: (source: Source, verdict: Sentence["verdict"], anchor: Element) => void;
  /** Close unless the pointer moves onto the card. */
  hide: () => void;
  close: () => void;
}

export const FootnoteCardContext = createContext<FootnoteCard>({ show: () => undefined, hide: () => undefined, close: () => undefined });

export function useFootnoteCard(): FootnoteCard {
  return useContext(FootnoteCardContext);
}
