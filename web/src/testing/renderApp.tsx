/** Renders the whole page at an address against a fake backend: tests see what a person would. */
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";
import { createApi } from "@/api/client";
import type { UploadDocument } from "@/api/upload";
import { App } from "@/app/App";
import { routes } from "@/app/routes";
import type { FakeBackend } from "./fakeBackend";

export function renderApp(backend: FakeBackend, path: string, upload?: UploadDocument) {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  render(<App api={createApi(backend.fetch, upload)} router={router} env="test" />);
  return { user: userEvent.setup(), router };
}
