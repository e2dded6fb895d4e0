import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { meQuery, pendingDocumentsQuery } from "@/api/queries";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "./Chat.module.css";
import { Composer } from "./Composer";

interface Props {
  /** The collection asked; null for all. */
  collectionId: string | null;
  problem: unknown;
  text: string;
  onText: (text: string) => void;
  onAsk: () => void;
  onStop: (() => void) | null;
  isStopping: boolean;
  isSending: boolean;
}

/** The composer with what must be known before asking. */
export function ChatFoot({ collectionId, problem, ...composer }: Props) {
  return (
    <div className={classes.foot}>
      {problem === null ? null : <ProblemNotice problem={asProblem(problem)} />}
      <PendingNotice collectionId={collectionId} />
      <Composer {...composer} />
      <AnsweredBy />
    </div>
  );
}

function PendingNotice({ collectionId }: { collectionId: string | null }) {
  const api = useApi();
  const { data: count = 0 } = useQuery(pendingDocumentsQuery(api, collectionId));
  return (
    <div role="status">
      {count === 0 ? null : (
        <p className={classes.notice}>
          {count === 1 ? "1 file is still being processed; the answer may miss it." : `${count} files are still being processed; the answer may miss them.`}
        </p>
      )}
    </div>
  );
}

function AnsweredBy() {
  const api = useApi();
  const { data: me } = useQuery(meQuery(api));
  if (!me) return null;
  const model = me.profile.answer_model;
  return (
    <p className={classes.below}>
      <span>{model === "local" ? "Answered on this machine, in the words of your documents." : `Answered by ${model}, checked against your documents.`}</span>
    </p>
  );
}
