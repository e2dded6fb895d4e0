import { describe, expect, test } from "vitest";
import { makeAnswer, makeSentence } from "@/testing/factories";
import { type Block, layOutAnswer } from "./answerLayout";

function plain(block: Block): string[] {
  const lines = block.kind === "list" ? block.items : block.lines;
  return lines.map((line) => line.map((run) => run.text + (run.endsSentence ? "^" : "")).join(""));
}

describe("laying out an answer", () => {
  test("sentences keep their ends where the footnotes stand, after emoji too", () => {
    const answer = makeAnswer([makeSentence({ text: "😀 First." }), makeSentence({ text: "Second." })]);
    expect(layOutAnswer(answer.text, answer.sentences ?? []).map(plain)).toEqual([["😀 First.^ Second.^"]]);
  });

  test("blank lines part paragraphs and marked lines become lists", () => {
    const text = "Intro:\n\n- one\n- two\n\nOutro.";
    const sentences = [
      makeSentence({ index: 0, span: [0, 6], text: "Intro:" }),
      makeSentence({ index: 1, span: [8, 13], text: "- one" }),
      makeSentence({ index: 2, span: [16, 19], text: "two" }),
    ];
    const blocks = layOutAnswer(text, sentences);
    expect(blocks.map((block) => block.kind)).toEqual(["paragraph", "list", "paragraph"]);
    expect(blocks.map(plain)).toEqual([["Intro:^"], ["one^", "two^"], ["Outro."]]);
  });

  test("a sentence across a line break has its footnotes once, at its end", () => {
    expect(layOutAnswer("a\nb", [makeSentence({ span: [0, 3], text: "a\nb" })]).map(plain)).toEqual([["a", "b^"]]);
  });

  test("rows of a table stand apart from the prose around them", () => {
    const answer = makeAnswer([makeSentence({ text: "Fees are due." }), makeSentence({ text: "Car | 4 euros" }), makeSentence({ text: "Pay at the desk." })]);
    expect(layOutAnswer(answer.text, answer.sentences ?? []).map(plain)).toEqual([["Fees are due.^", "Car | 4 euros^", "Pay at the desk.^"]]);
  });

  test("a sentence announced before its text is not drawn yet", () => {
    expect(layOutAnswer("", [makeSentence({ span: [0, 9] })])).toEqual([]);
  });

  test("a year at the start of a line is no list", () => {
    expect(layOutAnswer("2019. A year.", []).map((block) => block.kind)).toEqual(["paragraph"]);
  });
});
