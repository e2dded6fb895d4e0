import { useSearchParams } from "react-router";
import type { DocumentFilter } from "@/api/queries";
import type { DocumentStatus } from "@/api/types";

export const STATUSES: readonly { value: DocumentStatus; label: string }[] = [
  { value: "ready", label: "Ready" },
  { value: "processing", label: "Processing" },
  { value: "queued", label: "Waiting" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];

/** The library's filter, kept in the address so that it survives a reload and can be shared. */
export function useLibraryFilter(): [DocumentFilter, (change: Partial<DocumentFilter>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const status = STATUSES.find(({ value }) => value === parameters.get("status"))?.value ?? null;
  const filter = { collectionId: parameters.get("collection"), status, text: parameters.get("q") ?? "" };
  const change = (part: Partial<DocumentFilter>) => {
    const next = { ...filter, ...part };
    const entries = { collection: next.collectionId, status: next.status, q: next.text };
    setParameters(Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, string] => Boolean(entry[1]))), { replace: true });
  };
  return [filter, change];
}
