/** A conversation, or the start of one, with the source of a footnote beside it. */
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { useApi } from "@/api/ApiContext";
import { messagesQuery } from "@/api/queries";
import type { Message, Source } from "@/api/types";
import classes from "./Chat.module.css";
import { ConversationView } from "./ConversationView";
import { FootnoteCardProvider } from "./FootnoteCard";
import { footnotesOf } from "./footnotes";
import { NewConversation } from "./NewConversation";
import { withRun } from "./runState";
import { SourcePanel } from "./SourcePanel";
import { useRun } from "./useRun";

/** Below this width the source covers the answer instead of standing beside it. */
const BESIDE = "(min-width: 72em)";

export function ChatPage() {
  const { conversationId } = useParams();
  return conversationId === undefined ? <NewConversation /> : <Conversation key={conversationId} conversationId={conversationId} />;
}

function Conversation({ conversationId }: { conversationId: string }) {
  const api = useApi();
  const query = useQuery(messagesQuery(api, conversationId));
  const running = query.data?.findLast((message) => message.status === "streaming" && message.run_id);
  const run = useRun(running?.run_id ?? null, conversationId);
  const messages = useMemo(() => query.data?.map((message) => (message.id === running?.id ? withRun(message, run) : message)), [query.data, running?.id, run]);
  const { source, siblings, open, close } = useOpenSource(messages);
  const isBeside = useMediaQuery(BESIDE, true, { getInitialValueInEffect: false });
  return (
    <FootnoteCardProvider>
      <div className={classes.page} data-source={source !== null && isBeside ? "" : undefined}>
        <ConversationView conversationId={conversationId} query={query} messages={messages} runningId={running?.id ?? null} run={run} openSourceId={source?.id ?? null} onOpen={open} />
        {source === null ? null : <SourcePanel source={source} siblings={siblings} isOverlay={!isBeside} onOpen={open} onClose={close} />}
      </div>
    </FootnoteCardProvider>
  );
}

interface OpenSource {
  source: Source | null;
  siblings: readonly Source[];
  open: (source: Source) => void;
  close: () => void;
}

/** The open source lives in the address: a reload keeps it, and going back closes it. */
function useOpenSource(messages: readonly Message[] | undefined): OpenSource {
  const [parameters, setParameters] = useSearchParams();
  const sourceId = parameters.get("source");
  const siblings = useMemo(() => {
    if (sourceId === null) return [];
    const lists = messages?.map(footnotesOf) ?? [];
    return lists.find((list) => list.some(({ id }) => id === sourceId)) ?? [];
  }, [messages, sourceId]);
  const open = useCallback(
    (source: Source) => setParameters({ source: source.id }, { replace: new URLSearchParams(globalThis.location.search).has("source") }),
    [setParameters],
  );
  const close = useCallback(() => {
    setParameters({}, { replace: true });
    // The reader goes on where the footnote was clicked.
    if (sourceId !== null) document.querySelector<HTMLElement>(`[data-source-id="${CSS.escape(sourceId)}"]`)?.focus();
  }, [setParameters, sourceId]);
  return { source: siblings.find(({ id }) => id === sourceId) ?? null, siblings, open, close };
}
