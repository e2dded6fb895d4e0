import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import type { Message } from "@/api/types";
import { FakeBackend } from "@/testing/fakeBackend";
import { framesOf } from "@/testing/fakeRuns";
import { makeAnswer, makeCollection, makeConversation, makeDocument, makeMessage, makeSentence, makeSource } from "@/testing/factories";
import { renderApp } from "@/testing/renderApp";

const policy = makeSource({ id: "src_2", number: 2, document_id: "doc_2", filename: "policy.docx", page: null, pages: [], boxes: [], span: [3, 13], quote: "Ask first." });
const answer = makeAnswer([
  makeSentence({ text: "The pump is serviced every 400 hours.", verdict: "grounded" }),
  makeSentence({ text: "Ask first.", sources: [policy] }),
  makeSentence({ text: "Most people do.", verdict: "unsupported", sources: [] }),
]);
const abstention = makeAnswer([], { text: "", abstained: true, abstention_reason: "No passage speaks of a warranty." });

function setUp(...messages: Message[]): FakeBackend {
  const backend = new FakeBackend();
  backend.collections = [makeCollection({ document_count: 1 })];
  backend.documents = [makeDocument(), makeDocument({ id: "doc_2", filename: "policy.docx", has_pages: false })];
  backend.conversations = [makeConversation()];
  backend.messages = messages;
  backend.pages.set("doc_1/4", {
    document_id: "doc_1",
    version_id: "ver_1",
    number: 4,
    page_count: 12,
    width: 595,
    height: 842,
    rotation: 0,
    origin: "digital",
    warning: null,
    image_url: "",
    words: [],
  });
  backend.renditions.set("doc_2", '<p data-start="0" data-end="13">😀. Ask first.</p>');
  return backend;
}

function answering(backend: FakeBackend, reply: Message): void {
  backend.answer = (run) => {
    for (const frame of framesOf(reply)) run.push(frame);
    run.end("completed");
  };
}

