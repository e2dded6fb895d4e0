/** A filled library and scripted answers for looking at the page in a browser. */
import type { DocumentPage, Message, Sentence, Source } from "../src/api/types.ts";
import { makeAnswer, makeCollection, makeDocument, makeJob, makeSentence, makeSource } from "../src/testing/factories.ts";
import type { FakeBackend } from "../src/testing/fakeBackend.ts";
import { type FakeRun, framesOf } from "../src/testing/fakeRuns.ts";

const LINES = [
  "4  Service and inspection",
  "",
  "4.1  Regular service",
  "The pump must be serviced every 400 hours of operation, and at least once a year.",
  "Before any work on the pump, close both valves and let the housing cool below 40 °C.",
  "The seal kit SK-12 is replaced at every second service. Worn seals show as traces of",
  "coolant below the housing; a pump that leaks must not be run.",
  "",
  "4.2  Inspection before each start",
  "Check the oil level, the coupling guard and the pressure gauge. The gauge must read",
  "between 2.1 and 2.6 bar five minutes after the start. Outside of this range the pump",
  "has to be stopped and the inlet filter cleaned.",
  "",
  "4.3  Records",
  "Every service is entered in the log with date, hours of operation and name. The log is",
  "kept for ten years and shown to the inspector on request.",
];
const WIDTH = 595;
const HEIGHT = 842;
const LETTER = 5.25;

/** The words of the sample page with boxes, as the server gives them. */
export function samplePage(documentId: string, number: number): DocumentPage {
  const words: DocumentPage["words"] = [];
  let at = number * 10_000;
  LINES.forEach((line, index) => {
    let x = 72;
    for (const text of line.split(" ")) {
      const width = text.length * LETTER;
      const y = 90 + index * 22;
      if (text !== "") words.push({ text, span: [at, at + text.length], box: { x0: x, y0: y, x1: x + width, y1: y + 11 } });
      x += width + LETTER;
      at += text.length + 1;
    }
  });
  const isScan = number === 7;
  return {
    document_id: documentId,
    version_id: "ver_1",
    number,
    page_count: 12,
    width: WIDTH,
    height: HEIGHT,
    rotation: 0,
    origin: isScan ? "ocr" : "digital",
    warning: null,
    image_url: `/api/v1/documents/${documentId}/pages/${number}/image`,
    words,
  };
}

