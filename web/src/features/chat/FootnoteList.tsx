import { Button } from "@mantine/core";
import { useState } from "react";
import type { Source } from "@/api/types";
import { Barred } from "./Barred";
import classes from "./Answer.module.css";
import { sourceName, sourcePlace, sourceQuote } from "./sourceWords";

const SHOWN_AT_FIRST = 4;

interface Props {
  sources: readonly Source[];
  openSourceId: string | null;
  onOpen: (source: Source) => void;
}

/** The footnotes below an answer, as a book has them: a short rule, then number, place and quote. */
export function FootnoteList({ sources, openSourceId, onOpen }: Props) {
  const [showsAll, setShowsAll] = useState(false);
  if (sources.length === 0) return null;
  const shown = showsAll || sources.length <= SHOWN_AT_FIRST + 1 ? sources : sources.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <hr className={classes.rule} aria-hidden="true" />
      <ol className={classes.notes} aria-label="Footnotes">
        {shown.map((source) => (
          <li key={source.id}>
            <button type="button" className={classes.note} aria-current={source.id === openSourceId ? "true" : undefined} onClick={() => onOpen(source)}>
              <span>{source.number}</span>
              <span>
                <span className={classes.place}>
                  <bdi>{sourceName(source)}</bdi>
                  {sourcePlace(source)}
                </span>
                {source.status === "withdrawn" ? " (withdrawn: the document was deleted)" : ""}
                <span className={classes.quote} dir="auto">
                  <Barred text={sourceQuote(source)} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {shown.length < sources.length ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setShowsAll(true)}>
          Show all {sources.length} footnotes
        </Button>
      ) : null}
    </>
  );
}
