/**
 * What the page knows of a running answer, built frame by frame from its UI-message stream.
 *
 * Folding the run's log from its start gives the same state as having watched it, so a reload is no case of its own.
 * Own reader and fold instead of the AI SDK's `useChat` over the same frames: the stored messages are the truth here and
 * sit in the query cache, sentences and not text are the unit shown, and resuming goes by the log's ids.
 */
import type { Message, MessageProblem, Sentence } from "@/api/types";

export type Stage = "retrieving" | "writing" | "checking";

/** The facts known only when the answer is whole. */
export type AnswerFacts = Pick<Message, "abstained" | "abstention_reason" | "confidence" | "model" | "cost_nano_usd" | "timings_ms" | "notes">;

export interface RunState {
  stage: Stage | null;
  /** How many passages the answer is written from. */
  searchingCount: number | null;
  text: string;
  sentences: readonly Sentence[];
  facts: AnswerFacts | null;
  /** How it ended; null while frames are still to come. */
  ending: "finished" | "stopped" | "failed" | null;
  error: MessageProblem | null;
}

/** The parts of the UI-message stream that carry something the page shows; others are passed over. */
export type RunFrame =
  | { type: "data-status"; data: { stage: Stage; searching_count?: number | null } }
  | { type: "data-sentence"; data: Sentence }
  | { type: "text-delta"; delta: string }
  | { type: "data-answer"; data: AnswerFacts }
  | { type: "error"; errorText: string; code?: string }
  | { type: "abort" }
  | { type: "finish" }
  | { type: "other" };

export const INITIAL_RUN: RunState = {
  stage: null,
  searchingCount: null,
  text: "",
  sentences: [],
  facts: null,
  ending: null,
  error: null,
};

const KNOWN = new Set(["data-status", "data-sentence", "text-delta", "data-answer", "error", "abort", "finish"]);

/** Read one event's data; a part this page does not know is `other`, so a newer server can add parts. */
export function parseFrame(data: string): RunFrame {
  const part: unknown = JSON.parse(data);
  const known = typeof part === "object" && part !== null && "type" in part && typeof part.type === "string" && KNOWN.has(part.type);
  return known ? (part as RunFrame) : { type: "other" };
}

/** The state after one more frame. */
export function applyFrame(state: RunState, frame: RunFrame): RunState {
  switch (frame.type) {
    case "data-status":
      return { ...state, stage: frame.data.stage, searchingCount: frame.data.searching_count ?? state.searchingCount };
    case "data-sentence":
      return { ...state, sentences: [...state.sentences.filter((sentence) => sentence.index !== frame.data.index), frame.data] };
    case "text-delta":
      return { ...state, stage: "writing", text: state.text + frame.delta };
    case "data-answer":
      return { ...state, facts: frame.data };
    case "error":
      return { ...state, ending: "failed", error: { message: frame.errorText, code: frame.code ?? "answer_failed" } };
    case "abort":
      return { ...state, ending: "stopped" };
    case "finish":
      return { ...state, ending: state.ending ?? "finished" };
    case "other":
      return state;
  }
}

/** The stored message with what the stream has brought so far laid over it. */
export function withRun(message: Message, run: RunState): Message {
  const status = run.ending === null ? "streaming" : ({ finished: "complete", stopped: "stopped", failed: "failed" } as const)[run.ending];
  return { ...message, ...run.facts, text: run.text, sentences: [...run.sentences], status, problem: run.error };
}
