/** The chat's actions: asking, stopping, and what of them is under way. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { keys } from "@/api/queries";
import type { Message, StartedRun } from "@/api/types";

export interface Ask {
  text: string;
  /** Collection of a conversation that is only now begun. */
  collectionId: string | null;
}

/** Ask in the conversation, beginning one first when there is none. */
export function useAsk(conversationId: string | null) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const begun = useRef<string | null>(null); // A question that failed is asked again in the conversation already begun for it.
  return useMutation({
    mutationFn: async ({ text, collectionId }: Ask): Promise<StartedRun> => {
      const id = conversationId ?? begun.current ?? (await begin(collectionId));
      begun.current = id;
      const started = await unwrap(api.http.POST("/api/v1/conversations/{conversation_id}/messages", { params: { path: { conversation_id: id } }, body: { text } }));
      return started as StartedRun; // Typed unknown, since the same route can answer with an event stream when asked to.
    },
    onSuccess: ({ question, answer }) => {
      const id = answer.conversation_id;
      client.setQueryData<Message[]>(keys.messages(id), (messages = []) => [...messages.filter((message) => message.id !== question.id && message.id !== answer.id), question, answer]);
      void client.invalidateQueries({ queryKey: keys.conversations });
      if (conversationId === null) void navigate(`/chat/${id}`, { replace: true });
    },
  });

  async function begin(collectionId: string | null): Promise<string> {
    const body = collectionId === null ? {} : { collection_id: collectionId };
    return (await unwrap(api.http.POST("/api/v1/conversations", { body }))).id;
  }
}

/** End the run on the server: the model call itself, not only this page's reading of it. */
export function useStop() {
  const api = useApi();
  return useMutation({ mutationFn: (runId: string) => unwrap(api.http.POST("/api/v1/runs/{run_id}/stop", { params: { path: { run_id: runId } } })) });
}
