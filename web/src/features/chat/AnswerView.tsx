/** One answer: running, whole, stopped, failed or withheld. */
import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy, RotateCcw } from "lucide-react";
import { memo } from "react";
import { ApiProblem } from "@/api/problem";
import type { Message, MessageProblem, Source } from "@/api/types";
import { ProblemNotice } from "@/components/ProblemNotice";
import { formatQuantity } from "@/lib/format";
import { Abstention, StageLine } from "./Abstention";
import classes from "./Answer.module.css";
import { AnswerDetails } from "./AnswerDetails";
import { AnswerText } from "./AnswerText";
import { FootnoteList } from "./FootnoteList";
import { asPlainText, footnotesOf } from "./footnotes";
import type { RunState } from "./runState";

interface Props {
  message: Message;
  question: string;
  collection: { id: string; name: string } | null;
  /** The state of the run while this answer is being written. */
  run: RunState | null;
  openSourceId: string | null;
  onOpen: (source: Source) => void;
  /** Asks the question again; absent while something else is being answered. */
  onAskAgain: ((question: string) => void) | null;
}

export const AnswerView = memo(function AnswerView({ message, question, collection, run, openSourceId, onOpen, onAskAgain }: Props) {
  const footnotes = footnotesOf(message);
  if (message.abstained && message.status !== "streaming") return <Abstained message={message} question={question} collection={collection} />;
  return (
    <div>
      <AnswerText text={message.text} sentences={message.sentences ?? []} openSourceId={openSourceId} onOpen={onOpen} />
      {message.status === "streaming" ? <StageLine text={stageText(run)} /> : null}
      {message.status === "stopped" ? <p className={classes.hint}>Stopped. {message.text === "" ? "Nothing had been written." : "What was checked until then is kept."}</p> : null}
      {message.status === "failed" ? <Failed problem={message.problem ?? null} onRetry={onAskAgain === null ? null : () => onAskAgain(question)} /> : null}
      <FootnoteList sources={footnotes} openSourceId={openSourceId} onOpen={onOpen} />
      {message.notes?.map((note) => (
        <p key={note} className={classes.remark} dir="auto">
          {note}
        </p>
      ))}
      {message.status === "streaming" ? null : <AnswerFoot message={message} onAskAgain={onAskAgain === null || message.status !== "stopped" ? null : () => onAskAgain(question)} />}
    </div>
  );
});

function Abstained({ message, question, collection }: Pick<Props, "message" | "question" | "collection">) {
  return (
    <div>
      <Abstention message={message} question={question} collection={collection} />
      <div className={classes.foot}>
        <AnswerDetails message={message} />
      </div>
    </div>
  );
}

function stageText(run: RunState | null): string {
  if (run === null || run.stage === null) return "Starting";
  if (run.stage === "writing") return run.text === "" ? readingText(run.searchingCount) : "Writing and checking the next sentence";
  if (run.stage === "checking") return "Checking against the sources";
  return "Searching the documents";
}

function readingText(passages: number | null): string {
  return passages === null ? "Reading the passages found" : `Reading ${formatQuantity(passages, "passages")}`;
}

function Failed({ problem, onRetry }: { problem: MessageProblem | null; onRetry: (() => void) | null }) {
  const shown = new ApiProblem(problem?.message ?? "This answer could not be finished.", { code: problem?.code ?? "answer_failed", status: 0 });
  return <ProblemNotice problem={shown} {...(onRetry === null ? {} : { onRetry, retryLabel: "Ask again" })} />;
}

function AnswerFoot({ message, onAskAgain }: { message: Message; onAskAgain: (() => void) | null }) {
  const clipboard = useClipboard();
  const unsupported = message.sentences?.filter(({ verdict }) => verdict === "unsupported").length ?? 0;
  return (
    <div className={classes.foot}>
      {message.text === "" ? null : (
        <Button variant="subtle" size="compact-sm" leftSection={clipboard.copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => clipboard.copy(asPlainText(message))}>
          {clipboard.copied ? "Copied" : "Copy"}
        </Button>
      )}
      <AnswerDetails message={message} />
      {onAskAgain === null ? null : (
        <Button variant="subtle" size="compact-sm" leftSection={<RotateCcw size={14} />} onClick={onAskAgain}>
          Ask again
        </Button>
      )}
      {unsupported === 0 ? null : <span>{unsupported === 1 ? "1 sentence has" : `${unsupported} sentences have`} no source.</span>}
    </div>
  );
}
