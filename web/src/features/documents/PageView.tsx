import { Button } from "@mantine/core";
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { ApiProblem } from "@/api/problem";
import type { Box, DocumentPage } from "@/api/types";
import { ProblemNotice } from "@/components/ProblemNotice";
import { PageToolbar } from "./PageToolbar";
import type { Passage } from "./passage";
import { boxesOfSpan, boxesOnPage } from "./passageBoxes";
import classes from "./SourceViewer.module.css";
import { imageScale, useZoom } from "./zoom";

interface Props {
  documentId: string;
  version: string | null;
  filename: string;
  page: number;
  onPage: (page: number) => void;
  passage: Passage | null;
  facts: DocumentPage;
  /** The page asked for is still on its way and `facts` are of the one before. */
  isStale: boolean;
  problem: ApiProblem | null;
}

/** Part of the viewer's height left above the passage when it is scrolled to. */
export const SHARE_ABOVE = 0.25;

/** One page as an image, the passage boxed in points over it, its words selectable. */
export function PageView({ documentId, version, filename, page, onPage, passage, facts, isStale, problem }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const zoom = useZoom();
  const boxes = useMemo(() => passageBoxes(passage, facts), [passage, facts]);
  useScrollToFirstBox(scroll, isStale ? null : facts, boxes);
  const turn = (to: number) => {
    if (to >= 1 && to <= facts.page_count) onPage(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = { ArrowRight: () => turn(page + 1), ArrowLeft: () => turn(page - 1), "+": zoom.larger, "-": zoom.smaller, "0": zoom.fit }[event.key];
    if (action === undefined || (zoom.factor > 1 && event.key.startsWith("Arrow"))) return; // A wide page scrolls by arrows.
    event.preventDefault();
    action();
  };
  return (
    // The keys act on whatever of the viewer has the focus; every one of them has a button too.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={classes.viewer} onKeyDown={onKeyDown}>
      <PageToolbar documentId={documentId} version={version} page={page} pageCount={facts.page_count} onPage={turn} zoom={zoom} />
      <PageNotes facts={facts} passage={passage} isBoxed={boxes.length > 0} onPage={onPage} />
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it */}
      <section className={classes.scroll} ref={scroll} tabIndex={0} aria-label={`Page ${facts.number} of ${filename}`} aria-busy={isStale}>
        <Sheet key={`${facts.version_id}/${facts.number}`} documentId={documentId} facts={facts} boxes={boxes} zoomFactor={zoom.factor} />
      </section>
    </div>
  );
}

function passageBoxes(passage: Passage | null, facts: DocumentPage): Box[] {
  if (passage === null) return [];
  const known = boxesOnPage(passage.boxes, facts.number);
  return known.length > 0 || passage.span === null ? known : boxesOfSpan(facts.words, passage.span);
}

function useScrollToFirstBox(scroll: React.RefObject<HTMLDivElement | null>, facts: DocumentPage | null, boxes: readonly Box[]) {
  useLayoutEffect(() => {
    const area = scroll.current;
    const sheet = area?.firstElementChild;
    if (!area || !(sheet instanceof HTMLElement) || facts === null) return;
    const first = boxes[0];
    const top = first === undefined ? 0 : sheet.offsetTop + (first.y0 / facts.height) * sheet.offsetHeight - SHARE_ABOVE * area.clientHeight;
    const left = first === undefined ? 0 : sheet.offsetLeft + (first.x0 / facts.width) * sheet.offsetWidth - SHARE_ABOVE * area.clientWidth;
    area.scrollTo({ top, left });
  }, [scroll, facts, boxes]);
}

function Sheet({ documentId, facts, boxes, zoomFactor }: { documentId: string; facts: DocumentPage; boxes: readonly Box[]; zoomFactor: number }) {
  const [failures, setFailures] = useState(0);
  const [isBroken, setBroken] = useState(false);
  const scale = imageScale(facts.width, zoomFactor);
  const address = `/api/v1/documents/${encodeURIComponent(documentId)}/pages/${facts.number}/image?version=${encodeURIComponent(facts.version_id)}&scale=${scale}`;
  return (
    <div className={classes.sheet} style={{ inlineSize: `${100 * zoomFactor}%`, aspectRatio: `${facts.width} / ${facts.height}` }}>
      {isBroken ? (
        <div className={classes.imageProblem} role="alert">
          The image of this page could not be loaded.
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setFailures(failures + 1);
              setBroken(false);
            }}
          >
            Try again
          </Button>
        </div>
      ) : (
        <img key={failures} src={address} alt={`Page ${facts.number}`} onError={() => setBroken(true)} />
      )}
      <svg viewBox={`0 0 ${facts.width} ${facts.height}`} aria-label={boxes.length === 0 ? "Words of the page" : "Words of the page, the passage boxed"}>
        {boxes.map((box, index) => (
          <rect key={index} className={classes.box} x={box.x0 - 1.5} y={box.y0 - 1.5} width={box.x1 - box.x0 + 3} height={box.y1 - box.y0 + 3} rx={1.5} data-testid="passage-box" />
        ))}
        <Words words={facts.words} />
      </svg>
    </div>
  );
}

/** The page's words, invisible and stretched to their boxes, so that text can be selected and read aloud. */
function Words({ words }: { words: DocumentPage["words"] }) {
  return (
    <g className={classes.words}>
      {words.map(({ text, box, span }) => {
        const width = box.x1 - box.x0;
        const height = box.y1 - box.y0;
        if (width <= 0 || height <= 0) return null;
        return (
          <text key={span[0]} x={box.x0} y={box.y1 - 0.2 * height} fontSize={height} textLength={width} lengthAdjust="spacingAndGlyphs">
            {text}{" "}
          </text>
        );
      })}
    </g>
  );
}

interface NotesProps {
  facts: DocumentPage;
  passage: Passage | null;
  isBoxed: boolean;
  onPage: (page: number) => void;
}

function PageNotes({ facts, passage, isBoxed, onPage }: NotesProps) {
  const others = (passage?.pages ?? []).filter((number) => number !== facts.number);
  const isMissing = passage !== null && !isBoxed && (passage.pages.length === 0 || passage.pages.includes(facts.number));
  const notes = [
    facts.warning,
    facts.origin === "ocr" && facts.warning === null ? "This page is a scan; its text was recognised and may hold errors." : null,
    isMissing ? "The passage could not be located on this page, so nothing is boxed." : null,
  ].filter((note) => note !== null);
  if (notes.length === 0 && others.length === 0) return null;
  return (
    <div className={classes.note} role="status">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {others.length === 0 ? null : (
        <p>
          {passage?.pages.includes(facts.number) ? "The passage also stands on " : "The passage stands on "}
          {others.map((number) => (
            <Button key={number} size="compact-sm" variant="transparent" td="underline" onClick={() => onPage(number)}>
              page {number}
            </Button>
          ))}
        </p>
      )}
    </div>
  );
}
