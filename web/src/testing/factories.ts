/** Complete objects of the API for tests and the fake server; a test names only what it is about. */
import type { Collection, Conversation, Job, LibraryDocument, Me, Message, Sentence, Source } from "@/api/types";

const TIME = "2026-11-20T10:00:00Z";

export function makeMe(change: Partial<Me> = {}): Me {
  return {
    organisation: { id: "org_1", name: "Harbour Works" },
    user: { id: "usr_1", name: "Owner" },
    role: "owner",
    scopes: ["*"],
    profile: { version: "0.1.0", answer_model: "local", ocr_languages: ["eng", "deu"] },
    ...change,
  };
}

export function makeCollection(change: Partial<Collection> = {}): Collection {
  return { id: "col_1", name: "Library", description: "", preset: "auto", is_default: true, document_count: 0, created_at: TIME, ...change };
}

const STEP_NAMES = ["parse", "structure", "chunk", "embed", "index"] as const;

/** A job that stands at `step` with `done` of `total`; the steps before it are done, those after it wait. */
export function makeJob(change: Partial<Job> = {}): Job {
  const status = change.status ?? "running";
  const at = STEP_NAMES.findIndex((name) => name === (change.step ?? "parse"));
  const progress = change.progress ?? { done: 0, total: 0, unit: "pages" };
  const unfinished = status === "failed" ? "failed" : status === "running" ? "running" : "waiting";
  return {
    id: "job_1",
    kind: "ingest",
    status,
    step: "parse",
    attempt: 1,
    max_attempts: 3,
    progress,
    steps: STEP_NAMES.map((name, index) => {
      const isDone = status === "succeeded" || index < at;
      return {
        name,
        status: isDone ? "done" : index === at ? unfinished : "waiting",
        done: isDone ? (progress.total ?? 0) : index === at ? progress.done : 0,
        total: index <= at || isDone ? progress.total : 0,
        unit: name === "parse" ? "pages" : "chunks",
        started_at: isDone || index === at ? TIME : null,
        finished_at: isDone ? TIME : null,
        duration_ms: isDone ? 1200 * (index + 1) : 0,
      };
    }),
    error: null,
    retry_at: null,
    created_at: TIME,
    started_at: TIME,
    finished_at: null,
    document_id: "doc_1",
    ...change,
  };
}

export function makeDocument(change: Partial<LibraryDocument> = {}): LibraryDocument {
  return {
    id: "doc_1",
    collection_id: "col_1",
    filename: "manual.pdf",
    title: "",
    media_type: "application/pdf",
    size_bytes: 1_400_000,
    status: "ready",
    has_pages: true,
    page_count: 12,
    language: "en",
    current_version_id: "ver_1",
    latest_version_id: "ver_1",
    version_count: 1,
    metadata: {},
    created_at: TIME,
    updated_at: TIME,
    error: null,
    warnings: [],
    job: null,
    searchable: true,
    ...change,
  };
}

export function makeSource(change: Partial<Source> = {}): Source {
  return {
    id: "src_1",
    number: 1,
    kind: "passage",
    document_id: "doc_1",
    version_id: "ver_1",
    filename: "manual.pdf",
    title: null,
    page: 4,
    pages: [4],
    boxes: [{ page: 4, x0: 72, y0: 180, x1: 520, y1: 214 }],
    span: [100, 160],
    quote: "The pump must be serviced every 400 hours of operation.",
    status: "verified",
    chunk_id: "chk_1",
    ...change,
  };
}

export function makeSentence(change: Partial<Sentence> = {}): Sentence {
  const text = change.text ?? "The pump must be serviced every 400 hours of operation.";
  return { index: 0, span: [0, [...text].length], text, verdict: "verbatim", sources: [makeSource()], ...change };
}

export function makeMessage(change: Partial<Message> = {}): Message {
  return {
    id: "msg_1",
    conversation_id: "cnv_1",
    role: "user",
    text: "How often is the pump serviced?",
    status: "complete",
    created_at: TIME,
    ...change,
  };
}

/** A finished answer whose text is the sentences joined by spaces and whose spans fit it. */
export function makeAnswer(sentences: Sentence[], change: Partial<Message> = {}): Message {
  let at = 0;
  const placed = sentences.map((sentence, index) => {
    const length = [...sentence.text].length;
    const span: [number, number] = [at, at + length];
    at += length + 1;
    return { ...sentence, index, span };
  });
  return makeMessage({
    id: "msg_2",
    role: "assistant",
    text: placed.map((sentence) => sentence.text).join(" "),
    run_id: "run_1",
    abstained: false,
    abstention_reason: null,
    model: "local",
    cost_nano_usd: 0,
    input_tokens: 0,
    output_tokens: 0,
    timings_ms: { retrieve: 21, assemble: 3, answer: 12, verify: 4, total: 40 },
    confidence: 82,
    sentences: placed,
    notes: [],
    ...change,
  });
}

export function makeConversation(change: Partial<Conversation> = {}): Conversation {
  return { id: "cnv_1", title: "Pump service", collection_id: null, created_at: TIME, updated_at: TIME, message_count: 2, ...change };
}
