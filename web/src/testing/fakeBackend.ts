/**
 * The server as the page sees it, in memory: a fetch handler for component tests.
 *
 * It keeps to the contract's shapes and states and knows nothing of parsing or searching; answers are given by the test.
 */
import type { Collection, Conversation, DocumentPage, Job, LibraryDocument, LiveEvent, Me, Message } from "../api/types.ts";
import { makeCollection, makeConversation, makeMe, makeMessage } from "./factories.ts";
import { FakeRun } from "./fakeRuns.ts";

type Handler = (context: { path: string[]; query: URLSearchParams; body: Record<string, unknown> }) => Response | Promise<Response>;

const TIME = "2026-11-20T10:00:00Z";

export class FakeBackend {
  me: Me | null = makeMe();
  signInCode = "good-code";
  documents: LibraryDocument[] = [];
  collections: Collection[] = [];
  conversations: Conversation[] = [];
  messages: Message[] = [];
  readonly runs = new Map<string, FakeRun>();
  readonly pages = new Map<string, DocumentPage>();
  readonly renditions = new Map<string, string>();
  /** What has been asked of the server, as `METHOD path`. */
  readonly requests: string[] = [];
  /** Called when a question starts a run; pushes frames and ends it. */
  answer: (run: FakeRun, question: string) => void = (run) => run.end("completed");
  /** Replies by `METHOD path` that stand in for the usual one, for faults. */
  readonly replies = new Map<string, () => Response>();
  private readonly listeners = new Set<(event: LiveEvent) => void>();
  private seq = 0;
  private lastId = 100;

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input, init);
    const url = new URL(request.url);
    const key = `${request.method} ${url.pathname}`;
    this.requests.push(key);
    const standIn = this.replies.get(key);
    if (standIn !== undefined) return standIn();
    if (url.pathname === "/api/v1/events") return this.live(request.signal);
    if (this.me === null && url.pathname !== "/api/v1/session") return problem(401, "unauthenticated", "Sign in first.");
    const text = request.method === "GET" ? "" : await request.text();
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    const path = url.pathname.replace("/api/v1/", "").split("/");
    const handler = this.find(request.method, path);
    return handler === null ? problem(404, "not_found", "There is nothing at this address.") : handler({ path, query: url.searchParams, body });
  };

  /** Tell every listener that a job moved on, and keep it with its document. */
  moveJob(job: Job, status: LibraryDocument["status"]): void {
    const document = this.documents.find(({ id }) => id === job.document_id);
    if (document) Object.assign(document, { job, status, updated_at: new Date().toISOString() });
    this.emit("job.updated", job.document_id, job);
  }

  emit(type: string, documentId: string | null = null, job: Job | null = null): void {
    this.seq += 1;
    for (const listener of this.listeners) listener({ seq: this.seq, type, created_at: TIME, document_id: documentId, job });
  }

  /** Begin the run that writes this message. */
  startRun(id: string, message: Message): FakeRun {
    const run = new FakeRun(id, message);
    this.runs.set(id, run);
    return run;
  }

  newId(prefix: string): string {
    this.lastId += 1;
    return `${prefix}_${this.lastId}`;
  }

  private live(signal: AbortSignal): Response {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const listener = (event: LiveEvent) => controller.enqueue(encoder.encode(`id: ${event.seq}\nevent: job\ndata: ${JSON.stringify(event)}\n\n`));
        this.listeners.add(listener);
        signal.addEventListener("abort", () => this.listeners.delete(listener), { once: true });
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  private find(method: string, [noun, id, part, number]: string[]): Handler | null {
    const name = [method, noun, ...(id === undefined ? [] : [":id"]), ...(part === undefined ? [] : [part]), ...(number === undefined ? [] : [":n"])].join(" ");
    return this.handlers[name] ?? null;
  }

  private readonly handlers: Record<string, Handler> = {
    "GET me": () => json(this.me),
    "POST session": ({ body }) => {
      if (body.code !== this.signInCode) return problem(401, "sign_in_code_used", "This sign-in link was used already or is too old.");
      this.me ??= makeMe();
      return json(this.me);
    },
    "DELETE session": () => {
      this.me = null;
      return new Response(null, { status: 204 });
    },
    "GET collections": () => list(this.collections.map((collection) => ({ ...collection, document_count: this.documents.filter((document) => document.collection_id === collection.id).length }))),
    "POST collections": ({ body }) => {
      const collection = makeCollection({ id: this.newId("col"), name: String(body.name), is_default: false });
      this.collections.push(collection);
      return json(collection, 201);
    },
    "PATCH collections :id": ({ path, body }) => change(this.collections, path[1], body),
    "DELETE collections :id": ({ path }) => {
      this.collections = this.collections.filter(({ id }) => id !== path[1]);
      return json({});
    },
    "GET documents": ({ query }) => list(this.documents.filter((document) => matches(document, query))),
    "GET documents :id": ({ path }) => found(this.documents.find(({ id }) => id === path[1])),
    "PATCH documents :id": ({ path, body }) => change(this.documents, path[1], body),
    "DELETE documents :id": ({ path }) => this.deleteDocument(path[1] ?? ""),
    "GET documents :id versions": ({ path }) => list(versionsOf(this.documents.find(({ id }) => id === path[1]))),
    "GET documents :id pages :n": ({ path }) => {
      const page = this.pages.get(`${path[1]}/${path[3]}`);
      return page === undefined ? problem(404, "no_pages", "This format has no pages; ask for its rendition.") : json(page);
    },
    "GET documents :id rendition": ({ path }) => {
      const html = this.renditions.get(path[1] ?? "");
      return html === undefined ? problem(404, "not_found", "There is no such document.") : json({ html, version_id: "ver_1" });
    },
    "POST search": ({ body }) => json({ query: body.query, results: [], timings_ms: {}, language: "en" }),
    "POST jobs :id cancel": ({ path }) => this.changeJob(path[1], "cancelled"),
    "POST jobs :id retry": ({ path }) => this.changeJob(path[1], "queued"),
    "GET events :id": () => json({ events: [], last_seq: this.seq }),
    "GET conversations": () => list([...this.conversations].reverse()),
    "POST conversations": ({ body }) => {
      const conversation = makeConversation({ id: this.newId("cnv"), title: "", collection_id: (body.collection_id as string | undefined) ?? null, message_count: 0 });
      this.conversations.push(conversation);
      return json(conversation, 201);
    },
    "GET conversations :id": ({ path }) => found(this.conversations.find(({ id }) => id === path[1])),
    "PATCH conversations :id": ({ path, body }) => change(this.conversations, path[1], body),
    "DELETE conversations :id": ({ path }) => {
      this.conversations = this.conversations.filter(({ id }) => id !== path[1]);
      return new Response(null, { status: 204 });
    },
    "GET conversations :id messages": ({ path }) => list(this.messages.filter((message) => message.conversation_id === path[1])),
    "POST conversations :id messages": ({ path, body }) => this.ask(path[1] ?? "", String(body.text)),
    "GET runs :id": ({ path }) => found(this.runs.get(path[1] ?? "")?.run),
    "GET runs :id events": ({ path, query }) => {
      const run = this.runs.get(path[1] ?? "");
      if (run === undefined) return problem(404, "not_found", "There is no such run.");
      return new Response(run.stream(Number(query.get("after") ?? 0)), { headers: { "Content-Type": "text/event-stream" } });
    },
    "POST runs :id stop": ({ path }) => {
      const run = this.runs.get(path[1] ?? "");
      run?.end("stopped");
      return found(run?.run);
    },
  };

  private ask(conversationId: string, text: string): Response {
    const conversation = this.conversations.find(({ id }) => id === conversationId);
    if (conversation !== undefined) conversation.title ||= text;
    const question = makeMessage({ id: this.newId("msg"), conversation_id: conversationId, text });
    const runId = this.newId("run");
    const answer = makeMessage({ id: this.newId("msg"), conversation_id: conversationId, role: "assistant", text: "", status: "streaming", run_id: runId, sentences: [] });
    this.messages.push(question, answer);
    const run = this.startRun(runId, answer);
    const reply = json({ run: run.run, question, answer }, 201);
    this.answer(run, text);
    return reply;
  }

  private changeJob(jobId: string | undefined, status: "cancelled" | "queued"): Response {
    const document = this.documents.find(({ job }) => job?.id === jobId);
    if (!document?.job) return problem(404, "not_found", "There is no such job.");
    const job: Job = { ...document.job, status, error: null };
    this.moveJob(job, status);
    return json(job);
  }

  private deleteDocument(id: string): Response {
    this.documents = this.documents.filter((document) => document.id !== id);
    const counts = { versions: 1, pages: 12, blocks: 210, chunks: 96, vectors: 96, index_entries: 96, blobs: 3, blob_bytes: 1_400_000, jobs: 1, sources: 2, cached_answers: 0 };
    return json({ document_id: id, deleted_at: TIME, counts });
  }
}

