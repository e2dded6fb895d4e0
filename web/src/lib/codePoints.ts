/**
 * Conversion between the API's spans, which count Unicode code points, and JavaScript's strings, which count UTF-16
 * units. Everything that touches a span goes through here, so that an emoji before a passage never shifts its mark.
 */
import type { Span } from "@/api/types";

const HIGH_START = 0xd800;
const HIGH_END = 0xdbff;
const LOW_START = 0xdc00;
const LOW_END = 0xdfff;

function isPairAt(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  if (high < HIGH_START || high > HIGH_END || index + 1 >= text.length) return false;
  const low = text.charCodeAt(index + 1);
  return low >= LOW_START && low <= LOW_END;
}

/** The number of code points; a lone surrogate counts one, as it does for the string iterator. */
export function codePointLength(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += isPairAt(text, index) ? 2 : 1) count += 1;
  return count;
}

/** The UTF-16 index at which the code point `offset` starts; offsets outside the text are moved to its ends. */
export function utf16Index(text: string, offset: number): number {
  let index = 0;
  for (let seen = 0; seen < offset && index < text.length; seen += 1) index += isPairAt(text, index) ? 2 : 1;
  return index;
}

/** The text of a span; parts outside the text are left out. */
export function sliceSpan(text: string, [start, end]: Span): string {
  const from = utf16Index(text, start);
  const rest = text.slice(from);
  return rest.slice(0, utf16Index(rest, Math.max(0, end - Math.max(0, start))));
}

/** Whether two half-open spans share at least one code point. */
export function spansOverlap(left: Span, right: Span): boolean {
  return left[0] < right[1] && right[0] < left[1];
}
