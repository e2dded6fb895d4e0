import { expect, test } from "vitest";
import { makeAnswer, makeSentence, makeSource } from "@/testing/factories";
import { asPlainText, footnotesOf } from "./footnotes";

const first = makeSource({ id: "src_1", number: 1 });
const second = makeSource({ id: "src_2", number: 2, filename: "policy.docx", page: null, pages: [], quote: "Ask first." });

test("a source cited twice is one footnote, and footnotes stand by number", () => {
  const answer = makeAnswer([makeSentence({ text: "A.", sources: [second] }), makeSentence({ text: "B.", sources: [first, second] })]);
  expect(footnotesOf(answer).map(({ number }) => number)).toEqual([1, 2]);
});

test("a copied answer carries its numbers and footnotes", () => {
  const answer = makeAnswer([makeSentence({ text: "😀 A.", sources: [first] }), makeSentence({ text: "B.", sources: [first, second] }), makeSentence({ text: "C.", sources: [] })]);
  expect(asPlainText(answer)).toBe(
    '😀 A. [1] B. [1, 2] C.\n\n[1] manual.pdf, page 4: “The pump must be serviced every 400 hours of operation.”\n[2] policy.docx: “Ask first.”',
  );
});
