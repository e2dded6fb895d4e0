"""Splits text into sentences without losing a character: spans partition the text, each with its trailing blanks.

Made for text out of PDFs and office files in any script: hard-wrapped lines, tables, lists, abbreviations, decimals,
initials and ordinals. Rules, not a model, because the same spans must come out on every machine.
"""

import itertools
import re
from collections.abc import Iterator
from statistics import quantiles

from footnote.chat.language.lexicon import Lexicon, merged
from footnote.kit.geometry import Span

MARKER = re.compile(r"[\[【][ ^]{0,2}\d{1,3}(?:[ ]{0,2}[,;–-][ ]{0,2}\d{1,3}){0,7}[ ]?[\]】](?!\()")
"""A footnote marker as models write it: [1], [1, 2], [^3], 【4】; never the text of a link."""

_TERMINATOR = re.compile(r"[.!?…‽؟。！？｡؛।॥]+")
_CLOSERS = re.compile(r"[\"'”’»›）」』)\]]{0,4}")
_WIDE = frozenset("。！？｡")
_NO_SPACE_NEEDED = frozenset("。！？｡।॥")
LIST_ITEM = re.compile(r"[ \t]*(?:[-–—•*‣▪●◦·o][ \t]+|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)][ \t]+|#{1,6}[ \t])")
"""The beginning of a line that is an item of a list, or a heading in Markdown."""
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“„«»‹›—–/]+$")
_DOTTED = re.compile(r"(?:\w\.)+\w")
_WORD_AFTER = re.compile(r"\w+")
_OPENERS = "\"'“„«‹([¿¡‘‚「『（【"
_LOOK_BACK = 64
_LONGEST = 700


def split_sentences(text: str) -> list[Span]:
    """Return spans in order which partition the text; blanks belong to the sentence before them.

    Raises nothing on any string; an empty text has no sentences. A stretch without any sentence end is cut at
    a line or a semicolon once it passes 700 code points.
    """
    lexicon = merged()
    spans: list[Span] = []
    for start, end in _blocks(text):
        spans.extend(_split_block(text, start, end, lexicon))
    return spans


def trimmed(text: str, span: Span) -> Span:
    """Return the span without blanks at either end; an all-blank span becomes empty at its start."""
    piece = text[span.start : span.end]
    body = piece.strip()
    if not body:
        return Span(span.start, span.start)
    start = span.start + piece.index(body[0])
    return Span(start, start + len(body))


