/** What can be done to a document, with the cache kept right afterwards. */
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import type { LibraryDocument } from "@/api/types";

export type DocumentChange = { title?: string; collection_id?: string };

export function useDocumentActions(document: LibraryDocument) {
  const api = useApi();
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.documents });
    void client.invalidateQueries({ queryKey: keys.collections });
  };
  const showProblem = (error: unknown) => {
    notifications.show({ color: "red", title: `${document.filename}: not done`, message: asProblem(error).message });
  };
  const ofDocument = { params: { path: { document_id: document.id } } };
  const ofJob = (id: string) => ({ params: { path: { job_id: id } } });
  const jobId = document.job?.id ?? null;
  const retry = useMutation({
    mutationFn: (id: string) => unwrap(api.http.POST("/api/v1/jobs/{job_id}/retry", ofJob(id))),
    onError: showProblem,
    onSettled: refresh,
  });
  const cancel = useMutation({
    mutationFn: (id: string) => unwrap(api.http.POST("/api/v1/jobs/{job_id}/cancel", ofJob(id))),
    onError: showProblem,
    onSettled: refresh,
  });
  const update = useMutation({
    mutationFn: (body: DocumentChange) => unwrap(api.http.PATCH("/api/v1/documents/{document_id}", { ...ofDocument, body })),
    onSuccess: (changed) => client.setQueryData(keys.document(document.id), changed),
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: () => unwrap(api.http.DELETE("/api/v1/documents/{document_id}", ofDocument)) });
  const isStopped = document.status === "failed" || document.status === "cancelled";
  const isUnderWay = document.status === "queued" || document.status === "processing";
  return {
    retry,
    cancel,
    update,
    remove,
    refresh,
    /** The job that can be started again or stopped now, if any. */
    retryableJob: isStopped ? jobId : null,
    cancellableJob: isUnderWay ? jobId : null,
  };
}
