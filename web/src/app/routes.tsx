/** The addresses of the page. Chat and documents load their code when first opened. */
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { LibraryPage } from "@/features/library/LibraryPage";
import { SignInPage } from "@/features/session/SignInPage";
import { NotFoundPage } from "./NotFoundPage";
import { RouteError } from "./RouteError";
import { Shell } from "./Shell";

/** Shown for the moment in which the first screen loads its code. */
function Nothing() {
  return null;
}

export const routes: RouteObject[] = [
  { path: "/sign-in", Component: SignInPage, ErrorBoundary: RouteError, HydrateFallback: Nothing },
  {
    path: "/",
    Component: Shell,
    ErrorBoundary: RouteError,
    HydrateFallback: Nothing,
    children: [
      { index: true, element: <Navigate to="/library" replace /> },
      { path: "library", Component: LibraryPage },
      { path: "documents/:documentId", lazy: async () => ({ Component: (await import("@/features/documents/DocumentPage")).DocumentPage }) },
      { path: "chat", lazy: async () => ({ Component: (await import("@/features/chat/ChatPage")).ChatPage }) },
      { path: "chat/:conversationId", lazy: async () => ({ Component: (await import("@/features/chat/ChatPage")).ChatPage }) },
      { path: "*", Component: NotFoundPage },
    ],
  },
];

export function createRouter() {
  return createBrowserRouter(routes);
}
