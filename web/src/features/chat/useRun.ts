/** Follows a running answer, from its first frame, across reloads and lost connections. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "@/api/ApiContext";
import { followStream } from "@/api/followStream";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import { applyFrame, INITIAL_RUN, parseFrame, type RunState } from "./runState";

const DONE = "[DONE]";

/** The state of the run; a fresh one for a null id. When the run ends, the stored messages are read again. */
export function useRun(runId: string | null, conversationId: string | null): RunState {
  const api = useApi();
  const client = useQueryClient();
  const [followed, setFollowed] = useState<{ runId: string | null; run: RunState }>({ runId: null, run: INITIAL_RUN });
  useEffect(() => {
    if (runId === null || conversationId === null) return;
    const leaving = new AbortController();
    let run = INITIAL_RUN;
    const show = (next: RunState) => {
      run = next;
      setFollowed({ runId, run });
    };
    const refresh = () => {
      void client.invalidateQueries({ queryKey: keys.messages(conversationId) });
      void client.invalidateQueries({ queryKey: keys.conversations });
    };
    followStream(api, {
      path: (lastId) => `/api/v1/runs/${encodeURIComponent(runId)}/events?after=${lastId ?? 0}`,
      onEvent: (event) => {
        if (event.data === DONE) return false;
        show(applyFrame(run, parseFrame(event.data)));
        return true;
      },
      signal: leaving.signal,
    })
      .catch((error: unknown) => {
        const problem = asProblem(error);
        show({ ...run, ending: "failed", error: { message: problem.message, code: problem.code } });
      })
      .finally(() => {
        if (!leaving.signal.aborted) refresh();
      });
    return () => leaving.abort();
  }, [api, client, runId, conversationId]);
  return followed.runId === runId ? followed.run : INITIAL_RUN;
}
