import type { Job } from "@/api/types";
import { describeProgress, shareDone } from "./jobWords";
import classes from "./StepBar.module.css";

/** The five steps of a job as one bar, the two long ones drawn longer; the count is its accessible value. */
export function StepBar({ job, label }: { job: Job; label: string }) {
  const shares = job.steps.map(shareDone);
  const percent = Math.round((100 * shares.reduce((sum, share) => sum + share, 0)) / Math.max(1, shares.length));
  return (
    <div className={classes.bar} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={describeProgress(job)}>
      {job.steps.map((step, index) => (
        <span key={step.name} className={classes.step} data-status={step.status}>
          <span className={classes.fill} style={{ inlineSize: `${100 * (shares[index] ?? 0)}%` }} />
        </span>
      ))}
    </div>
  );
}
