/** The typed HTTP client, and what the page needs besides: raw event streams and uploads with progress. */
import createClient, { type Client } from "openapi-fetch";
import { problemFrom } from "./problem";
import type { paths } from "./schema";
import type { WithSpans } from "./spans";
import { type UploadDocument, uploadDocument } from "./upload";

/** Names the page as the sender: the server refuses unsafe requests that come with the cookie and without this. */
export const CLIENT_HEADER = { "X-Footnote-Client": "web" } as const;

export interface Api {
  readonly http: Client<paths>;
  /** Opens an event stream; raises ApiProblem when the server refuses it. */
  readonly openStream: (path: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
  readonly upload: UploadDocument;
}

/** Build the client on a `fetch`, so that tests hand in a server of their own. */
export function createApi(fetch: typeof globalThis.fetch, upload: UploadDocument = uploadDocument): Api {
  const http = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: (request) => fetch(request), headers: CLIENT_HEADER });
  return {
    http,
    upload,
    openStream: async (path, signal) => {
      const url = new URL(path, globalThis.location.origin);
      const response = await fetch(new Request(url, { headers: { Accept: "text/event-stream", ...CLIENT_HEADER }, signal }));
      if (!response.ok || response.body === null) throw problemFrom(response.status, await readJson(response));
      return response.body;
    },
  };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null; // Not every failure comes from the server itself; a proxy answers in HTML.
  }
}

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a reply, or the problem it carries, raised. */
export async function unwrap<T>(reply: Promise<Reply<T>>): Promise<WithSpans<T>> {
  const { data, error, response } = await reply;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as WithSpans<T>; // An empty 204 is typed `never` by the schema, so nothing can be read from it.
}