function matches(document: LibraryDocument, query: URLSearchParams): boolean {
  const [status, collection, text] = [query.get("status"), query.get("collection_id"), query.get("q")];
  const words = `${document.title ?? ""} ${document.filename}`.toLowerCase();
  return (status === null || document.status === status) && (collection === null || document.collection_id === collection) && (text === null || words.includes(text.toLowerCase()));
}

function versionsOf(document: LibraryDocument | undefined) {
  const count = document?.version_count ?? 0;
  return Array.from({ length: count }, (_, index) => ({
    id: index === 0 ? (document?.current_version_id ?? "ver_x") : `ver_old_${index}`,
    number: count - index,
    sha256: "0".repeat(64),
    size_bytes: document?.size_bytes ?? 0,
    status: "ready",
    created_at: TIME,
    is_current: index === 0,
  }));
}

function change<T extends { id: string }>(items: T[], id: string | undefined, body: Record<string, unknown>): Response {
  const item = items.find((candidate) => candidate.id === id);
  if (item !== undefined) Object.assign(item, body);
  return found(item);
}

function found(item: unknown): Response {
  return item === undefined ? problem(404, "not_found", "It does not exist, or you may not see it.") : json(item);
}

function list(items: readonly unknown[]): Response {
  return json({ items, next_cursor: null });
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

export function problem(status: number, code: string, detail: string): Response {
  return new Response(JSON.stringify({ type: `about:blank#${code}`, title: code, status, detail, code, request_id: "req_1" }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}
