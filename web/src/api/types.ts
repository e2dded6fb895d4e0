/** The API's nouns under the names the page uses; the only module that knows the names of the generated schemas. */
import type { components } from "./schema";
import type { WithSpans } from "./spans";

type Schemas = components["schemas"];

export type Problem = Schemas["ProblemDetails"];
export type Me = Schemas["MeOut"];
export type Collection = Schemas["Collection"];
export type LibraryDocument = Schemas["Document"];
export type DocumentStatus = LibraryDocument["status"];
export type DocumentUpload = Schemas["UploadResult"];
export type DocumentVersion = Schemas["Version"];
export type DeletionReceipt = Schemas["DeletionReceipt"];
export type Job = Schemas["Job"];
export type JobStep = Schemas["JobStep"];
export type DocumentPage = WithSpans<Schemas["PageOut"]>;
export type Box = Schemas["BoxOut"];
export type PageBox = Schemas["PageBoxOut"];
export type SearchResult = WithSpans<Schemas["SearchResult"]>;
export type LiveEvent = Schemas["Event"];
export type Conversation = Schemas["Conversation"];
export type Run = Schemas["Run"];
export type StartedRun = WithSpans<Schemas["StartedRun"]>;
export type Message = WithSpans<Schemas["Message"]>;
/** Why an answer failed. */
export type MessageProblem = NonNullable<Message["problem"]>;
export type Sentence = WithSpans<Schemas["Sentence"]>;
export type Source = WithSpans<Schemas["Source"]>;

/** Half-open range of Unicode code points. */
export type Span = readonly [start: number, end: number];
