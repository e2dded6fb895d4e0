/** The first question of a conversation: what to ask, and where to look. */
import { Anchor, NativeSelect, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { useApi } from "@/api/ApiContext";
import { collectionsQuery } from "@/api/queries";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import { ChatFoot } from "./ChatFoot";
import classes from "./Chat.module.css";
import { Thread } from "./Thread";
import { INITIAL_RUN } from "./runState";
import { useAsk } from "./useChat";

const noop = () => undefined;

export function NewConversation() {
  useDocumentTitle("New question");
  const api = useApi();
  const { data: collections = [] } = useQuery(collectionsQuery(api));
  const [collectionId, setCollectionId] = useState<string | null>(null);
  const [text, setText] = useState("");
  const ask = useAsk(null);
  const send = () => {
    const question = text.trim();
    ask.mutate({ text: question, collectionId }, { onError: () => setText(question) });
    setText("");
  };
  const isEmpty = collections.length > 0 && collections.every((collection) => collection.document_count === 0);
  return (
    <div className={classes.page}>
      <div className={classes.thread}>
        <header className={classes.head}>
          <Title order={1}>New question</Title>
        </header>
        <div className={classes.scroll}>
          {ask.isPending ? (
            <div className={classes.messages}>
              <Thread messages={[]} runningId={null} run={INITIAL_RUN} sending={ask.variables.text} collection={null} openSourceId={null} onOpen={noop} onAskAgain={null} />
            </div>
          ) : (
            <div className={`${classes.messages} ${classes.welcome}`}>
              <p className={classes.lead}>
                Every sentence of an answer carries a footnote<sup>1</sup>
              </p>
              <p className={classes.leadNote}>
                <sup>1</sup> It opens the page the sentence comes from, with the passage boxed. What no document supports is not answered.
              </p>
              {isEmpty ? (
                <p>
                  The library is empty.{" "}
                  <Anchor component={Link} to="/library" underline="always">
                    Add files first
                  </Anchor>
                  .
                </p>
              ) : (
                <NativeSelect
                  label="Look in"
                  maw="20rem"
                  value={collectionId ?? ""}
                  onChange={(event) => setCollectionId(event.currentTarget.value || null)}
                  data={[{ value: "", label: "All collections" }, ...collections.map(({ id, name, document_count: count }) => ({ value: id, label: `${name} (${count})` }))]}
                />
              )}
            </div>
          )}
        </div>
        <ChatFoot collectionId={collectionId} problem={ask.error} text={text} onText={setText} onAsk={send} onStop={null} isStopping={false} isSending={ask.isPending} />
      </div>
    </div>
  );
}
