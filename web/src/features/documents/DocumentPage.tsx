/** One document: its pages with a passage marked, and everything known about it. */
import { Anchor, SegmentedControl, Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { documentQuery } from "@/api/queries";
import type { LibraryDocument, Span } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { IconLink } from "@/components/IconButton";
import { ProblemNotice } from "@/components/ProblemNotice";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import { DocumentDetails } from "./DocumentDetails";
import classes from "./DocumentPage.module.css";
import { DocumentState } from "./DocumentState";
import { describeDocument, displayTitle } from "./documentWords";
import type { Passage } from "./passage";
import { SourceViewer } from "./SourceViewer";

export function DocumentPage() {
  const { documentId = "" } = useParams();
  const api = useApi();
  const { data: document, error, isPending, refetch } = useQuery(documentQuery(api, documentId));
  useDocumentTitle(document === undefined ? "Document" : displayTitle(document));
  if (isPending) {
    return (
      <div role="status" aria-label="Loading the document" style={{ padding: "2rem" }}>
        <Skeleton height={28} width="40%" mb="md" />
        <Skeleton height={400} />
      </div>
    );
  }
  if (document === undefined) {
    const problem = asProblem(error);
    return problem.status === 404 ? (
      <EmptyState title="This document is not in the library">
        <p>It was deleted, or the address is wrong.</p>
        <Anchor component={Link} to="/library" underline="always">
          Go to the library
        </Anchor>
      </EmptyState>
    ) : (
      <div style={{ padding: "2rem" }}>
        <ProblemNotice problem={problem} onRetry={() => void refetch()} />
      </div>
    );
  }
  return <Loaded key={document.id} document={document} />;
}

function Loaded({ document }: { document: LibraryDocument }) {
  const place = usePlace();
  const hasText = document.current_version_id !== null || place.version !== null;
  const [tab, setTab] = useState(hasText ? "document" : "details");
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <IconLink label="Back to the library" to="/library">
          <ArrowLeft size={20} />
        </IconLink>
        <div className={classes.heading}>
          <Title order={1} dir="auto">
            {displayTitle(document)}
          </Title>
          <p className={classes.meta}>
            {document.title?.trim() ? (
              <>
                <bdi>{document.filename}</bdi>,{" "}
              </>
            ) : null}
            {describeDocument(document)}
          </p>
        </div>
      </header>
      <div className={classes.tabs}>
        <SegmentedControl
          fullWidth
          flex={1}
          value={tab}
          onChange={setTab}
          aria-label="What to show"
          data={[
            { value: "document", label: "Document" },
            { value: "details", label: "Details" },
          ]}
        />
      </div>
      <div className={classes.split} data-tab={tab}>
        <div className={classes.view}>
          {hasText ? (
            <SourceViewer hasPages={document.has_pages ?? true} documentId={document.id} version={place.version} filename={document.filename} page={place.page} onPage={place.setPage} passage={place.passage} />
          ) : (
            <EmptyState title="Nothing to show yet" order={2}>
              <DocumentState document={document} />
            </EmptyState>
          )}
        </div>
        <DocumentDetails document={document} shownVersion={place.version} />
      </div>
    </div>
  );
}

interface Place {
  version: string | null;
  page: number;
  passage: Passage | null;
  setPage: (page: number) => void;
}

/** The spot the address names: `?version&page&start&end`. */
function usePlace(): Place {
  const [parameters, setParameters] = useSearchParams();
  const page = Math.max(1, toNumber(parameters.get("page")) ?? 1);
  const start = toNumber(parameters.get("start"));
  const end = toNumber(parameters.get("end"));
  const [firstPage] = useState(page); // The passage stands on the page the link was made for, whichever is shown later.
  const passage = useMemo<Passage | null>(() => {
    if (start === null || end === null || end <= start) return null;
    const span: Span = [start, end];
    return { span, boxes: [], pages: [firstPage] };
  }, [start, end, firstPage]);
  const setPage = (to: number) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        next.set("page", String(to));
        return next;
      },
      { replace: true },
    );
  return { version: parameters.get("version"), page, passage, setPage };
}

function toNumber(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}
