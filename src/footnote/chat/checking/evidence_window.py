"""Finds the sentences of a passage that a drafted sentence rests on, and which of its words they support."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from footnote.chat.answering.selection.similarity import alike, synonyms
from footnote.chat.checking.clauses import is_content
from footnote.chat.checking.quantities import Quantity, months, quantities
from footnote.chat.language.lexicon import Lexicon, lexicon
from footnote.chat.language.words import Word, is_caseless, words_of
from footnote.chat.passages import Passage
from footnote.chat.sentences import split_sentences, trimmed
from footnote.kit.geometry import Span

_WIDEST = 3
_ALIKE_ENOUGH = 0.65
_PRICE_OF_A_SENTENCE = 0.03


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of text made ready for comparing; content: places of the words that carry meaning."""

    text: str
    words: tuple[Word, ...]
    content: tuple[int, ...]
    stems: frozenset[str]
    lowers: frozenset[str]
    quantities: tuple[Quantity, ...]
    months: frozenset[int]
    language: str | None
    lists: Lexicon
    is_caseless: bool


@dataclass(frozen=True, slots=True)
class SourceText:
    """A passage with the text around it, in sentences; text[0] is code point `start` of the version's text."""

    passage: Passage
    text: str
    start: int
    sentences: tuple[Statement, ...]
    spans: tuple[Span, ...]
    heading: Statement


@dataclass(frozen=True, slots=True)
class Window:
    """One to three neighbouring sentences of one source.

    first, last: places of its sentences. core: place of the sentence that supports most. coverage: 0..1.
    """

    source: SourceText
    first: int
    last: int
    core: int
    coverage: float
    statement: Statement

    @property
    def span(self) -> Span:
        """The window in the version's text."""
        spans = self.source.spans
        return Span(self.source.start + spans[self.first].start, self.source.start + spans[self.last].end)

    @property
    def quote(self) -> str:
        """The window's words as they stand in the source."""
        spans = self.source.spans
        return self.source.text[spans[self.first].start : spans[self.last].end]


def statement(text: str, language: str | None) -> Statement:
    """Read a stretch of text."""
    lists = lexicon(language)
    words = tuple(words_of(text, language))
    return Statement(
        text=text,
        words=words,
        content=tuple(n for n in range(len(words)) if is_content(text, words, n, lists)),
        stems=frozenset(w.stem for w in words),
        lowers=frozenset(w.lower for w in words),
        quantities=tuple(quantities(text, words, language)),
        months=months(words, text, language),
        language=language,
        lists=lists,
        is_caseless=is_caseless(text),
    )


def source_text(passage: Passage) -> SourceText:
    """Read a passage with the text around it."""
    text = passage.before + passage.text + passage.after
    spans = [s for raw in split_sentences(text) if (s := trimmed(text, raw)).end > s.start]
    heading = " ".join((passage.title, *passage.heading_path))
    return SourceText(
        passage,
        text,
        passage.span.start - len(passage.before),
        tuple(statement(text[s.start : s.end], passage.language) for s in spans),
        tuple(spans),
        statement(heading, passage.language),
    )


def windows(draft: Statement, source: SourceText, *, limit: int = 4) -> list[Window]:
    """Return the windows that support most of the draft's words of meaning, best first; narrow ones win ties."""
    needed = [draft.words[n] for n in draft.content]
    supported = [frozenset(w.start for w in needed if supports(s, w)) for s in source.sentences]
    found: list[tuple[float, int, Window]] = []
    for first in range(len(source.sentences)):
        covered: frozenset[int] = frozenset()
        for last in range(first, min(first + _WIDEST, len(source.sentences))):
            covered |= supported[last]
            if not supported[first] or (last > first and not _adds(supported, first, last)):
                continue
            core = max(range(first, last + 1), key=lambda n: (len(supported[n]), -n))
            coverage = len(covered) / len(needed) if needed else 0.0
            text = source.text[source.spans[first].start : source.spans[last].end]
            width = last - first
            window = Window(source, first, last, core, coverage, source.sentences[first])
            if width:
                window = Window(source, first, last, core, coverage, statement(text, draft.language))
            found.append((coverage - _PRICE_OF_A_SENTENCE * width, -first, window))
    found.sort(key=lambda item: (-item[0], -item[1]))
    return [window for _, _, window in islice(found, limit)]


def _adds(supported: Sequence[frozenset[int]], first: int, last: int) -> bool:
    """Tell whether both outer sentences support words which the others of the window do not."""
    without_first = frozenset().union(*supported[first + 1 : last + 1])
    without_last = frozenset().union(*supported[first:last])
    return not supported[first] <= without_first and not supported[last] <= without_last


def supports(source: Statement, word: Word) -> bool:
    """Tell whether a word stands in the source as itself, in another form, as a listed synonym or as its number."""
    if word.stem in source.stems or word.lower in source.lowers:
        return True
    if any(other in source.stems for other in synonyms(source.language).get(word.stem, ())):
        return True
    if word.has_digit or word.lower in source.lists.numbers or word.lower in source.lists.ordinals:
        return any(q.equals(n) for q in quantities(word.text, [], source.language) for n in source.quantities) or any(
            float(value) in n.values
            for value in (source.lists.numbers.get(word.lower), source.lists.ordinals.get(word.lower))
            if value is not None
            for n in source.quantities
        )
    if word.lower in source.lists.months:
        return source.lists.months[word.lower] in source.months
    return any(alike(word.stem, stem) >= _ALIKE_ENOUGH for stem in source.stems)


def missing_words(draft: Statement, sources: Sequence[Statement]) -> list[int]:
    """Return the places of the draft's words of meaning that no source supports."""
    return [n for n in draft.content if not any(supports(source, draft.words[n]) for source in sources)]
