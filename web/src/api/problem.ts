/** The one error the page raises for anything the server refused or could not be asked. */
import type { Problem } from "./types";

export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;

  constructor(message: string, options: { code: string; status: number; requestId?: string | null }) {
    super(message);
    this.name = "ApiProblem";
    this.code = options.code;
    this.status = options.status;
    this.requestId = options.requestId ?? null;
  }
}

export const UNREACHABLE = "unreachable";

/** The server gave no answer at all: it is down, or the network is. */
export function unreachable(): ApiProblem {
  return new ApiProblem("The server does not answer. Check that Footnote is running, then try again.", {
    code: UNREACHABLE,
    status: 0,
  });
}

/** The problem a failed response carries; a body that is no problem document is described by its status alone. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  if (isProblem(body)) {
    return new ApiProblem(body.detail, { code: body.code, status, requestId: body.request_id ?? null });
  }
  return new ApiProblem(`The server answered with status ${status} and gave no reason.`, { code: `http_${status}`, status });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string" && "code" in body && typeof body.code === "string";
}

/** Any thrown value as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return unreachable(); // What fetch throws when there is no connection.
  return pageDefect();
}

/** The page itself is at fault, or a part of it could not be loaded. */
export function pageDefect(): ApiProblem {
  return new ApiProblem("Something in this page went wrong. Reload it; if it happens again, tell your operator.", {
    code: "page_defect",
    status: 0,
  });
}
