import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { keys } from "@/api/queries";
import type { LibraryDocument } from "@/api/types";
import { makeDocument, makeJob } from "@/testing/factories";
import { applyLiveEvent } from "./liveEvents";

const EVENT = { seq: 2, created_at: "2026-11-20T10:00:00Z" };

function setUp(document: LibraryDocument) {
  const client = new QueryClient();
  client.setQueryData(keys.document(document.id), document);
  return { client, read: () => client.getQueryData<LibraryDocument>(keys.document(document.id)) };
}

test("progress is written into the document without reading lists again", () => {
  const { client, read } = setUp(makeDocument({ status: "processing", job: makeJob() }));
  const job = makeJob({ progress: { done: 37, total: 200, unit: "pages" } });
  expect(applyLiveEvent(client, { ...EVENT, type: "job.updated", document_id: "doc_1", job })).toBe(false);
  expect(read()?.job?.progress).toEqual({ done: 37, total: 200, unit: "pages" });
});

test("a change of status is shown at once and read again", () => {
  const { client, read } = setUp(makeDocument({ status: "processing", job: makeJob() }));
  expect(applyLiveEvent(client, { ...EVENT, type: "job.updated", document_id: "doc_1", job: makeJob({ status: "failed" }) })).toBe(true);
  expect(read()?.status).toBe("failed");
});

test("another document's job and unknown events change nothing and ask for a fresh reading", () => {
  const { client, read } = setUp(makeDocument({ status: "ready" }));
  expect(applyLiveEvent(client, { ...EVENT, type: "job.updated", document_id: "doc_9", job: makeJob() })).toBe(true);
  expect(applyLiveEvent(client, { ...EVENT, type: "collection.updated" })).toBe(true);
  expect(read()?.status).toBe("ready");
});