describe("an answer", () => {
  test("carries a footnote button per source and a list of footnotes with their quotes", async () => {
    renderApp(setUp(makeMessage(), answer), "/chat/cnv_1");
    expect(await screen.findByRole("button", { name: "Footnote 1: manual.pdf, page 4" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Footnote 2: policy.docx" })).toBeVisible();
    const notes = screen.getByRole("list", { name: "Footnotes" });
    expect(within(notes).getByText(/Ask first/)).toBeVisible();
  });

  test("marks what no source supports", async () => {
    renderApp(setUp(makeMessage(), answer), "/chat/cnv_1");
    expect(await screen.findByText("not supported by a source")).toBeVisible();
    expect(screen.getByText("1 sentence has no source.")).toBeVisible();
  });

  test("opens the page with the passage boxed, and steps on to a source without pages with its words marked", async () => {
    const { user, router } = renderApp(setUp(makeMessage(), answer), "/chat/cnv_1");
    await user.click(await screen.findByRole("button", { name: "Footnote 1: manual.pdf, page 4" }));
    const box = await screen.findByTestId("passage-box");
    expect([box.getAttribute("x"), box.getAttribute("y")]).toEqual(["70.5", "178.5"]);
    expect(router.state.location.search).toBe("?source=src_1");
    await user.click(screen.getByRole("button", { name: "Footnote after" }));
    await waitFor(() => expect(document.querySelector("mark")).toHaveTextContent(/^Ask first\.$/));
    await user.click(screen.getByRole("button", { name: "Close the source" }));
    expect(screen.queryByRole("button", { name: "Close the source" })).toBeNull();
    expect(screen.getByRole("button", { name: "Footnote 2: policy.docx" })).toHaveFocus();
  });

  test("shows who wrote it, what it cost and how sure it is", async () => {
    const { user } = renderApp(setUp(makeMessage(), { ...answer, model: "some-model", cost_nano_usd: 412_000 }), "/chat/cnv_1");
    await user.click(await screen.findByRole("button", { name: "Details" }));
    expect(await screen.findByText("some-model")).toBeVisible();
    expect(screen.getByText("$0.00041")).toBeVisible();
    expect(screen.getByText("82 of 100")).toBeVisible();
  });

  test("that is none is shown as an abstention with what was searched", async () => {
    renderApp(setUp(makeMessage({ text: "Is there a warranty?" }), abstention), "/chat/cnv_1");
    expect(await screen.findByRole("heading", { name: "No answer found in the documents" })).toBeVisible();
    expect(screen.getByText("No passage speaks of a warranty.")).toBeVisible();
    expect(screen.getByText(/Searched: all collections/)).toBeVisible();
    expect(screen.queryByRole("list", { name: "Footnotes" })).toBeNull();
  });

  test("that failed says why and the question can be asked again", async () => {
    const backend = setUp();
    backend.answer = (run) => run.end("failed", { code: "provider_timeout", message: "The model did not answer in time." });
    const { user } = renderApp(backend, "/chat/cnv_1");
    await user.type(await screen.findByLabelText("Your question"), "How often?{Enter}");
    expect(await screen.findByText(/did not answer in time/)).toBeVisible();
    answering(backend, answer);
    await user.click(await screen.findByRole("button", { name: "Ask again" }));
    expect(await screen.findByRole("button", { name: /Footnote 1/ })).toBeVisible();
    expect(backend.messages.filter(({ role }) => role === "user").map(({ text }) => text)).toEqual(["How often?", "How often?"]);
  });

  test("that failed long ago says why by itself, without a further question to the server", async () => {
    const failed = makeAnswer([], { text: "", status: "failed", problem: { code: "interrupted", message: "The server stopped before this answer was finished." } });
    const backend = setUp(makeMessage(), failed);
    renderApp(backend, "/chat/cnv_1");
    expect(await screen.findByText(/The server stopped before/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Ask again" })).toBeVisible();
    expect(backend.requests.filter((request) => request.includes("/runs/"))).toEqual([]);
  });
});

describe("a conversation", () => {
  test("begins with the first question and streams checked sentences into a live log", async () => {
    const backend = setUp();
    answering(backend, answer);
    const { user, router } = renderApp(backend, "/chat");
    await user.type(await screen.findByLabelText("Your question"), "How often?{Enter}");
    expect(await screen.findByText("The pump is serviced every 400", { exact: false })).toBeVisible();
    expect(router.state.location.pathname).toMatch(/^\/chat\/cnv_/);
    expect(screen.getByRole("log")).toHaveAttribute("aria-live", "polite");
  });

  test("is taken up again after a reload, from the first sentence, and stopping ends it on the server", async () => {
    const streaming = makeMessage({ id: "msg_2", role: "assistant", text: "", status: "streaming", run_id: "run_7", sentences: [] });
    const backend = setUp(makeMessage(), streaming);
    backend.startRun("run_7", streaming).push({ type: "data-sentence", data: makeSentence({ text: "First.", span: [0, 6] }) });
    backend.runs.get("run_7")?.push({ type: "text-delta", delta: "First." });
    const { user } = renderApp(backend, "/chat/cnv_1");
    expect(await screen.findByText("First.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Stop the answer" }));
    expect(await screen.findByText(/What was checked until then is kept/)).toBeVisible();
    expect(backend.requests).toContain("POST /api/v1/runs/run_7/stop");
    expect(screen.getByRole("button", { name: "Ask" })).toBeVisible();
  });

  test("says when files are still being processed", async () => {
    const backend = setUp(makeMessage(), answer);
    backend.documents.push(makeDocument({ id: "doc_3", status: "processing" }), makeDocument({ id: "doc_4", status: "queued" }));
    renderApp(backend, "/chat/cnv_1");
    expect(await screen.findByText("2 files are still being processed; the answer may miss them.")).toBeVisible();
  });

  test("can be renamed and deleted", async () => {
    const { user, router } = renderApp(setUp(makeMessage(), answer), "/chat/cnv_1");
    await user.click(await screen.findByRole("button", { name: "More for the conversation Pump service" }));
    await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
    const field = await screen.findByLabelText(/Title/);
    await user.clear(field);
    await user.type(field, "Service plan{Enter}");
    await user.click(await screen.findByRole("button", { name: "More for the conversation Service plan" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete for good" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/chat"));
    expect(await screen.findByText("Questions you ask are kept here.")).toBeVisible();
  });
});
