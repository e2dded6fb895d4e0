import { Button, Popover } from "@mantine/core";
import type { Message } from "@/api/types";
import { formatCost, formatCount, formatDuration } from "@/lib/format";
import classes from "./Answer.module.css";

const TIMING_LABELS: Record<string, string> = { retrieve: "Retrieve", assemble: "Assemble", answer: "Write", verify: "Check", total: "In all" };

/** What an answer was made by, what it cost and how long each part took. */
export function AnswerDetails({ message }: { message: Message }) {
  const { model, confidence, cost_nano_usd: cost, input_tokens: input, output_tokens: output, timings_ms: timings } = message;
  const facts: [string, string][] = [];
  if (model) facts.push(["Model", model === "local" ? "local engine, quotes only" : model]);
  if (typeof confidence === "number") facts.push(["Confidence", `${confidence} of 100`]);
  if (typeof cost === "number") facts.push(["Cost", formatCost(cost)]);
  if (input || output) facts.push(["Tokens", `${formatCount(input ?? 0)} in, ${formatCount(output ?? 0)} out`]);
  for (const [name, milliseconds] of Object.entries(timings ?? {})) facts.push([TIMING_LABELS[name] ?? name, formatDuration(milliseconds)]);
  if (facts.length === 0) return null;
  return (
    <Popover position="top-start" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button variant="subtle" size="compact-sm">
          Details
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Details of this answer">
        {/* Focus lands here, so that a screen reader reads what was opened. */}
        <dl className={classes.details} tabIndex={-1} data-autofocus>
          {facts.map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
