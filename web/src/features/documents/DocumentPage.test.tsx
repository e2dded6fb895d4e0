import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { DocumentPage } from "@/api/types";
import { FakeBackend } from "@/testing/fakeBackend";
import { makeCollection, makeDocument, makeJob } from "@/testing/factories";
import { renderApp } from "@/testing/renderApp";

function page(number: number, change: Partial<DocumentPage> = {}): DocumentPage {
  const words: DocumentPage["words"] = [
    { text: "alpha", span: [10, 15], box: { x0: 72, y0: 100, x1: 100, y1: 112 } },
    { text: "beta", span: [16, 20], box: { x0: 104, y0: 100, x1: 130, y1: 112 } },
  ];
  return { document_id: "doc_1", version_id: "ver_1", number, page_count: 12, width: 595, height: 842, rotation: 0, origin: "digital", warning: null, image_url: "", words, ...change };
}

function setUp(document = makeDocument({ job: makeJob({ status: "succeeded", step: "index" }) })): FakeBackend {
  const backend = new FakeBackend();
  backend.collections = [makeCollection()];
  backend.documents = [document];
  backend.pages.set("doc_1/3", page(3)).set("doc_1/4", page(4, { origin: "ocr", words: [] }));
  return backend;
}

test("an address with a span boxes its words on the page and the keys turn pages", async () => {
  const { user, router } = renderApp(setUp(), "/documents/doc_1?version=ver_1&page=3&start=16&end=20");
  const box = await screen.findByTestId("passage-box");
  expect(box).toHaveAttribute("x", "102.5");
  screen.getByRole("region", { name: "Page 3 of manual.pdf" }).focus();
  await user.keyboard("{ArrowRight}");
  expect(await screen.findByText(/This page is a scan/)).toBeVisible();
  expect(router.state.location.search).toContain("page=4");
  expect(screen.getByRole("button", { name: "page 3" })).toBeVisible();
});

test("an address with a span but no page opens the page the span stands on", async () => {
  const backend = setUp();
  for (let number = 1; number <= 12; number += 1) backend.pages.set(`doc_1/${number}`, page(number, { words: [{ text: "word", span: [100 * number, 100 * number + 4], box: { x0: 72, y0: 100, x1: 100, y1: 112 } }] }));
  renderApp(backend, "/documents/doc_1?start=700&end=704");
  expect(await screen.findByRole("region", { name: "Page 7 of manual.pdf" })).toBeVisible();
  expect(screen.getByTestId("passage-box")).toBeInTheDocument();
});

test("a span that is not on the page is said not to be, and nothing is boxed", async () => {
  renderApp(setUp(), "/documents/doc_1?page=3&start=500&end=510");
  expect(await screen.findByText(/could not be located on this page/)).toBeVisible();
  expect(screen.queryByTestId("passage-box")).toBeNull();
});

test("the page number can be typed and stays within the document", async () => {
  const { user, router } = renderApp(setUp(), "/documents/doc_1?page=3");
  const field = await screen.findByLabelText("Page number, 1 to 12");
  await user.clear(field);
  await user.type(field, "99{Enter}");
  expect(router.state.location.search).toBe("?page=12");
});

test("details tell the steps with their durations, and the title can be changed", async () => {
  const backend = setUp();
  const { user } = renderApp(backend, "/documents/doc_1?page=3");
  const steps = await screen.findByRole("list", { name: "Steps" });
  expect(within(steps).getByText("4.8 s")).toBeVisible();
  await user.type(screen.getByLabelText("Title"), "Pump manual");
  await user.click(screen.getByRole("button", { name: "Save the title" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Pump manual" })).toBeVisible();
  expect(backend.documents[0]?.title).toBe("Pump manual");
});

test("a document that is not there says so", async () => {
  renderApp(setUp(), "/documents/doc_9");
  expect(await screen.findByRole("heading", { name: "This document is not in the library" })).toBeVisible();
});

test("a document that is still being read shows its progress instead of an empty page", async () => {
  renderApp(setUp(makeDocument({ status: "processing", current_version_id: null, job: makeJob({ progress: { done: 3, total: 9, unit: "pages" } }) })), "/documents/doc_1");
  expect((await screen.findAllByText("Parse: 3 of 9 pages")).length).toBeGreaterThan(0);
});
