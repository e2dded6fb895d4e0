"""The rules a drafted sentence must pass against the sentences it rests on; each returns reasons, none for a pass."""

from collections.abc import Iterator, Sequence

from footnote.chat.answering.selection.similarity import antonyms
from footnote.chat.checking.clauses import Clause, clauses, polarity_differs
from footnote.chat.checking.evidence_window import SourceText, Statement, Window, missing_words
from footnote.chat.checking.near_verbatim import changes
from footnote.chat.checking.quantities import Quantity, unit_of
from footnote.chat.checking.roles import names, sides, voices
from footnote.chat.language.words import Word
from footnote.chat.passages import Reason

_UNKNOWN_ALLOWED = 0.3
_UNKNOWN_ALLOWED_CASELESS = 0.12
_STRICT_QUANTIFIERS = ("all", "only", "most", "half", "double")
_COMPARED = 2
_BOUNDS = ("more", "less")
_OPPOSING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis")


def check(draft: Statement, chosen: Sequence[Window], sources: Sequence[SourceText]) -> list[Reason]:
    """Return why the windows together do not support the draft; nothing when they do.

    sources: all that was retrieved, to tell a name that stands elsewhere from a harmless word.
    """
    rules = (
        _numbers, _units, _months, _quantifiers, _antonyms, _polarity, _number_places, _number_order, voices, sides,
    )  # fmt: skip
    found = [reason for rule in rules for reason in rule(draft, [w.statement for w in chosen])]
    for sentence in _most_alike(draft, sources):
        found.extend(changes(draft, sentence))
    found.extend(names(draft, chosen))
    found.extend(_unknown_words(draft, chosen, sources))
    return list(dict.fromkeys(found))


def _most_alike(draft: Statement, sources: Sequence[SourceText]) -> list[Statement]:
    """Return the sentences that share most words with the draft: what it was copied from, if it was copied."""
    sentences = [s for source in sources for s in source.sentences]
    alike = [s for s in sentences if len(s.lowers & draft.lowers) * 2 > len(draft.lowers)]
    return sorted(alike, key=lambda s: -len(s.lowers & draft.lowers))[:_COMPARED]