def next_boundary(text: str, start: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return (end of the sentence that begins at start, position up to which the decision has looked), or None.

    The end lies after closing quotes, footnote markers and blanks. Only code points from `start` on are read, so a
    caller that gets text piece by piece may trust the answer as soon as the second number is inside what it holds.
    """
    for match in _TERMINATOR.finditer(text, start):
        end = _after_closers(text, match.end())
        body = _skip_blanks(text, end)
        seen = _word_end(text, body)
        if _ends_sentence(text, start, match.start(), match.end(), end, body, lexicon):
            return body, seen
    return None


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches between blank lines, headings, list items and table rows, which no sentence crosses."""
    start = 0
    for paragraph in re.finditer(r"(?:[^\n]|\n(?![ \t\r]*\n))+(?:\n[ \t\r\n]*|$)|\n[ \t\r\n]*", text):
        begin, stop = paragraph.span()
        lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\n|[^\n]+$", text[begin:stop])]
        full = _full_line(text[begin + a : begin + b] for a, b in lines)
        start = begin
        for (a, b), (_, d) in itertools.pairwise(lines):
            if _line_breaks(text[begin + a : begin + b], text[begin + b : begin + d], full):
                yield start, begin + b
                start = begin + b
        yield start, stop


def _full_line(lines: Iterator[str]) -> float:
    """Return the length from which a line counts as wrapped by the page's width and not ended by its writer."""
    lengths = [len(line.rstrip()) for line in lines]
    if len(lengths) < 2:
        return 0.0
    return 0.6 * quantiles(lengths, n=4)[2] if len(lengths) > 3 else 0.6 * max(lengths)


def _line_breaks(line: str, following: str, full: float) -> bool:
    if not following.strip() or not line.strip():
        return False
    if "|" in line or "\t" in line.strip() or "|" in following or "\t" in following.strip():
        return True
    if LIST_ITEM.match(following) or line.lstrip().startswith("#"):
        return True
    first = following.lstrip().lstrip(_OPENERS)[:1]
    short = len(line.rstrip()) < max(full, 25.0)
    return short and not first.islower() and line.rstrip()[-1] not in ",-–—"


def _split_block(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Span]:
    block = text[start:end]
    begin = 0
    while (found := next_boundary(block, begin, lexicon)) is not None and found[0] < len(block):
        yield from _cut_long(text, start + begin, start + found[0])
        begin = found[0]
    yield from _cut_long(text, start + begin, end)


def _cut_long(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _LONGEST:
        cuts = [m.end() for m in re.finditer(r"[;\n]\s*|: ", text[start : start + _LONGEST])]
        if not cuts or cuts[-1] < 40:
            break
        yield Span(start, start + cuts[-1])
        start += cuts[-1]
    if end > start:
        yield Span(start, end)


def _after_closers(text: str, position: int) -> int:
    """Skip closing quotes and brackets, and footnote markers whether or not a blank stands before them."""
    closers = _CLOSERS.match(text, position)
    end = closers.end() if closers else position
    while True:
        marker = MARKER.match(text, _skip_spaces(text, end))
        if marker is None:
            return end
        end = marker.end()


def _skip_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \u00a0\u202f":
        position += 1
    return position


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _word_end(text: str, position: int) -> int:
    """Return the position after the word that begins here, including the character that ends it."""
    while position < len(text) and text[position] in _OPENERS:
        position += 1
    word = _WORD_AFTER.match(text, position)
    return (word.end() if word else position) + 1


def _ends_sentence(text: str, start: int, dot: int, dot_end: int, end: int, body: int, lexicon: Lexicon) -> bool:
    """Tell whether the terminator at [dot, dot_end) ends the sentence that began at start."""
    if body >= len(text):
        return True
    if text[dot] in _NO_SPACE_NEEDED:
        return True
    following = text[body:].lstrip(_OPENERS) if text[body] in _OPENERS else text[body : body + 40]
    word = _WORD_AFTER.match(following[:40])
    next_word = word.group() if word else ""
    if body == end:
        return text[dot:dot_end] == "." and _glued(text, dot, next_word, lexicon)
    if next_word[:1].islower() and not any(c.isupper() for c in next_word[1:]):
        return False
    if text[dot:dot_end] != ".":
        return True
    return not _is_abbreviating(text, start, dot, next_word, lexicon)


def _glued(text: str, dot: int, next_word: str, lexicon: Lexicon) -> bool:
    """Tell whether a blank was lost after a full stop: "the end.The next", not "Node.js" or "example.Org"."""
    return (
        text[max(0, dot - 2) : dot].isalpha()
        and text[dot - 1].islower()
        and (next_word.istitle() and next_word.lower() in lexicon.starters)
    )


def _is_abbreviating(text: str, start: int, dot: int, next_word: str, lexicon: Lexicon) -> bool:
    """Tell whether the single point at `dot` belongs to the word before it instead of ending a sentence."""
    begin = max(start, dot - _LOOK_BACK)
    found = _WORD_BEFORE.search(text, begin, dot)
    if found is None:
        return False
    word = found.group()
    starts_here = not text[start : found.start()].strip()
    if starts_here and _LIST_NUMBER.fullmatch(word) and not word.isalpha():
        return True
    if word.isdigit():
        return len(word) <= 2 and _is_ordinal(text[begin : found.start()].split(), next_word, lexicon)
    return _is_short_form(word, next_word, lexicon, starts_here=starts_here)


def _is_short_form(word: str, next_word: str, lexicon: Lexicon, *, starts_here: bool) -> bool:
    """Tell whether a word with a point after it is an abbreviation or an initial, given the word that follows."""
    lowered, new_sentence = word.lower(), next_word.lower() in lexicon.starters
    if lowered in lexicon.never_end and not (word.isupper() and len(word) > 1):
        return starts_here or not (len(word) == 1 and word.islower() and new_sentence)
    if _DOTTED.fullmatch(word):
        return not new_sentence
    if lowered in lexicon.may_end:
        return next_word.isdigit() or not (new_sentence or next_word.istitle())
    return len(word) == 1 and word.isupper() and word.isalpha() and not new_sentence


def _is_ordinal(before: list[str], next_word: str, lexicon: Lexicon) -> bool:
    if next_word.lower() in lexicon.months:
        return True
    lead = before[-1].lower().rstrip(",") if before else ""
    return lead in lexicon.ordinal_leads and next_word.lower() not in lexicon.starters
