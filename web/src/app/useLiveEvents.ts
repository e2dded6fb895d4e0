/** The page's one live stream, with polling in its place while it cannot be held. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { followStream } from "@/api/followStream";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import type { LiveEvent } from "@/api/types";
import { usePageVisible } from "@/hooks/usePageVisible";
import { applyLiveEvent } from "./liveEvents";

export type LiveState = "connecting" | "live" | "polling" | "offline";

const POLL_MS = 5000;
const REFRESH_MS = 600;
const HIDDEN_GRACE_MS = 60_000;

export function useLiveEvents(): LiveState {
  const api = useApi();
  const client = useQueryClient();
  const isVisible = usePageVisible(HIDDEN_GRACE_MS);
  const [state, setState] = useState<LiveState>("connecting");
  const lastSeq = useRef<number | null>(null);
  const refreshTimer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    if (!isVisible) return;
    const leaving = new AbortController();
    const refreshSoon = () => {
      refreshTimer.current ??= setTimeout(() => {
        refreshTimer.current = null;
        void client.invalidateQueries({ queryKey: keys.documents });
        void client.invalidateQueries({ queryKey: keys.collections });
      }, REFRESH_MS);
    };
    const take = (event: LiveEvent) => {
      if (lastSeq.current !== null && event.seq <= lastSeq.current) return;
      lastSeq.current = event.seq;
      if (applyLiveEvent(client, event)) refreshSoon();
    };
    followStream(api, {
      path: () => (lastSeq.current === null ? "/api/v1/events" : `/api/v1/events?after=${lastSeq.current}`),
      onConnected: () => {
        setState("live");
        refreshSoon(); // Whatever happened between the first reading and now would be missed otherwise.
      },
      onEvent: (event) => {
        take(JSON.parse(event.data) as LiveEvent);
        return true;
      },
      onLost: () => setState((current) => (current === "offline" ? current : "polling")),
      signal: leaving.signal,
    }).catch((error: unknown) => {
      if (asProblem(error).status !== 401) setState("polling"); // A 401 is seen by every other query too, which leads to the sign-in page.
    });
    return () => leaving.abort();
  }, [api, client, isVisible]);

  useEffect(() => {
    if (!isVisible || (state !== "polling" && state !== "offline")) return;
    const poll = async () => {
      try {
        const query = lastSeq.current === null ? {} : { after: lastSeq.current };
        const { events, last_seq } = await unwrap(api.http.GET("/api/v1/events/poll", { params: { query } }));
        lastSeq.current = last_seq;
        // Polled events may be long past, so they only say that it is worth reading again.
        if (events.length > 0) {
          void client.invalidateQueries({ queryKey: keys.documents });
          void client.invalidateQueries({ queryKey: keys.collections });
        }
        setState((current) => (current === "offline" ? "polling" : current));
      } catch {
        setState("offline"); // Shown in the frame; the next poll tries again.
      }
    };
    const timer = setInterval(() => void poll(), POLL_MS);
    return () => clearInterval(timer);
  }, [api, client, isVisible, state]);

  return state;
}
