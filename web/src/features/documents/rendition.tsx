/**
 * Shows a document's sanitised HTML with one span marked.
 *
 * The HTML is rebuilt element by element from an allow-list, with no attribute but the few named here: the server has
 * already cleaned it, and a document's content must not depend on one guard. Links and images never come through.
 */
import { createElement, Fragment, type ReactNode } from "react";
import type { Span } from "@/api/types";
import { codePointLength, sliceSpan, spansOverlap } from "@/lib/codePoints";

const ALLOWED = new Set(
  "article aside b blockquote br caption code col colgroup dd del div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main ol p pre q s samp section small span strong sub sup table tbody td tfoot th thead tr u ul".split(" "),
);
const DROPPED = new Set("script style template iframe object embed noscript svg math head title".split(" "));
const VOID = new Set(["br", "hr", "col"]);
/** Whitespace between table rows is no child React accepts there. */
const NO_TEXT_INSIDE = new Set(["table", "thead", "tbody", "tfoot", "tr", "colgroup"]);

interface Place {
  /** Code point offset of the next text in the version's text; null outside of any block that says where it stands. */
  offset: number | null;
}

/** React nodes for `html`; the text inside `span` is wrapped in `mark`, the first of them carrying `data-passage`. */
export function renderRendition(html: string, span: Span | null): ReactNode {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const marks = { count: 0 };
  return renderChildren(body, { offset: null }, span, marks);
}

function renderChildren(parent: Node, place: Place, span: Span | null, marks: { count: number }): ReactNode[] {
  return [...parent.childNodes].map((node, index) => <Fragment key={index}>{renderNode(node, place, span, marks)}</Fragment>);
}

function renderNode(node: Node, place: Place, span: Span | null, marks: { count: number }): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return renderText(node, place, span, marks);
  if (!(node instanceof Element)) return null;
  const tag = node.localName;
  if (DROPPED.has(tag)) return null;
  const start = offsetOf(node);
  const inner = start === null ? place : { offset: start };
  const children = VOID.has(tag) ? undefined : renderChildren(node, inner, span, marks);
  if (!ALLOWED.has(tag)) return children;
  return createElement(tag, { ...keptAttributes(node), ...(start === null ? {} : { dir: "auto" }) }, children);
}

function renderText(node: Node, place: Place, span: Span | null, marks: { count: number }): ReactNode {
  const text = node.nodeValue ?? "";
  if (NO_TEXT_INSIDE.has(node.parentElement?.localName ?? "") && text.trim() === "") return null;
  if (place.offset === null) return text;
  const start = place.offset;
  const end = start + codePointLength(text);
  place.offset = end;
  if (span === null || !spansOverlap([start, end], span)) return text;
  const from = Math.max(0, span[0] - start);
  const to = Math.min(end, span[1]) - start;
  marks.count += 1;
  return (
    <>
      {sliceSpan(text, [0, from])}
      <mark data-passage={marks.count === 1 ? "first" : "more"}>{sliceSpan(text, [from, to])}</mark>
      {sliceSpan(text, [to, end - start])}
    </>
  );
}

function offsetOf(element: Element): number | null {
  const value = element.getAttribute("data-start");
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

function keptAttributes(element: Element): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  // What parts two cells in the text counts as text here too, but a table shows it by its lines.
  if (element.hasAttribute("hidden")) kept.hidden = true;
  for (const [name, property] of [
    ["colspan", "colSpan"],
    ["rowspan", "rowSpan"],
    ["start", "start"],
  ] as const) {
    const value = element.getAttribute(name);
    if (value !== null && /^\d{1,4}$/.test(value)) kept[property] = Number(value);
  }
  const language = element.getAttribute("lang");
  if (language !== null && /^[A-Za-z-]{2,35}$/.test(language)) kept.lang = language;
  return kept;
}
