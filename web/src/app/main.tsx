/** Starts the page. */
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createApi } from "@/api/client";
import { App } from "./App";
import { createRouter } from "./routes";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root.");

createRoot(root).render(
  <StrictMode>
    <App api={createApi((request) => globalThis.fetch(request))} router={createRouter()} />
  </StrictMode>,
);
