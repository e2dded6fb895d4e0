/** A document's facts in words. */
import type { LibraryDocument } from "@/api/types";
import { formatBytes, formatQuantity, languageName } from "@/lib/format";

export function displayTitle(document: Pick<LibraryDocument, "title" | "filename">): string {
  return document.title?.trim() ? document.title : document.filename;
}

/** `12 pages, 1.4 MB, English`. */
export function describeDocument(document: LibraryDocument): string {
  const parts = [formatBytes(document.size_bytes)];
  if (document.page_count !== null && document.has_pages) parts.unshift(formatQuantity(document.page_count, "pages"));
  if (document.language !== null) parts.push(languageName(document.language));
  if (document.version_count > 1) parts.push(`version ${document.version_count}`);
  return parts.join(", ");
}

const KINDS: Record<string, string> = {
  "application/pdf": "PDF",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
  "text/html": "web page",
  "text/markdown": "Markdown",
  "text/plain": "text",
};

/** What the content is, in a reader's words where there are some. */
export function contentKind(mediaType: string): string {
  return KINDS[mediaType] ?? mediaType;
}

/** `PDF`, `DOCX`: what stands on the file's little sheet. */
export function fileKind(filename: string): string {
  const ending = /\.([A-Za-z0-9]{1,4})$/.exec(filename)?.[1];
  return ending === undefined ? "FILE" : ending.toUpperCase();
}

export function downloadAddress(documentId: string, version: string | null): string {
  return `/api/v1/documents/${encodeURIComponent(documentId)}/file${version === null ? "" : `?version=${encodeURIComponent(version)}`}`;
}
