/** What a job is doing, in words with true counts. */
import type { Job, JobStep as Step } from "@/api/types";
import { formatCount } from "@/lib/format";

const STEP_LABELS: Record<string, string> = {
  parse: "Parse",
  structure: "Structure",
  chunk: "Chunk",
  embed: "Embed",
  index: "Index",
};

/** `Parse`; a step this page does not know yet is called by its own name. */
export function stepLabel(name: string): string {
  return STEP_LABELS[name] ?? name;
}

/** `37 of 200 pages`; nothing while the total is not known. */
export function countOf(step: Pick<Step, "done" | "total" | "unit">): string {
  return step.total ? `${formatCount(step.done)} of ${formatCount(step.total)} ${step.unit}` : "";
}

/** `Parse: 37 of 200 pages`. */
export function describeProgress(job: Job): string {
  const step = job.steps.find((candidate) => candidate.status === "running") ?? job.steps.find((candidate) => candidate.name === job.step);
  if (step === undefined) return "Starting";
  const count = countOf(step);
  return count === "" ? stepLabel(step.name) : `${stepLabel(step.name)}: ${count}`;
}

/** Share of a step that is done, 0..1. */
export function shareDone(step: Step): number {
  if (step.status === "done") return 1;
  return step.total ? Math.min(1, step.done / step.total) : 0;
}
