/** One file to the server, with true progress. XMLHttpRequest, because fetch cannot report what has been sent. */
import { ApiProblem, problemFrom, unreachable } from "./problem";
import type { DocumentUpload } from "./types";

export interface UploadRequest {
  file: File;
  collectionId: string | null;
  onProgress: (sentBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

export type UploadDocument = (request: UploadRequest) => Promise<DocumentUpload>;

/** Send one file. Raises ApiProblem with the server's sentence, or code `upload_cancelled` when the signal fired. */
export function uploadDocument({ file, collectionId, onProgress, signal }: UploadRequest): Promise<DocumentUpload> {
  return new Promise((resolve, reject) => {
    const cancelled = () => reject(new ApiProblem("Cancelled.", { code: "upload_cancelled", status: 0 }));
    if (signal.aborted) {
      cancelled();
      return;
    }
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/documents");
    request.setRequestHeader("X-Footnote-Client", "web");
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as DocumentUpload);
      else reject(problemFrom(request.status, request.response));
    };
    request.onerror = () => reject(unreachable());
    request.onabort = cancelled;
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const form = new FormData();
    if (collectionId !== null) form.set("collection_id", collectionId);
    form.set("file", file, file.name);
    request.send(form);
  });
}
