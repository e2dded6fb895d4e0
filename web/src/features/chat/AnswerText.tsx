/** An answer's sentences with their footnote numbers. */
import { TriangleAlert } from "lucide-react";
import type { Sentence, Source } from "@/api/types";
import classes from "./Answer.module.css";
import { Barred } from "./Barred";
import { layOutAnswer, type Run } from "./answerLayout";
import { useFootnoteCard } from "./FootnoteCardContext";
import { checkReason, sourceName, sourcePlace } from "./sourceWords";

interface Props {
  text: string;
  sentences: readonly Sentence[];
  /** The source whose page is open beside the answer. */
  openSourceId: string | null;
  onOpen: (source: Source) => void;
}

export function AnswerText({ text, sentences, openSourceId, onOpen }: Props) {
  const line = (runs: readonly Run[]) => runs.map((run, index) => <RunText key={index} run={run} openSourceId={openSourceId} onOpen={onOpen} />);
  return (
    <div className={classes.text}>
      {layOutAnswer(text, sentences).map((block, index) => {
        if (block.kind === "paragraph") {
          return (
            <p key={index} dir="auto">
              {block.lines.map((runs, at) => (
                <span key={at} className={classes.line}>
                  {line(runs)}
                </span>
              ))}
            </p>
          );
        }
        const List = block.ordered ? "ol" : "ul";
        return (
          <List key={index} dir="auto">
            {block.items.map((runs, at) => (
              <li key={at} dir="auto">
                {line(runs)}
              </li>
            ))}
          </List>
        );
      })}
    </div>
  );
}

function RunText({ run, openSourceId, onOpen }: { run: Run } & Pick<Props, "openSourceId" | "onOpen">) {
  const { sentence } = run;
  if (sentence === null) return run.text;
  const isUnsupported = sentence.verdict === "unsupported";
  const isCurrent = openSourceId !== null && sentence.sources.some(({ id }) => id === openSourceId);
  const className = [isUnsupported ? classes.unsupported : "", isCurrent ? classes.current : ""].filter(Boolean).join(" ");
  const hasMarks = run.endsSentence && sentence.sources.length > 0;
  const [head, tail] = hasMarks ? partLastWord(run.text) : [run.text, ""];
  return (
    <>
      <span className={className || undefined}>
        <Barred text={head} />
      </span>
      {run.endsSentence && isUnsupported ? (
        <span className={classes.unsupportedMark}>
          <TriangleAlert size={12} aria-hidden="true" />
          not supported by a source{checkReason(sentence.reasons) === "" ? "" : `: ${checkReason(sentence.reasons)}`}
        </span>
      ) : null}
      {hasMarks ? (
        <span className={classes.marks}>
          <span className={className || undefined}>{tail}</span>
          {sentence.sources.map((source) => (
            <FootnoteMark key={source.id} source={source} verdict={sentence.verdict} isOpen={source.id === openSourceId} onOpen={onOpen} />
          ))}
        </span>
      ) : null}
    </>
  );
}

const LONGEST_UNBROKEN = 24;

/** The text without its last word, and that word, which is kept on one line with the footnote numbers after it. */
function partLastWord(text: string): [string, string] {
  const at = text.search(/\S+$/);
  return at === -1 || text.length - at > LONGEST_UNBROKEN ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

interface MarkProps {
  source: Source;
  verdict: Sentence["verdict"];
  isOpen: boolean;
  onOpen: (source: Source) => void;
}

function FootnoteMark({ source, verdict, isOpen, onOpen }: MarkProps) {
  const card = useFootnoteCard();
  const open = () => {
    card.close();
    onOpen(source);
  };
  return (
    <button
      type="button"
      className={classes.mark}
      aria-label={footnoteLabel(source)}
      aria-current={isOpen ? "true" : undefined}
      data-withdrawn={source.status === "withdrawn" ? "" : undefined}
      data-source-id={source.id}
      onClick={open}
      onMouseEnter={(event) => card.show(source, verdict, event.currentTarget)}
      onMouseLeave={card.hide}
      onFocus={(event) => card.show(source, verdict, event.currentTarget)}
      onBlur={card.hide}
    >
      {source.number}
    </button>
  );
}

function footnoteLabel(source: Source): string {
  return `Footnote ${source.number}: ${sourceName(source)}${sourcePlace(source)}${source.status === "withdrawn" ? ", withdrawn" : ""}`;
}
