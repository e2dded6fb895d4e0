/** Keeps an event stream open across network faults: reconnects after the last id seen, waiting longer each time. */
import type { Api } from "./client";
import { readEventStream, type ServerEvent } from "./eventStream";
import { ApiProblem, UNREACHABLE } from "./problem";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export interface Follow {
  /** The address of the stream that continues after `lastId`. */
  path: (lastId: string | null) => string;
  /** Called per event in order; returns false when the stream has said all. */
  onEvent: (event: ServerEvent) => boolean;
  onConnected?: () => void;
  /** Called when the connection is lost and will be tried again. */
  onLost?: () => void;
  signal: AbortSignal;
  waitMs?: (attempt: number) => number;
}

/** Follow until `onEvent` returns false or the signal fires. Raises ApiProblem when the server refuses the stream. */
export async function followStream(api: Api, follow: Follow): Promise<void> {
  const wait = follow.waitMs ?? ((attempt: number) => Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS));
  let lastId: string | null = null;
  for (let attempt = 0; !follow.signal.aborted; attempt += 1) {
    try {
      const body = await api.openStream(follow.path(lastId), follow.signal);
      follow.onConnected?.();
      for await (const event of readEventStream(body)) {
        attempt = 0;
        lastId = event.id ?? lastId;
        if (!follow.onEvent(event)) return;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    if (follow.signal.aborted) return;
    follow.onLost?.();
    await pause(wait(attempt), follow.signal);
  }
}

/** Faults of the network and of an overloaded server pass; a refusal will not change by asking again. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.code === UNREACHABLE || error.status >= 500 || error.status === 429;
  return error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError");
}

/** Wait, or return early when the signal fires. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish, { once: true });
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
