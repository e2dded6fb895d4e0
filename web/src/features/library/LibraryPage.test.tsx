import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import type { LibraryDocument } from "@/api/types";
import { FakeBackend, problem } from "@/testing/fakeBackend";
import { makeCollection, makeDocument, makeJob } from "@/testing/factories";
import { renderApp } from "@/testing/renderApp";

function backendWith(...documents: LibraryDocument[]): FakeBackend {
  const backend = new FakeBackend();
  backend.collections = [makeCollection(), makeCollection({ id: "col_2", name: "Contracts" })];
  backend.documents = documents;
  return backend;
}

async function rowOf(filename: string): Promise<HTMLElement> {
  const link = await screen.findByRole("link", { name: filename });
  return link.closest("li") as HTMLElement;
}

const processing = () => makeDocument({ filename: "report.pdf", status: "processing", searchable: false, job: makeJob({ progress: { done: 37, total: 200, unit: "pages" } }) });

describe("the library", () => {
  test("an empty one says what to do", async () => {
    renderApp(backendWith(), "/library");
    expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Choose files" })).toBeVisible();
  });

  test("a running job shows its step with true counts and moves live", async () => {
    const backend = backendWith(processing());
    renderApp(backend, "/library");
    const row = await rowOf("report.pdf");
    expect(within(row).getByText("Parse: 37 of 200 pages")).toBeVisible();
    expect(within(row).getByRole("progressbar")).toHaveAttribute("aria-valuetext", "Parse: 37 of 200 pages");
    await waitFor(() => expect(backend.requests).toContain("GET /api/v1/events"));
    backend.moveJob(makeJob({ step: "embed", progress: { done: 12, total: 480, unit: "chunks" } }), "processing");
    expect(await within(row).findByText("Embed: 12 of 480 chunks")).toBeVisible();
    backend.moveJob(makeJob({ status: "succeeded", step: "index" }), "ready");
    expect(await within(row).findByText("Ready")).toBeVisible();
  });

  test("a failed document shows the reason and can be tried again", async () => {
    const job = makeJob({ status: "failed" });
    const error = { code: "encrypted_document", message: "The file is protected by a password." };
    const backend = backendWith(makeDocument({ filename: "locked.pdf", status: "failed", error, job }));
    const { user } = renderApp(backend, "/library");
    const row = await rowOf("locked.pdf");
    expect(within(row).getByText(/protected by a password/)).toHaveTextContent("encrypted_document");
    await user.click(within(row).getByRole("button", { name: "Retry locked.pdf" }));
    expect(await within(row).findByText("Waiting for its turn")).toBeVisible();
    expect(backend.requests).toContain("POST /api/v1/jobs/job_1/retry");
  });

  test("a running job can be cancelled", async () => {
    const backend = backendWith(processing());
    const { user } = renderApp(backend, "/library");
    await user.click(await screen.findByRole("button", { name: "Cancel report.pdf" }));
    expect(await within(await rowOf("report.pdf")).findByText("Cancelled")).toBeVisible();
  });

  test("a new version in the making says that the old one still answers", async () => {
    renderApp(backendWith({ ...processing(), searchable: true }), "/library");
    expect(await screen.findByText(/version before answers until this one is ready/)).toBeVisible();
  });

  test("deleting asks first and shows the receipt", async () => {
    const backend = backendWith(makeDocument({ filename: "old.pdf" }));
    const { user } = renderApp(backend, "/library");
    await user.click(await screen.findByRole("button", { name: "More for old.pdf" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(backend.documents).toHaveLength(1);
    await user.click(await screen.findByRole("button", { name: "Delete for good" }));
    expect(await screen.findByText("index entries")).toBeVisible();
    expect(screen.getByText("stored files, 1.4 MB")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(await screen.findByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  });

  test("the filter narrows the list, says when nothing matches, and can be cleared", async () => {
    const { user } = renderApp(backendWith(makeDocument({ filename: "manual.pdf" }), makeDocument({ id: "doc_2", filename: "letter.pdf" })), "/library");
    await rowOf("manual.pdf");
    const field = screen.getByLabelText("Find by name");
    await user.type(field, "lett");
    await waitFor(() => expect(screen.queryByRole("link", { name: "manual.pdf" })).toBeNull());
    await user.type(field, "xyz");
    await user.click(await screen.findByRole("button", { name: "Clear the filter" }));
    expect(await rowOf("manual.pdf")).toBeVisible();
    expect(screen.getByLabelText("Find by name")).toHaveValue("");
  });

  test("every file of an upload is told with its outcome, refusals with the server's sentence and code", async () => {
    const { user } = renderApp(backendWith(makeDocument()), "/library", async ({ file }) => {
      if (file.name === "a.exe") throw new ApiProblem("Footnote cannot read this kind of file.", { code: "unsupported_format", status: 415 });
      return file.name === "b.pdf" ? { outcome: "new_version", document: makeDocument({ version_count: 2 }) } : { outcome: "unchanged", document: makeDocument() };
    });
    await rowOf("manual.pdf");
    const field = document.querySelector<HTMLInputElement>('input[type="file"]') as HTMLInputElement;
    await user.upload(field, [new File(["x"], "a.exe"), new File(["x"], "b.pdf"), new File(["x"], "c.pdf")]);
    const tray = await screen.findByRole("region", { name: "Uploads" });
    expect(await within(tray).findByText(/cannot read this kind of file. \(unsupported_format\)/)).toBeVisible();
    expect(within(tray).getByText(/Stored as version 2/)).toBeVisible();
    expect(within(tray).getByText(/same content; nothing was changed/)).toBeVisible();
    expect(within(tray).getByRole("status")).toHaveTextContent("3 files: 1 stored as a new version, 1 already there, 1 not taken");
  });

  test("a collection can be made and is then the one shown", async () => {
    const backend = backendWith(makeDocument());
    const { user } = renderApp(backend, "/library");
    await user.click(await screen.findByRole("button", { name: "Manage collections" }));
    await user.click(await screen.findByRole("menuitem", { name: "New collection" }));
    await user.type(await screen.findByLabelText(/Name/), "Policies{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Policies" })).toBeVisible();
  });

  test("a server that cannot list says why and is asked again on request", async () => {
    const backend = backendWith(makeDocument());
    backend.replies.set("GET /api/v1/documents", () => problem(422, "invalid_input", "The cursor is not one of ours."));
    const { user } = renderApp(backend, "/library");
    expect(await screen.findByText(/cursor is not one of ours/)).toBeVisible();
    backend.replies.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await rowOf("manual.pdf")).toBeVisible();
  });
});
