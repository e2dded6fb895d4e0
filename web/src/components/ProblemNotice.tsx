import { Button } from "@mantine/core";
import type { ApiProblem } from "@/api/problem";
import classes from "./ProblemNotice.module.css";

interface Props {
  problem: ApiProblem;
  onRetry?: () => void;
  retryLabel?: string;
}

/** What went wrong, in the server's own sentence, with its code for whoever is asked for help. */
export function ProblemNotice({ problem, onRetry, retryLabel = "Try again" }: Props) {
  return (
    <div className={classes.notice} role="alert">
      <p className={classes.words} dir="auto">
        {problem.message}
        <span className={classes.code}>
          Code {problem.code}
          {problem.requestId === null ? "" : `, request ${problem.requestId}`}
        </span>
      </p>
      {onRetry === undefined ? null : (
        <Button variant="default" size="xs" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </div>
  );
}
