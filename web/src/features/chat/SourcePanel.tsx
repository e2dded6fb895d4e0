/** The page behind a footnote, beside the answer on wide screens and over it on narrow ones. */
import { Anchor, Modal } from "@mantine/core";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import type { Source } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { IconButton } from "@/components/IconButton";
import type { Passage } from "@/features/documents/passage";
import { SourceViewer } from "@/features/documents/SourceViewer";
import { Barred } from "./Barred";
import classes from "./Chat.module.css";
import { sourceName } from "./sourceWords";

interface Props {
  source: Source;
  /** All footnotes of the same answer, to step through. */
  siblings: readonly Source[];
  isOverlay: boolean;
  onOpen: (source: Source) => void;
  onClose: () => void;
}

export function SourcePanel(props: Props) {
  const { source, isOverlay, onClose } = props;
  if (isOverlay) {
    return (
      <Modal.Root opened onClose={onClose} fullScreen padding={0}>
        <Modal.Content aria-label={`Footnote ${source.number}`} style={{ overflow: "hidden" }}>
          <Modal.Body className={classes.source} style={{ blockSize: "100dvh", borderInlineStart: 0 }}>
            <PanelBody {...props} key={source.id} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    );
  }
  return (
    <aside className={classes.source} aria-label="Source">
      <PanelBody {...props} key={source.id} />
    </aside>
  );
}

function PanelBody({ source, siblings, isOverlay, onOpen, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [page, setPage] = useState(source.page ?? source.pages[0] ?? 1);
  const passage = useMemo<Passage>(() => ({ span: source.span, boxes: source.boxes, pages: source.pages }), [source]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (isOverlay) return; // The dialog closes itself.
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) onClose();
    };
    window.addEventListener("keydown", close);
    return () => window.removeEventListener("keydown", close);
  }, [isOverlay, onClose]);
  const at = siblings.findIndex(({ id }) => id === source.id);
  const before = siblings[at - 1];
  const after = siblings[at + 1];
  return (
    <>
      <div className={classes.sourceHead}>
        <div className={classes.sourceTop}>
          <h2 ref={heading} tabIndex={-1}>
            <span style={{ color: "var(--accent)" }}>{source.number}</span> <bdi>{sourceName(source)}</bdi>
          </h2>
          <IconButton label="Footnote before" disabled={before === undefined} onClick={() => before && onOpen(before)}>
            <ChevronLeft size={18} />
          </IconButton>
          <IconButton label="Footnote after" disabled={after === undefined} onClick={() => after && onOpen(after)}>
            <ChevronRight size={18} />
          </IconButton>
          <IconButton label="Close the source" onClick={onClose}>
            <X size={18} />
          </IconButton>
        </div>
        {source.quote === null ? null : (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long quote scrolls, so the keyboard must reach it
          <blockquote className={classes.quote} dir="auto" tabIndex={0}>
            <Barred text={source.quote} />
          </blockquote>
        )}
        {source.document_id === null ? null : (
          <Anchor component={Link} to={documentAddress(source, page)} size="sm" underline="always">
            Open the document
          </Anchor>
        )}
      </div>
      {source.document_id === null || source.status === "withdrawn" ? (
        <EmptyState title="This source was withdrawn" order={3}>
          <p>The document was deleted after the answer was written.{source.quote === null ? "" : " The quote above is what was cited."}</p>
        </EmptyState>
      ) : (
        <div style={{ minBlockSize: 0, display: "grid" }}>
          <SourceViewer hasPages={source.page !== null || source.pages.length > 0} documentId={source.document_id} version={source.version_id} filename={sourceName(source)} page={page} onPage={setPage} passage={passage} />
        </div>
      )}
    </>
  );
}

function documentAddress(source: Source, page: number): string {
  const parameters = new URLSearchParams();
  if (source.version_id !== null) parameters.set("version", source.version_id);
  if (source.pages.length > 0) parameters.set("page", String(page));
  if (source.span !== null) {
    parameters.set("start", String(source.span[0]));
    parameters.set("end", String(source.span[1]));
  }
  return `/documents/${source.document_id ?? ""}?${parameters.toString()}`;
}
