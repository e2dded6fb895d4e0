/** What a job is doing, in words with true counts. */
import type { Job, JobStep } from "@/api/types";
import { formatCount } from "@/lib/format";

export const STEP_LABELS: Record<JobStep["name"], string> = {
  parse: "Parse",
  structure: "Structure",
  chunk: "Chunk",
  embed: "Embed",
  index: "Index",
};

/** `37 of 200 pages`; nothing while the total is not known. */
export function countOf(step: Pick<JobStep, "done" | "total" | "unit">): string {
  return step.total > 0 ? `${formatCount(step.done)} of ${formatCount(step.total)} ${step.unit}` : "";
}

/** `Parse: 37 of 200 pages`. */
export function describeProgress(job: Job): string {
  const step = job.steps.find((candidate) => candidate.status === "running") ?? job.steps.find((candidate) => candidate.name === job.step);
  if (step === undefined) return "Starting";
  const count = countOf(step);
  return count === "" ? STEP_LABELS[step.name] : `${STEP_LABELS[step.name]}: ${count}`;
}

/** Share of a step that is done, 0..1. */
export function shareDone(step: JobStep): number {
  if (step.status === "done") return 1;
  return step.total > 0 ? Math.min(1, step.done / step.total) : 0;
}
