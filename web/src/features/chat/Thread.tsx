/** The questions and answers of one conversation, in order. */
import type { Message, Source } from "@/api/types";
import { AnswerView } from "./AnswerView";
import classes from "./Chat.module.css";
import { StageLine } from "./Abstention";
import type { RunState } from "./runState";

interface Props {
  messages: readonly Message[];
  /** The message that is being written, and the state of its run. */
  runningId: string | null;
  run: RunState;
  /** A question on its way to the server. */
  sending: string | null;
  collection: { id: string; name: string } | null;
  openSourceId: string | null;
  onOpen: (source: Source) => void;
  onAskAgain: ((question: string) => void) | null;
}

interface Turn {
  question: Message | null;
  answers: Message[];
}

export function Thread({ messages, runningId, run, sending, collection, openSourceId, onOpen, onAskAgain }: Props) {
  return (
    <>
      {intoTurns(messages).map(({ question, answers }) => (
        <article key={question?.id ?? answers[0]?.id} className={classes.turn}>
          {question === null ? null : <Question text={question.text} />}
          {answers.map((answer) => (
            <AnswerView
              key={answer.id}
              message={answer}
              question={question?.text ?? ""}
              collection={collection}
              run={answer.id === runningId ? run : null}
              openSourceId={footnoteIn(answer, openSourceId)}
              onOpen={onOpen}
              onAskAgain={onAskAgain}
            />
          ))}
        </article>
      ))}
      {sending === null ? null : (
        <article className={classes.turn}>
          <Question text={sending} />
          <StageLine text="Sending" />
        </article>
      )}
    </>
  );
}

/** Null for every answer but the one cited, so that opening a source does not draw all finished answers again. */
function footnoteIn(message: Message, sourceId: string | null): string | null {
  return sourceId !== null && message.sentences?.some(({ sources }) => sources.some(({ id }) => id === sourceId)) ? sourceId : null;
}

function intoTurns(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns[turns.length - 1];
    if (message.role === "user") turns.push({ question: message, answers: [] });
    else if (last === undefined) turns.push({ question: null, answers: [message] });
    else last.answers.push(message);
  }
  return turns;
}

function Question({ text }: { text: string }) {
  return (
    <p className={classes.question} dir="auto">
      <span className="visually-hidden">You asked: </span>
      {text}
    </p>
  );
}
