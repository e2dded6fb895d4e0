import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import type { DocumentUpload } from "@/api/types";
import type { UploadRequest } from "@/api/upload";
import { makeDocument } from "@/testing/factories";
import { summarise, UploadQueue } from "./uploadQueue";

interface Sending extends UploadRequest {
  finish: (result: DocumentUpload) => void;
  fail: (problem: ApiProblem) => void;
}

function setUp() {
  const sendings: Sending[] = [];
  const uploaded: string[] = [];
  const queue = new UploadQueue(
    (request) =>
      new Promise((finish, fail) => {
        request.signal.addEventListener("abort", () => fail(new ApiProblem("Cancelled.", { code: "upload_cancelled", status: 0 })));
        sendings.push({ ...request, finish, fail });
      }),
    (result) => uploaded.push(result.outcome),
  );
  return { queue, sendings, uploaded, states: () => queue.getSnapshot().map((item) => item.state) };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const file = (name: string) => new File(["text"], name);

test("two files travel at a time and the next starts when one is done", async () => {
  const { queue, sendings, states, uploaded } = setUp();
  queue.add([file("a.pdf"), file("b.pdf"), file("c.pdf")], "col_1");
  expect(states()).toEqual(["sending", "sending", "waiting"]);
  sendings[0]?.finish({ outcome: "created", document: makeDocument() });
  await settle();
  expect(states()).toEqual(["done", "sending", "sending"]);
  expect(uploaded).toEqual(["created"]);
});

test("a refusal keeps the server's sentence and code and does not hold up the others", async () => {
  const { queue, sendings, states } = setUp();
  queue.add([file("a.exe"), file("b.pdf")], null);
  sendings[0]?.fail(new ApiProblem("Footnote cannot read this kind of file.", { code: "unsupported_format", status: 415 }));
  sendings[1]?.finish({ outcome: "unchanged", document: makeDocument() });
  await settle();
  expect(states()).toEqual(["refused", "done"]);
  expect(queue.getSnapshot()[0]?.problem).toMatchObject({ code: "unsupported_format", message: "Footnote cannot read this kind of file." });
  expect(summarise(queue.getSnapshot())).toBe("2 files: 1 already there, 1 not taken");
});

test("a file can be cancelled while waiting or under way, and sent again", async () => {
  const { queue, sendings, states } = setUp();
  queue.add([file("a"), file("b"), file("c")], null);
  queue.cancel(3);
  queue.cancel(1);
  await settle();
  expect(states()).toEqual(["cancelled", "sending", "cancelled"]);
  queue.retry(1);
  expect(states()).toEqual(["sending", "sending", "cancelled"]);
  expect(sendings).toHaveLength(3);
});

test("progress is what was sent, and what could not be read is shown with a reason", () => {
  const { queue, sendings } = setUp();
  queue.add([file("a")], null, ["gone.pdf"]);
  sendings[0]?.onProgress(30, 100);
  expect(queue.getSnapshot()[0]).toMatchObject({ sentBytes: 30, totalBytes: 100 });
  expect(queue.getSnapshot()[1]).toMatchObject({ name: "gone.pdf", state: "refused" });
});
