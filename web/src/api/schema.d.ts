/**
 * The shape of the REST API, in the form openapi-typescript writes.
 *
 * Written by hand from the contract until the server publishes ../openapi.json; `npm run generate` then overwrites
 * this file. Everything else imports the names in `types.ts`, so a renamed schema is a change in one place.
 */

type Answer<T> = { headers: Record<string, unknown>; content: { "application/json": T } };
type Failure = { headers: Record<string, unknown>; content: { "application/problem+json": components["schemas"]["Problem"] } };
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };
type Query<T> = { query?: T; header?: never; path?: never; cookie?: never };
type Path<P, Q = never> = { query?: Q; header?: never; path: P; cookie?: never };
type Operation<Parameters, Reply> = { parameters: Parameters; requestBody?: never; responses: { 200: Answer<Reply>; default: Failure } };
type OperationWithBody<Parameters, Body, Reply> = {
  parameters: Parameters;
  requestBody: { content: { "application/json": Body } };
  responses: { 200: Answer<Reply>; default: Failure };
};
type EmptyOperation<Parameters> = { parameters: Parameters; requestBody?: never; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: Failure } };
type Page<T> = { items: T[]; next_cursor: string | null };
type Id = { id: string };
type Cursor = { cursor?: string; limit?: number };
type S = components["schemas"];

export interface paths {
  "/api/v1/session": {
    post: OperationWithBody<NoParameters, { code: string }, S["Me"]>;
    delete: EmptyOperation<NoParameters>;
  };
  "/api/v1/me": { get: Operation<NoParameters, S["Me"]> };
  "/api/v1/collections": {
    get: Operation<Query<Cursor>, Page<S["Collection"]>>;
    post: OperationWithBody<NoParameters, S["CollectionDraft"], S["Collection"]>;
  };
  "/api/v1/collections/{id}": {
    patch: OperationWithBody<Path<Id>, Partial<S["CollectionDraft"]>, S["Collection"]>;
    delete: Operation<Path<Id, { documents?: "delete" }>, Record<string, unknown>>;
  };
  "/api/v1/documents": {
    get: Operation<Query<Cursor & { collection_id?: string; status?: S["DocumentStatus"]; q?: string }>, Page<S["Document"]>>;
  };
  "/api/v1/documents/{id}": {
    get: Operation<Path<Id>, S["Document"]>;
    patch: OperationWithBody<Path<Id>, S["DocumentChange"], S["Document"]>;
    delete: Operation<Path<Id>, S["DeletionReceipt"]>;
  };
  "/api/v1/documents/{id}/versions": { get: Operation<Path<Id>, Page<S["DocumentVersion"]>> };
  "/api/v1/documents/{id}/pages/{n}": { get: Operation<Path<{ id: string; n: number }, { version?: string }>, S["Page"]> };
  "/api/v1/documents/{id}/rendition": { get: Operation<Path<Id, { version?: string }>, S["Rendition"]> };
  "/api/v1/search": { post: OperationWithBody<NoParameters, S["SearchRequest"], S["SearchResponse"]> };
  "/api/v1/jobs/{id}/cancel": { post: Operation<Path<Id>, S["Job"]> };
  "/api/v1/jobs/{id}/retry": { post: Operation<Path<Id>, S["Job"]> };
  "/api/v1/events/poll": { get: Operation<Query<{ after?: number; limit?: number }>, { events: S["LiveEvent"][]; last_seq: number }> };
  "/api/v1/conversations": {
    get: Operation<Query<Cursor>, Page<S["Conversation"]>>;
    post: OperationWithBody<NoParameters, { title?: string; collection_id?: string }, S["Conversation"]>;
  };
  "/api/v1/conversations/{id}": {
    get: Operation<Path<Id>, S["Conversation"]>;
    patch: OperationWithBody<Path<Id>, { title: string }, S["Conversation"]>;
    delete: EmptyOperation<Path<Id>>;
  };
  "/api/v1/conversations/{id}/messages": {
    get: Operation<Path<Id, Cursor>, Page<S["Message"]>>;
    post: OperationWithBody<Path<Id>, { text: string; collection_id?: string; stream?: boolean; model?: string }, S["StartedRun"]>;
  };
  "/api/v1/runs/{id}": { get: Operation<Path<Id>, S["Run"]> };
  "/api/v1/runs/{id}/stop": { post: Operation<Path<Id>, S["Run"]> };
}

