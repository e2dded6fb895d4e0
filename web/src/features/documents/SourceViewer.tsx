/** Shows a version of a document with a passage marked: as page images, or as text where the format has no pages. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useApi } from "@/api/ApiContext";
import { ApiProblem, asProblem } from "@/api/problem";
import { pageQuery, renditionQuery } from "@/api/queries";
import { ProblemNotice } from "@/components/ProblemNotice";
import { PageView, SHARE_ABOVE } from "./PageView";
import type { Passage } from "./passage";
import { renderRendition } from "./rendition";
import classes from "./SourceViewer.module.css";

interface Props {
  documentId: string;
  /** The version to show; the current one when null. */
  version: string | null;
  filename: string;
  /** False for formats without pages, whose text is shown instead. */
  hasPages: boolean;
  /** The page shown, from 1. */
  page: number;
  onPage: (page: number) => void;
  passage: Passage | null;
}

export function SourceViewer(props: Props) {
  const { documentId, version, page, hasPages } = props;
  const api = useApi();
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery({
    ...pageQuery(api, documentId, version, page),
    enabled: hasPages,
    // While turning pages the one before stays; another document's page never does.
    placeholderData: (previous, query) => (query?.queryKey[1] === documentId && query.queryKey[2] === version ? previous : undefined),
  });
  const hasNoPages = error instanceof ApiProblem && error.code === "no_pages";
  if (!hasPages || hasNoPages) return <RenditionView {...props} />;
  if (isPending) return <LoadingSheet />;
  if (error !== null && data === undefined) return <ViewerProblem error={error} onRetry={() => void refetch()} />;
  return <PageView {...props} facts={data} isStale={isPlaceholderData} problem={error === null ? null : asProblem(error)} />;
}

function RenditionView({ documentId, version, filename, passage }: Omit<Props, "page" | "onPage" | "hasPages">) {
  const api = useApi();
  const scroll = useRef<HTMLDivElement>(null);
  const { data, error, isPending, refetch } = useQuery(renditionQuery(api, documentId, version));
  const span = passage?.span ?? null;
  const spanKey = span?.join("-") ?? "";
  useEffect(() => {
    if (data === undefined || spanKey === "") return;
    const area = scroll.current;
    const mark = area?.querySelector('[data-passage="first"]');
    if (!area || !mark) return;
    // Not scrollIntoView: that would scroll the frame around the viewer too.
    const top = mark.getBoundingClientRect().top - area.getBoundingClientRect().top;
    area.scrollTo({ top: area.scrollTop + top - SHARE_ABOVE * area.clientHeight });
  }, [data, spanKey]);
  if (isPending) return <LoadingSheet />;
  if (error !== null) return <ViewerProblem error={error} onRetry={() => void refetch()} />;
  return (
    // The text scrolls, so the keyboard must be able to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} ref={scroll} tabIndex={0} aria-label={`Text of ${filename}`}>
      <article className={classes.rendition}>{renderRendition(data.html, span)}</article>
    </section>
  );
}

function ViewerProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const problem = asProblem(error);
  return (
    <div className={classes.scroll}>
      <ProblemNotice problem={problem} {...(problem.status === 404 ? {} : { onRetry })} />
    </div>
  );
}

export function LoadingSheet() {
  return (
    <div className={classes.scroll} role="status" aria-label="Loading the document">
      <div className={classes.loading}>
        {[40, 90, 85, 92, 60].map((width) => (
          <Skeleton key={width} height={16} width={`${width}%`} />
        ))}
      </div>
    </div>
  );
}
