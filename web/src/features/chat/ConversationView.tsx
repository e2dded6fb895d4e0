/** The thread of a conversation with its composer. */
import { Anchor, Button, Skeleton, Title } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { Link } from "react-router";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { collectionsQuery, conversationQuery } from "@/api/queries";
import type { Message, Source } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ProblemNotice } from "@/components/ProblemNotice";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import { ChatFoot } from "./ChatFoot";
import classes from "./Chat.module.css";
import { conversationTitle } from "./conversationTitle";
import type { RunState } from "./runState";
import { Thread } from "./Thread";
import { useAsk, useStop } from "./useChat";
import { useFollowBottom } from "./useFollowBottom";

interface Props {
  conversationId: string;
  query: UseQueryResult<Message[]>;
  /** The stored messages with the running answer laid over them. */
  messages: readonly Message[] | undefined;
  runningId: string | null;
  run: RunState;
  openSourceId: string | null;
  onOpen: (source: Source) => void;
}

export function ConversationView({ conversationId, query, messages, runningId, run, openSourceId, onOpen }: Props) {
  const [text, setText] = useState("");
  const { setArea, setContent, isAtEnd, toEnd } = useFollowBottom();
  const scope = useScope(conversationId);
  const ask = useAsk(conversationId);
  const stop = useStop();
  const runId = messages?.find(({ id }) => id === runningId)?.run_id ?? null;
  const isBusy = (runningId !== null && run.ending === null) || ask.isPending;

  const { mutate } = ask;
  const send = useCallback(
    (question: string) => {
      mutate({ text: question, collectionId: null }, { onError: () => setText((current) => (current === "" ? question : current)) });
      setText("");
      toEnd();
    },
    [mutate, toEnd],
  );

  return (
    <div className={classes.thread}>
      <header className={classes.head}>
        <Title order={1} dir="auto">
          {scope.title}
        </Title>
        <p className={classes.scope} dir="auto">
          {scope.collection === null ? "All collections" : `Collection ${scope.collection.name}`}
        </p>
      </header>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it */}
      <div className={classes.scroll} ref={setArea} tabIndex={0} role="region" aria-label="Conversation">
        <div ref={setContent}>
          <Messages query={query} messages={messages}>
            {(loaded) => (
              <div className={classes.messages} role="log" aria-live="polite" aria-relevant="additions" aria-label="Questions and answers" aria-busy={query.isPending}>
                <Thread
                  messages={loaded}
                  runningId={runningId}
                  run={run}
                  sending={ask.isPending ? ask.variables.text : null}
                  collection={scope.collection}
                  openSourceId={openSourceId}
                  onOpen={onOpen}
                  onAskAgain={isBusy ? null : send}
                />
              </div>
            )}
          </Messages>
        </div>
      </div>
      <div className={classes.footWrap}>
        {isAtEnd ? null : (
          <div className={classes.latest}>
            <Button size="xs" radius="xl" variant="default" leftSection={<ArrowDown size={14} />} onClick={toEnd}>
              Jump to the latest
            </Button>
          </div>
        )}
        <ChatFoot
          collectionId={scope.collection?.id ?? null}
          problem={ask.error ?? stop.error}
          text={text}
          onText={setText}
          onAsk={() => send(text.trim())}
          onStop={runId !== null && run.ending === null ? () => stop.mutate(runId) : null}
          isStopping={stop.isPending || (stop.isSuccess && stop.variables === runId)}
          isSending={ask.isPending}
        />
      </div>
    </div>
  );
}

function useScope(conversationId: string) {
  const api = useApi();
  const { data: conversation } = useQuery(conversationQuery(api, conversationId));
  const { data: collections } = useQuery(collectionsQuery(api));
  const collection = collections?.find(({ id }) => id === conversation?.collection_id) ?? null;
  const title = conversation === undefined ? "Conversation" : conversationTitle(conversation);
  useDocumentTitle(title);
  return { title, collection };
}

interface MessagesProps {
  query: UseQueryResult<Message[]>;
  messages: readonly Message[] | undefined;
  children: (messages: readonly Message[]) => ReactNode;
}

function Messages({ query, messages, children }: MessagesProps) {
  if (messages !== undefined) return children(messages);
  if (query.isPending) {
    return (
      <div className={classes.messages} role="status" aria-label="Loading the conversation">
        {[45, 90, 80].map((width) => (
          <Skeleton key={width} height={20} width={`${width}%`} />
        ))}
      </div>
    );
  }
  const problem = asProblem(query.error);
  if (problem.status === 404) {
    return (
      <EmptyState title="This conversation is gone" order={2}>
        <Anchor component={Link} to="/chat" underline="always">
          Ask a new question
        </Anchor>
      </EmptyState>
    );
  }
  return (
    <div className={classes.messages}>
      <ProblemNotice problem={problem} onRetry={() => void query.refetch()} />
    </div>
  );
}
