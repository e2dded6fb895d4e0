/** One document: its pages with a passage marked, and everything known about it. */
import { Anchor, SegmentedControl, Skeleton, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { documentQuery, keys, pageQuery } from "@/api/queries";
import type { LibraryDocument, Span } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { IconLink } from "@/components/IconButton";
import { ProblemNotice } from "@/components/ProblemNotice";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import { DocumentDetails } from "./DocumentDetails";
import classes from "./DocumentPage.module.css";
import { DocumentState } from "./DocumentState";
import { describeDocument, displayTitle } from "./documentWords";
import { findPage } from "./findPage";
import type { Passage } from "./passage";
import { LoadingSheet, SourceViewer } from "./SourceViewer";

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
  const place = usePlace(document);
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
            {displayTitle(document) !== document.filename ? (
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
          {hasText && place.page === null ? <LoadingSheet /> : null}
          {hasText && place.page !== null ? (
            <SourceViewer hasPages={document.has_pages ?? true} documentId={document.id} version={place.version} filename={document.filename} page={place.page} onPage={place.setPage} passage={place.passage} />
          ) : null}
          {hasText ? null : (
            <EmptyState title={document.status === "failed" ? "This file could not be read" : "Nothing to show yet"} order={2}>
              <div className={classes.standing}>
                <DocumentState document={document} />
              </div>
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
  /** Null while the page of the passage is being looked for. */
  page: number | null;
  passage: Passage | null;
  setPage: (page: number) => void;
}

/** The spot the address names: `?version&page&start&end`. Without a page it is the one on which the passage begins. */
function usePlace(document: LibraryDocument): Place {
  const [parameters, setParameters] = useSearchParams();
  const version = parameters.get("version");
  const start = toNumber(parameters.get("start"));
  const end = toNumber(parameters.get("end"));
  const named = toNumber(parameters.get("page"));
  const [firstNamed] = useState(named); // The passage stands on the page the link was made for, whichever is shown later.
  const isMarked = start !== null && end !== null && end > start;
  const found = usePageOf(document, version, isMarked && firstNamed === null ? start : null);
  const passagePage = firstNamed ?? found;
  const passage = useMemo<Passage | null>(() => {
    if (!isMarked) return null;
    const span: Span = [start, end];
    return { span, boxes: [], pages: passagePage === null ? [] : [Math.max(1, passagePage)] };
  }, [isMarked, start, end, passagePage]);
  const setPage = (to: number) =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        next.set("page", String(to));
        return next;
      },
      { replace: true },
    );
  const page = named ?? found;
  return { version, page: page === null ? null : Math.max(1, page), passage, setPage };
}

/** The page on which the text at `offset` stands; the first one when there is nothing to look for, null while looking. */
function usePageOf(document: LibraryDocument, version: string | null, offset: number | null): number | null {
  const api = useApi();
  const client = useQueryClient();
  const { data, isError } = useQuery({
    queryKey: [...keys.page(document.id, version, 0), "of", offset],
    queryFn: async () => {
      const { page_count: pageCount } = await client.query(pageQuery(api, document.id, version, 1));
      return findPage(offset ?? 0, pageCount, async (number) => {
        const { words } = await client.query(pageQuery(api, document.id, version, number));
        return words.length === 0 ? null : Math.min(...words.map(({ span }) => span[0]));
      });
    },
    enabled: offset !== null && document.has_pages === true,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (offset === null || document.has_pages !== true || isError) return 1;
  return data ?? null;
}

function toNumber(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
}
