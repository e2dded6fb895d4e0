import { Ban, CircleAlert, CircleCheck, Clock, TriangleAlert } from "lucide-react";
import type { LibraryDocument } from "@/api/types";
import { formatQuantity, formatTime } from "@/lib/format";
import classes from "./DocumentState.module.css";
import { describeProgress } from "./jobWords";
import { StepBar } from "./StepBar";

const ICON = { size: 16, "aria-hidden": true } as const;

/** Where a document stands: its running step with counts, or what came of it and why. */
export function DocumentState({ document }: { document: LibraryDocument }) {
  return (
    <div className={classes.state}>
      <Headline document={document} />
      {document.searchable && document.status !== "ready" ? <p className={classes.dimmed}>The version before answers until this one is ready.</p> : null}
    </div>
  );
}

function Headline({ document }: { document: LibraryDocument }) {
  const { job } = document;
  switch (document.status) {
    case "ready":
      return <Ready warnings={document.warnings.length} />;
    case "processing":
      return job === null ? (
        <p>Processing</p>
      ) : (
        <>
          <StepBar job={job} label={`Progress of ${document.filename}`} />
          <p className={classes.count}>{describeProgress(job)}</p>
        </>
      );
    case "queued":
      return <Queued document={document} />;
    case "cancelled":
      return (
        <p className={`${classes.word} ${classes.dimmed}`}>
          <Ban {...ICON} /> Cancelled
        </p>
      );
    case "failed":
      return (
        <>
          <p className={`${classes.word} ${classes.failed}`}>
            <CircleAlert {...ICON} /> Failed
          </p>
          <Reason error={document.error ?? job?.error ?? null} />
        </>
      );
  }
}

function Ready({ warnings }: { warnings: number }) {
  return (
    <>
      <p className={`${classes.word} ${classes.ready}`}>
        <CircleCheck {...ICON} /> Ready
      </p>
      {warnings === 0 ? null : (
        <p className={`${classes.word} ${classes.warn}`}>
          <TriangleAlert {...ICON} /> {formatQuantity(warnings, "warnings")}
        </p>
      )}
    </>
  );
}

function Queued({ document }: { document: LibraryDocument }) {
  const { job } = document;
  return (
    <>
      <p className={`${classes.word} ${classes.dimmed}`}>
        <Clock {...ICON} />
        {job?.retry_at ? `Attempt ${job.attempt + 1} of ${job.max_attempts} at ${formatTime(job.retry_at)}` : "Waiting for its turn"}
      </p>
      <Reason error={job?.error ?? null} />
    </>
  );
}

function Reason({ error }: { error: { code: string; message: string } | null }) {
  if (error === null) return null;
  return (
    <p dir="auto">
      {error.message} <span className={classes.dimmed}>({error.code})</span>
    </p>
  );
}
