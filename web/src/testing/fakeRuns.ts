/** Run logs of the fake server: frames with ids, replayed from any of them and followed until the end. */
import type { Message, Run, Sentence } from "../api/types.ts";

export type Frame = Record<string, unknown> & { type: string };

const TIME = "2026-11-20T10:00:00Z";

export class FakeRun {
  readonly run: Run;
  private readonly frames: string[] = [];
  private readonly wakes = new Set<() => void>();

  constructor(id: string, message: Message) {
    this.run = { id, conversation_id: message.conversation_id, answer_message_id: message.id, status: "running", last_seq: 0, error: null, created_at: TIME, finished_at: null };
    this.message = message;
  }

  readonly message: Message;

  get isOver(): boolean {
    return this.run.status !== "running";
  }

  /** Add a frame to the log and lay it over the stored message, as the server does. */
  push(frame: Frame): void {
    if (this.isOver) return;
    if (frame.type === "data-sentence") this.message.sentences = [...(this.message.sentences ?? []), frame.data as Sentence];
    if (frame.type === "text-delta") this.message.text += frame.delta as string;
    if (frame.type === "data-answer") Object.assign(this.message, frame.data);
    this.append(JSON.stringify(frame));
  }

  end(status: "completed" | "stopped" | "failed", error: { code: string; message: string } | null = null): void {
    if (this.isOver) return;
    if (status === "stopped") this.append(JSON.stringify({ type: "abort" }));
    if (error !== null) this.append(JSON.stringify({ type: "error", errorText: error.message, code: error.code }));
    this.append(JSON.stringify({ type: "finish" }));
    this.append("[DONE]");
    this.run.status = status;
    this.run.error = error;
    this.message.problem = error;
    this.message.status = status === "completed" ? "complete" : status;
    this.wake();
  }

  /** The event stream after frame `after`. */
  stream(after: number): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let next = after;
    return new ReadableStream({
      pull: async (controller) => {
        while (next >= this.frames.length && !this.isOver) await new Promise<void>((resolve) => this.wakes.add(resolve));
        if (next >= this.frames.length) {
          controller.close();
          return;
        }
        const data = this.frames[next] ?? "";
        next += 1;
        controller.enqueue(encoder.encode(`id: ${next}\ndata: ${data}\n\n`));
      },
    });
  }

  private append(data: string): void {
    this.frames.push(data);
    this.run.last_seq = this.frames.length;
    this.wake();
  }

  private wake(): void {
    for (const wake of this.wakes) wake();
    this.wakes.clear();
  }
}

/** The frames of an answer made of these sentences, as one would watch it. */
export function framesOf(answer: Message): Frame[] {
  const points = [...answer.text];
  const sentences = answer.sentences ?? [];
  const deltas = sentences.flatMap((sentence, index): Frame[] => {
    const from = index === 0 ? 0 : (sentences[index - 1]?.span[1] ?? 0);
    const to = index === sentences.length - 1 ? points.length : sentence.span[1];
    return [
      { type: "data-sentence", id: `s${sentence.index}`, data: sentence },
      { type: "text-delta", id: "t", delta: points.slice(from, to).join("") },
    ];
  });
  const { abstained, abstention_reason, confidence, model, cost_nano_usd, timings_ms, notes } = answer;
  return [
    { type: "start", messageId: answer.id },
    { type: "data-status", id: "status", data: { stage: "retrieving", searching_count: 6 }, transient: true },
    { type: "text-start", id: "t" },
    ...(sentences.length === 0 && answer.text !== "" ? [{ type: "text-delta", id: "t", delta: answer.text }] : deltas),
    { type: "text-end", id: "t" },
    { type: "data-answer", id: "answer", data: { abstained, abstention_reason, confidence, model, cost_nano_usd, timings_ms, notes } },
  ];
}
