/** Serves the built page with the fake backend on 127.0.0.1, under the same security policy as the real server. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { FakeBackend, json, problem } from "../src/testing/fakeBackend.ts";
import { makeCollection, makeDocument, makeJob } from "../src/testing/factories.ts";
import { answerFrom, fillLibrary, samplePageImage } from "./sample.ts";

const ASSETS = fileURLToPath(new URL("../../src/footnote/app/web", import.meta.url));
const POLICY = "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; script-src 'self'";
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

export async function serve(port: number, { pauseMs, isEmpty }: { pauseMs: number; isEmpty: boolean }): Promise<{ backend: FakeBackend; close: () => void }> {
  const backend = new FakeBackend();
  if (!isEmpty) fillLibrary(backend);
  else backend.collections = [makeCollection()];
  backend.answer = answerFrom(pauseMs);
  const server = createServer((incoming, outgoing) => void handle(backend, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { backend, close: () => server.closeAllConnections() };
}

async function handle(backend: FakeBackend, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const response = await reply(backend, incoming, outgoing, url);
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), "Content-Security-Policy": POLICY, "Cache-Control": "no-cache" });
  if (response.body === null) outgoing.end();
  else Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]).on("error", () => outgoing.destroy()).pipe(outgoing);
}

async function reply(backend: FakeBackend, incoming: IncomingMessage, outgoing: ServerResponse, url: URL): Promise<Response> {
  if (!url.pathname.startsWith("/api/")) return asset(url.pathname);
  const image = /^\/api\/v1\/documents\/[^/]+\/pages\/(\d+)\/image$/.exec(url.pathname);
  if (image !== null) return new Response(samplePageImage(Number(image[1])), { headers: { "Content-Type": "image/svg+xml" } });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (incoming.method === "POST" && url.pathname === "/api/v1/documents") return upload(backend, body);
  const leaving = new AbortController();
  outgoing.on("close", () => leaving.abort());
  const init = { method: incoming.method ?? "GET", signal: leaving.signal, ...(body.length === 0 ? {} : { body: new Uint8Array(body) }) };
  return backend.fetch(new Request(url, init));
}

async function asset(path: string): Promise<Response> {
  const file = normalize(join(ASSETS, path === "/" || extname(path) === "" ? "index.html" : path));
  if (!file.startsWith(ASSETS)) return problem(404, "not_found", "No such file.");
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" } });
  } catch {
    return problem(404, "not_found", "No such file.");
  }
}

/** Take a file and let its job run, a page at a time; programs are refused as the real server does. */
function upload(backend: FakeBackend, body: Buffer): Response {
  const filename = /filename="([^"]+)"/.exec(body.toString("utf8"))?.[1] ?? "file";
  if (filename.endsWith(".exe")) return problem(415, "unsupported_format", "Footnote cannot read this kind of file. It reads PDF, DOCX, HTML, Markdown and text.");
  const known = backend.documents.find((document) => document.filename === filename);
  if (known !== undefined) return json({ outcome: "unchanged", document: known });
  const id = backend.newId("doc");
  const job = makeJob({ id: backend.newId("job"), document_id: id, progress: { done: 0, total: 40, unit: "pages" } });
  const document = makeDocument({ id, filename, status: "processing", searchable: false, current_version_id: null, page_count: 40, size_bytes: body.length, job });
  backend.documents.unshift(document);
  const move = (done: number) => {
    if (done > 40) backend.moveJob(makeJob({ ...job, status: "succeeded", step: "index" }), "ready");
    else backend.moveJob(makeJob({ id: job.id, document_id: id, progress: { done, total: 40, unit: "pages" } }), "processing");
    if (done <= 40) setTimeout(() => move(done + 1), 80);
  };
  setTimeout(() => move(1), 300);
  return json({ outcome: "created", document }, 201);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 4173);
  await serve(port, { pauseMs: 300, isEmpty: process.argv.includes("--empty") });
  console.log(`http://127.0.0.1:${port}/library`);
}