/** A picture of the sample page; browsers show SVG where the real server sends PNG. */
export function samplePageImage(number: number): string {
  const words = samplePage("", number).words.map(({ text, box }) => `<text x="${box.x0}" y="${box.y1 - 2}" textLength="${box.x1 - box.x0}">${text.replaceAll("&", "&amp;")}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH * 2}" height="${HEIGHT * 2}"><rect width="100%" height="100%" fill="#fff"/><g font-family="Georgia, 'Liberation Serif', serif" font-size="10.5">${words.join("")}</g><text x="297" y="800" font-size="9" text-anchor="middle">${number}</text></svg>`;
}

function sourceAtLine(number: number, line: number, lines: number, change: Partial<Source> = {}): Source {
  const words = samplePage("doc_1", 4).words;
  const inLines = words.filter(({ box }) => box.y0 >= 90 + line * 22 - 1 && box.y0 < 90 + (line + lines) * 22 - 1);
  const boxes = Array.from({ length: lines }, (_, index) => {
    const own = inLines.filter(({ box }) => Math.abs(box.y0 - (90 + (line + index) * 22)) < 1);
    return { page: 4, x0: 72, y0: 90 + (line + index) * 22, x1: Math.max(...own.map(({ box }) => box.x1)), y1: 101 + (line + index) * 22 };
  });
  return makeSource({ id: `src_${number}`, number, filename: "Pump P-200 manual.pdf", boxes, span: [inLines[0]?.span[0] ?? 0, inLines[inLines.length - 1]?.span[1] ?? 0], quote: LINES.slice(line, line + lines).join(" "), ...change });
}

const POLICY = { document_id: "doc_4", filename: "Travel and repair policy.docx", page: null, pages: [], boxes: [], span: [27, 110] as [number, number], quote: "Repairs above 500 EUR are approved by the head of maintenance 🔧 before work starts." };

const SENTENCES: Sentence[] = [
  makeSentence({ text: "The pump must be serviced every 400 hours of operation, and at least once a year.", sources: [sourceAtLine(1, 3, 1)] }),
  makeSentence({ text: "Before any work on it, both valves are closed and the housing has to cool below 40 °C.", verdict: "grounded", sources: [sourceAtLine(2, 4, 1)] }),
  makeSentence({ text: "The seal kit SK-12 is replaced at every second service.", sources: [sourceAtLine(3, 5, 2), sourceAtLine(1, 3, 1)] }),
  makeSentence({ text: "Repairs above 500 EUR need the approval of the head of maintenance first.", verdict: "grounded", sources: [makeSource({ id: "src_4", number: 4, ...POLICY })] }),
];

export const ANSWER: Message = makeAnswer(SENTENCES, { notes: ["2 passages in German were not used."], timings_ms: { retrieve: 23, assemble: 4, answer: 31, verify: 6, total: 66 } });

const WITH_UNSUPPORTED = makeAnswer(
  [
    makeSentence({ text: "The gauge must read between 2.1 and 2.6 bar five minutes after the start.", sources: [sourceAtLine(1, 9, 2, { id: "src_11" })] }),
    makeSentence({ text: "Most operators see 2.4 bar.", verdict: "unsupported", sources: [] }),
    makeSentence({ text: "The log is kept for ten years.", sources: [sourceAtLine(2, 14, 2, { id: "src_12", status: "withdrawn", document_id: null })] }),
  ],
  { model: "gpt-oss-120b", cost_nano_usd: 412_000, input_tokens: 2140, output_tokens: 88, confidence: 61 },
);

const ABSTENTION = makeAnswer([], {
  text: "",
  abstained: true,
  abstention_reason: "The passages found speak of pumps, none of them of a warranty.",
  confidence: 8,
});

const ARABIC = makeAnswer([makeSentence({ text: "يجب صيانة المضخة كل 400 ساعة تشغيل.", sources: [makeSource({ id: "src_21", number: 1, filename: "دليل المضخة.pdf", quote: "يجب صيانة المضخة كل 400 ساعة تشغيل، ومرة واحدة في السنة على الأقل." })] })]);

/** Answers by what the question mentions; frames come every `pauseMs`. */
export function answerFrom(pauseMs: number): (run: FakeRun, question: string) => void {
  return (run, question) => {
    const answer = /warranty/i.test(question) ? ABSTENTION : /gauge/i.test(question) ? WITH_UNSUPPORTED : /[\u0600-\u06ff]/.test(question) ? ARABIC : ANSWER;
    const fails = /fail/i.test(question);
    const frames = framesOf({ ...answer, id: run.message.id });
    const shown = fails ? frames.slice(0, 5) : frames;
    shown.forEach((frame, index) => setTimeout(() => run.push(frame), pauseMs * (index + 1)));
    const end = () => (fails ? run.end("failed", { code: "provider_timeout", message: "The model did not answer in time. Ask again, or choose another model." }) : run.end("completed"));
    setTimeout(end, pauseMs * (shown.length + 1));
  };
}

export function fillLibrary(backend: FakeBackend): void {
  backend.collections = [makeCollection(), makeCollection({ id: "col_2", name: "Maintenance", is_default: false }), makeCollection({ id: "col_3", name: "عقود", is_default: false })];
  const now = new Date().toISOString();
  backend.documents = [
    makeDocument({ id: "doc_2", filename: "Annual report 2025.pdf", status: "processing", searchable: false, current_version_id: null, page_count: 200, size_bytes: 18_300_000, updated_at: now, job: makeJob({ id: "job_2", document_id: "doc_2", step: "parse", progress: { done: 37, total: 200, unit: "pages" } }) }),
    makeDocument({ id: "doc_3", filename: "scan-letter.pdf", collection_id: "col_2", status: "processing", searchable: true, version_count: 2, page_count: 2, size_bytes: 820_000, updated_at: now, job: makeJob({ id: "job_3", document_id: "doc_3", step: "embed", progress: { done: 120, total: 812, unit: "chunks" } }) }),
    makeDocument({ id: "doc_5", filename: "minutes.md", status: "queued", has_pages: false, page_count: null, searchable: false, current_version_id: null, language: null, size_bytes: 4100, updated_at: now, job: makeJob({ id: "job_5", document_id: "doc_5", status: "queued", step: null }) }),
    makeDocument({ id: "doc_6", filename: "contract (signed).pdf", collection_id: "col_3", status: "failed", searchable: false, current_version_id: null, page_count: null, language: null, error: { code: "encrypted_document", message: "The file is protected by a password. Remove the password and add it again." }, job: makeJob({ id: "job_6", document_id: "doc_6", status: "failed", step: "parse" }) }),
    makeDocument({ id: "doc_1", filename: "Pump P-200 manual.pdf", collection_id: "col_2", warnings: ["Page 7 is a scan of low contrast; 3 words could not be read."], version_count: 3, job: makeJob({ id: "job_1", status: "succeeded", step: "index", progress: { done: 96, total: 96, unit: "chunks" } }) }),
    makeDocument({ id: "doc_4", filename: "Travel and repair policy.docx", title: "Travel and repair policy", media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", has_pages: false, page_count: null, size_bytes: 48_000 }),
    makeDocument({ id: "doc_7", filename: "دليل المضخة.pdf", language: "ar", collection_id: "col_3", page_count: 4 }),
    makeDocument({ id: "doc_8", filename: "old-notes.txt", status: "cancelled", has_pages: false, page_count: null, searchable: false, current_version_id: null, language: "de", size_bytes: 900, job: makeJob({ id: "job_8", document_id: "doc_8", status: "cancelled" }) }),
  ];
  for (let number = 1; number <= 12; number += 1) for (const id of ["doc_1", "doc_7"]) backend.pages.set(`${id}/${number}`, samplePage(id, number));
  backend.renditions.set(
    "doc_4",
    '<h1 data-start="0" data-end="24">Travel and repair policy</h1><p data-start="25" data-end="110">🔧 Repairs above 500 EUR are approved by the head of maintenance 🔧 before work starts.</p><h2 data-start="110">Limits</h2><table><tr><th data-start="120">Kind</th><th data-start="130">Limit</th></tr><tr><td data-start="140">Repair</td><td data-start="150">500 EUR</td></tr><tr><td data-start="160">Travel</td><td data-start="170">1,200 EUR</td></tr></table><p data-start="200">Costs are entered in the log within five days.</p>',
  );
}