def _numbers(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    known = [q for source in sources for q in source.quantities]
    lowers = frozenset().union(*(source.lowers for source in sources))
    for quantity in draft.quantities:
        written = [w.lower for w in draft.words if quantity.start <= w.start < quantity.end]
        if not any(quantity.equals(other) for other in known) and not all(word in lowers for word in written):
            yield Reason.CHANGED_NUMBER
    for word in draft.words:
        if (
            word.has_digit
            and not word.lower.isdigit()
            and word.lower not in lowers
            and not any(q.start <= word.start < q.end for q in draft.quantities)
        ):
            yield Reason.CHANGED_NUMBER


def _units(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    known = [q for source in sources for q in source.quantities]
    for quantity in draft.quantities:
        same = [other for other in known if quantity.equals(other)]
        if quantity.unit and same and all(other.unit and other.unit != quantity.unit for other in same):
            yield Reason.CHANGED_UNIT
        if quantity.unit in ("%", "usd", "eur", "gbp", "jpy") and same and all(not other.unit for other in same):
            yield Reason.CHANGED_UNIT


def _months(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    known = frozenset().union(*(source.months for source in sources))
    if draft.months - known:
        yield Reason.CHANGED_DATE


def _quantifiers(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    classes = draft.lists.quantifiers
    said = {name for name in classes if _has_any(draft, classes[name])}
    known = {name for name in classes if any(_has_any(source, classes[name]) for source in sources)}
    if any(name in said and name not in known for name in _STRICT_QUANTIFIERS):
        yield Reason.CHANGED_QUANTIFIER
    for a, b in draft.lists.conflicts:
        for one, other in ((a, b), (b, a)):
            if one in _BOUNDS:
                continue
            if one in said and one not in known and other in known and other not in said:
                yield Reason.CHANGED_QUANTIFIER
    bounds = {name for name in _BOUNDS if _bounds_number(draft, classes[name])}
    if bounds - {name for name in _BOUNDS if any(_bounds_number(source, classes[name]) for source in sources)}:
        yield Reason.CHANGED_QUANTIFIER


def _has_any(text: Statement, phrases: Sequence[str]) -> bool:
    return any(_places(text, phrase) for phrase in phrases)


def _places(text: Statement, phrase: str) -> list[int]:
    """Return the places of the words right after the phrase."""
    parts = phrase.split()
    lowers = [w.lower for w in text.words]
    return [n + len(parts) for n in range(len(lowers)) if lowers[n : n + len(parts)] == parts]


def _bounds_number(text: Statement, phrases: Sequence[str]) -> bool:
    after = [n for phrase in phrases for n in _places(text, phrase) if n < len(text.words)]
    return any(text.words[n].start <= q.start <= text.words[n].end + 2 for n in after for q in text.quantities)


def _antonyms(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    known = frozenset().union(*(source.stems | source.lowers for source in sources))
    own = draft.stems | draft.lowers
    for word, opposites in antonyms(draft.language).items():
        if word in own and word not in known and opposites & known and not opposites & own:
            yield Reason.ANTONYM
    for n in draft.content:
        word = draft.words[n].lower
        if word in known or len(word) < 5:
            continue
        for prefix in _OPPOSING_PREFIXES:
            if prefix + word in known or (word.startswith(prefix) and word.removeprefix(prefix) in known):
                yield Reason.ANTONYM


def _polarity(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    theirs: list[Clause] = [c for s in sources for c in clauses(s.text, s.words, s.lists)]
    if polarity_differs(clauses(draft.text, draft.words, draft.lists), theirs):
        yield Reason.NEGATION_MISMATCH


def _number_places(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    """A number must stand by the same word as in the source, where that word has another number right beside it."""
    for quantity in draft.quantities:
        for side in (1, -1):
            anchor = _beside(draft, quantity, side)
            if anchor is None:
                continue
            for source in sources:
                places = [n for n, w in enumerate(source.words) if w.stem == anchor.stem]
                near = [_nearest(source, n, -side) for n in places]
                if (
                    near
                    and all(q is not None and not q.equals(quantity) for q in near)
                    and not any(_is_close(source, n, quantity, 5) for n in places)
                ):
                    yield Reason.CHANGED_NUMBER


def _number_order(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    """Two numbers side by side must not stand the other way round: "from 1550 to 1580", "23-16"."""
    mine = _neighbours(draft)
    for source in sources:
        theirs = _neighbours(source)
        for a, b in mine:
            turned = any(a.equals(y) and b.equals(x) for x, y in theirs)
            if turned and not a.equals(b) and not any(a.equals(x) and b.equals(y) for x, y in theirs):
                yield Reason.CHANGED_NUMBER


def _neighbours(text: Statement) -> list[tuple[Quantity, Quantity]]:
    pairs = zip(text.quantities, text.quantities[1:], strict=False)
    return [(a, b) for a, b in pairs if sum(a.end <= w.start < b.start for w in text.words) <= 4]


def _beside(text: Statement, quantity: Quantity, side: int) -> Word | None:
    """Return the word of meaning right after (1) or before (-1) a number, at most three words away."""
    inside = [n for n, w in enumerate(text.words) if quantity.start <= w.start < quantity.end]
    if not inside:
        return None
    start = inside[-1] + 1 if side > 0 else inside[0] - 1
    for n in range(start, start + 3 * side, side):
        if not 0 <= n < len(text.words) or _in_quantity(text, n):
            return None
        if n in text.content and unit_of(text.words[n].lower) != "%":
            return text.words[n]
    return None


def _in_quantity(text: Statement, place: int) -> bool:
    return any(q.start <= text.words[place].start < q.end for q in text.quantities)


def _nearest(text: Statement, place: int, side: int) -> Quantity | None:
    for n in range(place + side, place + 4 * side, side):
        if 0 <= n < len(text.words):
            for quantity in text.quantities:
                if quantity.start <= text.words[n].start < quantity.end:
                    return quantity
    return None


def _is_close(text: Statement, place: int, quantity: Quantity, reach: int) -> bool:
    around = text.words[max(0, place - reach) : place + reach + 1]
    return any(q.equals(quantity) and any(q.start <= w.start < q.end for w in around) for q in text.quantities)


def _unknown_words(draft: Statement, chosen: Sequence[Window], sources: Sequence[SourceText]) -> Iterator[Reason]:
    missing = missing_words(draft, [w.statement for w in chosen])
    share = _UNKNOWN_ALLOWED_CASELESS if draft.is_caseless else _UNKNOWN_ALLOWED
    if len(missing) > int(share * len(draft.content)):
        yield Reason.UNKNOWN_WORDS
    if draft.is_caseless:
        elsewhere = frozenset(w.lower for source in sources for s in source.sentences for w in s.words)
        if any(draft.words[n].lower in elsewhere for n in missing):
            yield Reason.FOREIGN_NAME
