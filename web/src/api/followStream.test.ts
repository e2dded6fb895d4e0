import { expect, test } from "vitest";
import type { Api } from "./client";
import { followStream } from "./followStream";
import { ApiProblem } from "./problem";

const NO_WAIT = () => 0;

function apiThatOpens(open: (path: string) => string): Api {
  return {
    openStream: async (path: string) => new Response(open(path)).body as ReadableStream<Uint8Array>,
  } as unknown as Api; // Only the stream is used here.
}

test("a broken stream goes on after the last id seen, and nothing is told twice", async () => {
  const asked: string[] = [];
  const replies = ["id: 1\ndata: a\n\nid: 2\ndata: b\n\n", "id: 3\ndata: c\n\ndata: [DONE]\n\n"];
  const api = apiThatOpens((path) => {
    asked.push(path);
    return replies[asked.length - 1] ?? "";
  });
  const seen: string[] = [];
  await followStream(api, {
    path: (lastId) => `/events?after=${lastId ?? 0}`,
    onEvent: (event) => {
      seen.push(event.data);
      return event.data !== "[DONE]";
    },
    signal: new AbortController().signal,
    waitMs: NO_WAIT,
  });
  expect(asked).toEqual(["/events?after=0", "/events?after=2"]);
  expect(seen).toEqual(["a", "b", "c", "[DONE]"]);
});

test("a refusal is raised at once, an outage is waited for", async () => {
  let calls = 0;
  const api = apiThatOpens(() => {
    calls += 1;
    if (calls === 1) throw new ApiProblem("Down for a moment.", { code: "unavailable", status: 503 });
    throw new ApiProblem("There is no such run.", { code: "not_found", status: 404 });
  });
  const following = followStream(api, { path: () => "/x", onEvent: () => true, signal: new AbortController().signal, waitMs: NO_WAIT });
  await expect(following).rejects.toMatchObject({ code: "not_found" });
  expect(calls).toBe(2);
});

test("nothing is opened once the reader has left", async () => {
  const leaving = new AbortController();
  let calls = 0;
  const api = apiThatOpens(() => {
    calls += 1;
    leaving.abort();
    return "";
  });
  await followStream(api, { path: () => "/x", onEvent: () => true, signal: leaving.signal, waitMs: NO_WAIT });
  expect(calls).toBe(1);
});
