/** Where a passage stands on a page: line boxes in points, from a Source's boxes or from the page's words. */
import type { Box, DocumentPage, PageBox, Span } from "@/api/types";
import { spansOverlap } from "@/lib/codePoints";

/** Two words stand on one line when their heights overlap by at least this share of the smaller one. */
const SAME_LINE_SHARE = 0.5;
/** A gap wider than this many line heights parts two boxes: it is a column gutter, not a space. */
const LARGEST_GAP_IN_HEIGHTS = 3;

/** The boxes of those on page `number`, in the order given. */
export function boxesOnPage(boxes: readonly PageBox[], number: number): Box[] {
  return boxes.filter((box) => box.page === number).map(({ x0, y0, x1, y1 }) => ({ x0, y0, x1, y1 }));
}

/** One box per line for the words whose span overlaps `span`, in reading order; empty when none does. */
export function boxesOfSpan(words: DocumentPage["words"], span: Span): Box[] {
  const lines: Box[] = [];
  for (const word of words) {
    if (!spansOverlap(word.span, span)) continue;
    const line = lines[lines.length - 1];
    if (line !== undefined && continuesLine(line, word.box)) lines[lines.length - 1] = union(line, word.box);
    else lines.push(word.box);
  }
  return lines;
}

function continuesLine(line: Box, word: Box): boolean {
  const height = Math.min(line.y1 - line.y0, word.y1 - word.y0);
  const shared = Math.min(line.y1, word.y1) - Math.max(line.y0, word.y0);
  const gap = Math.max(word.x0 - line.x1, line.x0 - word.x1); // Either side, since right-to-left lines grow leftwards.
  return height > 0 && shared >= SAME_LINE_SHARE * height && gap <= LARGEST_GAP_IN_HEIGHTS * height;
}

function union(left: Box, right: Box): Box {
  return {
    x0: Math.min(left.x0, right.x0),
    y0: Math.min(left.y0, right.y0),
    x1: Math.max(left.x1, right.x1),
    y1: Math.max(left.y1, right.y1),
  };
}
