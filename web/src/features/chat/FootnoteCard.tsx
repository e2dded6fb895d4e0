/** One card for the whole thread that shows the footnote under the pointer or the focus. */
import { autoUpdate, flip, offset, shift, useFloating } from "@floating-ui/react";
import { Portal } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Sentence, Source } from "@/api/types";
import { Barred } from "./Barred";
import classes from "./FootnoteCard.module.css";
import { sourceName, sourcePlace, sourceQuote } from "./sourceWords";
import { type FootnoteCard, FootnoteCardContext } from "./FootnoteCardContext";

const OPEN_MS = 120;
/** Long enough to move the pointer onto the card, as those who read magnified need to. */
const CLOSE_MS = 200;

interface Shown {
  source: Source;
  verdict: Sentence["verdict"];
  anchor: Element;
}

export function FootnoteCardProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [floating, setFloating] = useState<HTMLElement | null>(null);
  const { floatingStyles } = useFloating({
    open: shown !== null,
    elements: { reference: shown?.anchor ?? null, floating },
    placement: "top",
    middleware: [offset(8), flip(), shift({ padding: 12 })],
    whileElementsMounted: autoUpdate,
  });
  const after = useCallback((milliseconds: number, next: Shown | null) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(next), milliseconds);
  }, []);
  const card = useMemo<FootnoteCard>(() => ({ show: (source, verdict, anchor) => after(OPEN_MS, { source, verdict, anchor }), hide: () => after(CLOSE_MS, null), close: () => after(0, null) }), [after]);
  useEffect(() => {
    if (shown === null) return;
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape") card.close();
    };
    window.addEventListener("keydown", closeOnEscape);
    return () => window.removeEventListener("keydown", closeOnEscape);
  }, [shown, card]);
  return (
    <FootnoteCardContext value={card}>
      {children}
      {shown === null ? null : (
        <Portal>
          {/* The card repeats what the button's name and the footnote list say, so it is kept from screen readers. */}
          <div ref={setFloating} className={classes.card} style={floatingStyles} aria-hidden="true" onMouseEnter={() => clearTimeout(timer.current)} onMouseLeave={card.hide}>
            <CardBody source={shown.source} verdict={shown.verdict} />
          </div>
        </Portal>
      )}
    </FootnoteCardContext>
  );
}

function CardBody({ source, verdict }: { source: Source; verdict: Sentence["verdict"] }) {
  return (
    <>
      <p className={classes.place}>
        <b>{source.number}</b>
        <span>
          <bdi>{sourceName(source)}</bdi>
          {sourcePlace(source)}
        </span>
      </p>
      <p className={classes.quote} dir="auto">
        <Barred text={sourceQuote(source)} />
      </p>
      <p className={classes.verdict}>{source.status === "withdrawn" ? "Withdrawn: the document was deleted since." : verdict === "verbatim" ? "The sentence stands word for word in the source." : "The sentence was checked against this passage."}</p>
    </>
  );
}
