import { describe, expect, test } from "vitest";
import { makeMessage, makeSentence } from "@/testing/factories";
import { applyFrame, INITIAL_RUN, parseFrame, type RunFrame, withRun } from "./runState";

function fold(frames: RunFrame[]) {
  return frames.reduce(applyFrame, INITIAL_RUN);
}

describe("a running answer", () => {
  test("grows sentence by sentence and ends with its facts", () => {
    const run = fold([
      { type: "data-status", data: { stage: "retrieving", searching_count: 12 } },
      { type: "data-sentence", data: makeSentence({ index: 0, text: "One." }) },
      { type: "text-delta", delta: "One." },
      { type: "text-delta", delta: " Two." },
      { type: "data-answer", data: { abstained: false, confidence: 80, model: "local" } },
      { type: "finish" },
    ]);
    expect(run).toMatchObject({ text: "One. Two.", searchingCount: 12, ending: "finished", facts: { confidence: 80 } });
    expect(withRun(makeMessage({ role: "assistant", status: "streaming" }), run)).toMatchObject({ status: "complete", text: "One. Two.", model: "local" });
  });

  test("a replayed sentence replaces itself", () => {
    const sentence = makeSentence({ index: 0 });
    expect(fold([{ type: "data-sentence", data: sentence }, { type: "data-sentence", data: sentence }]).sentences).toHaveLength(1);
  });

  test("finish after abort or error does not hide how it ended", () => {
    expect(fold([{ type: "abort" }, { type: "finish" }]).ending).toBe("stopped");
    expect(fold([{ type: "error", errorText: "The model does not answer." }, { type: "finish" }])).toMatchObject({
      ending: "failed",
      error: { message: "The model does not answer." },
    });
  });

  test("a part of a newer server is passed over", () => {
    expect(parseFrame('{"type":"reasoning-start","id":"r"}')).toEqual({ type: "other" });
  });
});
