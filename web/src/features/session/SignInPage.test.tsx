import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { FakeBackend } from "@/testing/fakeBackend";
import { makeCollection } from "@/testing/factories";
import { renderApp } from "@/testing/renderApp";
import { takeCode } from "./signInCode";

function signedOut(): FakeBackend {
  const backend = new FakeBackend();
  backend.me = null;
  backend.collections = [makeCollection()];
  return backend;
}

/** The page reads the code from the browser's own address, which a memory router does not touch. */
function openAt(backend: FakeBackend, path: string) {
  window.history.replaceState(null, "", path);
  return renderApp(backend, path);
}

test("a sign-in link leads into the library and leaves no code in the address", async () => {
  openAt(signedOut(), "/sign-in#code=good-code");
  expect(await screen.findByRole("heading", { name: "Library" })).toBeVisible();
  expect(window.location.hash).toBe("");
});

test("a used link says how to get a new one", async () => {
  const backend = signedOut();
  openAt(backend, "/sign-in#code=old-code");
  expect(await screen.findByRole("heading", { name: "This sign-in link no longer works" })).toBeVisible();
  expect(screen.getByText("footnote sign-in")).toBeVisible();
  expect(backend.requests.filter((request) => request === "POST /api/v1/session")).toHaveLength(1);
});

test("whoever is not signed in is asked to, and comes back to where they wanted", async () => {
  const { router } = openAt(signedOut(), "/chat?source=src_1");
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  await waitFor(() => expect(router.state.location.search).toBe("?return=%2Fchat%3Fsource%3Dsrc_1"));
});

test("the way back never leads to another site", async () => {
  const backend = new FakeBackend();
  const { router } = openAt(backend, "/sign-in?return=//evil.test");
  await waitFor(() => expect(router.state.location.pathname).toBe("/library"));
});

test("taking the code keeps the rest of the address", () => {
  window.history.replaceState(null, "", "/sign-in?return=%2Fchat#code=abc");
  expect(takeCode(window.location, window.history)).toBe("abc");
  expect(window.location.href).toMatch(/\/sign-in\?return=%2Fchat$/);
});
