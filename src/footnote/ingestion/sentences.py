"""Where a text may be cut: after sentences, else after clauses, else after words, else anywhere.

Works on any language: sentence ends of Latin, Greek, Cyrillic, Arabic, Indic and East Asian writing.
"""

import re
from collections.abc import Iterator

from footnote.kit.geometry import Span

# A run of marks is tried from its first mark only, and never twice: long lines of dots would else take the square of
# their length.
_END = re.compile(r"(?:(?<![.!?…؟۔।॥])[.!?…؟۔।॥]++[\"'”’»)\]]*+(?=\s)|[。！？｡]+[」』”’）]*|\n)\s*")
_CLAUSE = re.compile(r"[,;:،؛–—)\]|]\s+|[、，；：]|\s[-–]\s")
_SPACE = re.compile(r"\s+")
_LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
# Short forms that a capital or a number often follows, in the languages of the Latin alphabet we meet most.
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "no", "nos", "fig", "figs", "eq", "eqs", "sec", "ch",
    "vol", "pp", "p", "al", "ca", "cf", "etc", "inc", "ltd", "co", "corp", "dept", "est", "approx", "gen", "col",
    "capt", "sgt", "rev", "hon", "gov", "sen", "rep", "e.g", "i.e", "u.s", "u.k", "a.m", "p.m", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "bzw", "z.b", "d.h", "u.a", "usw", "nr", "abs",
    "art", "bd", "hrsg", "vgl", "ggf", "inkl", "evtl", "str", "sog", "sra", "srta", "dra", "ud", "uds", "ej", "pág",
    "núm", "av", "m", "mme", "mlle",
})  # fmt: skip


def sentences(text: str, span: Span) -> Iterator[Span]:
    """Yield the sentences of `text[span]` in order; together they cover the span, blanks after a sentence included."""
    start = span.start
    for end in _END.finditer(text, span.start, span.end):
        if end.end() < span.end and _ends_sentence(text, start, end):
            yield Span(start, end.end())
            start = end.end()
    if start < span.end:
        yield Span(start, span.end)


def pieces(text: str, span: Span, max_characters: int) -> Iterator[Span]:
    """Yield the span in parts of at most `max_characters`, cut after clauses, else words, else anywhere."""
    start = span.start
    while span.end - start > max_characters:
        cut = _last_cut(text, start, start + max_characters)
        yield Span(start, cut)
        start = cut
    if start < span.end:
        yield Span(start, span.end)


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    mark = end.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    word = _LAST_WORD.search(text, max(start, end.start() - 20), end.start() + 1)
    if word is None:
        return True
    last = word.group(1)
    if last.casefold() in _ABBREVIATIONS or (len(last) == 1 and last.isupper()):
        return False
    following = text[end.end() : end.end() + 1]
    # A small letter after a short word is more likely an unknown abbreviation than a text without capitals.
    return not (following.islower() and len(last) < 4)


def _last_cut(text: str, start: int, limit: int) -> int:
    half = start + (limit - start) // 2
    for pattern in (_CLAUSE, _SPACE):
        cut = max((m.end() for m in pattern.finditer(text, half, limit)), default=0)
        if cut > start:
            return cut
    return limit
