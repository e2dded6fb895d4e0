/** What a live event changes in the cache: progress is written at once, everything else is read again soon. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/queries";
import type { DocumentStatus, Job, LibraryDocument, LiveEvent } from "@/api/types";

const STATUS_OF_JOB: Record<Job["status"], DocumentStatus> = {
  queued: "queued",
  running: "processing",
  succeeded: "ready",
  failed: "failed",
  cancelled: "cancelled",
};

type DocumentList = InfiniteData<{ items: LibraryDocument[]; next_cursor: string | null }>;

/** Lay the event over cached documents; returns whether lists and counts must be read again as well. */
export function applyLiveEvent(client: QueryClient, event: LiveEvent): boolean {
  const { document_id: documentId, job } = event;
  if (event.type !== "job.updated" || !documentId || !job || job.kind !== "ingest") return true;
  let isProgressOnly = false;
  const change = (document: LibraryDocument): LibraryDocument => {
    if (document.id !== documentId) return document;
    const status = STATUS_OF_JOB[job.status];
    isProgressOnly ||= document.status === status && (status === "processing" || status === "queued");
    return { ...document, job, status };
  };
  client.setQueriesData<DocumentList>({ queryKey: [...keys.documents, "list"] }, (list) => {
    if (list === undefined) return undefined;
    return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(change) })) };
  });
  client.setQueryData<LibraryDocument>(keys.document(documentId), (document) => (document === undefined ? undefined : change(document)));
  return !isProgressOnly;
}