export interface components {
  schemas: {
    Problem: {
      type?: string;
      title: string;
      status: number;
      detail: string;
      code: string;
      request_id?: string;
      errors?: { field: string; message: string }[];
    };
    ReportedError: { code: string; message: string };
    Me: {
      organisation: { id: string; name: string };
      user: { id: string; name: string };
      role: string;
      scopes: string[];
      profile: { version: string; answer_model: string; ocr_languages: string[] };
    };
    Collection: {
      id: string;
      name: string;
      description: string | null;
      preset: "kb" | "pdf" | "auto";
      document_count: number;
      created_at: string;
    };
    CollectionDraft: { name: string; description?: string; preset?: "kb" | "pdf" | "auto" };
    DocumentStatus: "queued" | "processing" | "ready" | "failed" | "cancelled";
    Document: {
      id: string;
      collection_id: string;
      filename: string;
      title: string | null;
      media_type: string;
      size_bytes: number;
      status: S["DocumentStatus"];
      has_pages: boolean;
      page_count: number | null;
      language: string | null;
      current_version_id: string | null;
      version_count: number;
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      error: S["ReportedError"] | null;
      warnings: string[];
      job: S["Job"] | null;
      searchable: boolean;
    };
    DocumentChange: { title?: string; collection_id?: string; metadata?: Record<string, unknown> };
    DocumentUpload: { outcome: "created" | "new_version" | "unchanged"; document: S["Document"] };
    DocumentVersion: {
      id: string;
      number: number;
      sha256: string;
      size_bytes: number;
      status: string;
      created_at: string;
      is_current: boolean;
    };
    Job: {
      id: string;
      kind: string;
      status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
      step: string | null;
      attempt: number;
      max_attempts: number;
      progress: { done: number; total: number; unit: string } | null;
      steps: S["JobStep"][];
      error: S["ReportedError"] | null;
      retry_at: string | null;
      created_at: string;
      started_at: string | null;
      finished_at: string | null;
      document_id: string | null;
    };
    JobStep: {
      name: "parse" | "structure" | "chunk" | "embed" | "index";
      status: "waiting" | "running" | "done" | "failed";
      done: number;
      total: number;
      unit: string;
      started_at: string | null;
      finished_at: string | null;
      duration_ms: number | null;
    };
    DeletionReceipt: { document_id: string; deleted_at: string; counts: Record<string, number> };
    Page: {
      document_id: string;
      version_id: string;
      number: number;
      page_count: number;
      width: number;
      height: number;
      rotation: number;
      origin: "digital" | "ocr" | "none";
      warning: string | null;
      image_url: string;
      words: { text: string; span: [number, number]; box: S["Box"] }[];
    };
    Box: { x0: number; y0: number; x1: number; y1: number };
    PageBox: { page: number; x0: number; y0: number; x1: number; y1: number };
    Rendition: { html: string; version_id: string };
    SearchRequest: {
      query: string;
      collection_id?: string;
      top_k?: number;
      filters?: { document_ids?: string[]; language?: string; media_type?: string };
      explain?: boolean;
    };
    SearchResult: {
      document_id: string;
      version_id: string;
      filename: string;
      title: string | null;
      chunk_id: string;
      score: number;
      text: string;
      heading_path: string[];
      span: [number, number];
      pages: number[];
      boxes: S["PageBox"][];
    };
    SearchResponse: { query: string; results: S["SearchResult"][]; timings_ms: Record<string, number>; language: string | null };
    LiveEvent: { seq: number; type: string; document_id?: string | null; job?: S["Job"] | null };
    Conversation: {
      id: string;
      title: string | null;
      collection_id: string | null;
      created_at: string;
      updated_at: string;
      message_count: number;
    };
    Run: {
      id: string;
      conversation_id: string;
      answer_message_id: string;
      status: "running" | "completed" | "stopped" | "failed";
      last_seq: number;
      error: S["ReportedError"] | null;
      created_at: string;
      finished_at: string | null;
    };
    StartedRun: { run: S["Run"]; question: S["Message"]; answer: S["Message"] };
    Message: {
      id: string;
      conversation_id: string;
      role: "user" | "assistant";
      text: string;
      status: "complete" | "streaming" | "stopped" | "failed";
      created_at: string;
      run_id?: string | null;
      abstained?: boolean | null;
      abstention_reason?: string | null;
      model?: string | null;
      cost_nano_usd?: number | null;
      input_tokens?: number | null;
      output_tokens?: number | null;
      timings_ms?: Record<string, number> | null;
      confidence?: number | null;
      sentences?: S["Sentence"][] | null;
      notes?: string[] | null;
    };
    Sentence: {
      index: number;
      span: [number, number];
      text: string;
      verdict: "verbatim" | "grounded" | "unsupported";
      sources: S["Source"][];
    };
    Source: {
      id: string;
      number: number;
      kind: "passage";
      document_id: string | null;
      version_id: string | null;
      filename: string;
      title: string | null;
      page: number | null;
      pages: number[];
      boxes: S["PageBox"][];
      span: [number, number] | null;
      quote: string;
      status: "verified" | "withdrawn";
      chunk_id: string | null;
    };
  };
}
