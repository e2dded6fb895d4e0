/** The API's nouns under the names the page uses; the only module that knows the names of the generated schemas. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Me = Schemas["Me"];
export type Collection = Schemas["Collection"];
export type CollectionDraft = Schemas["CollectionDraft"];
export type LibraryDocument = Schemas["Document"];
export type DocumentStatus = Schemas["DocumentStatus"];
export type DocumentUpload = Schemas["DocumentUpload"];
export type DocumentVersion = Schemas["DocumentVersion"];
export type DeletionReceipt = Schemas["DeletionReceipt"];
export type Job = Schemas["Job"];
export type JobStep = Schemas["JobStep"];
export type DocumentPage = Schemas["Page"];
export type Box = Schemas["Box"];
export type PageBox = Schemas["PageBox"];
export type SearchResult = Schemas["SearchResult"];
export type LiveEvent = Schemas["LiveEvent"];
export type Conversation = Schemas["Conversation"];
export type Run = Schemas["Run"];
export type StartedRun = Schemas["StartedRun"];
export type Message = Schemas["Message"];
export type Sentence = Schemas["Sentence"];
export type Source = Schemas["Source"];

/** Half-open range of Unicode code points. */
export type Span = readonly [start: number, end: number];
