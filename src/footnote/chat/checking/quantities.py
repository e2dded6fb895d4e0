"""Reads numbers, amounts and dates as values, however they are written: 1,000 = 1.000 = one thousand."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from footnote.chat.language import __name__ as _language_package
from footnote.chat.language.lexicon import Lexicon, lexicon
from footnote.chat.language.words import Word

_NUMBER = re.compile(
    r"(?<![\dA-Za-zÀ-ɏ_])(?P<sign>[$€£¥]\s?)?"
    r"(?P<digits>\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?P<half>[¼½¾])?(?P<tail>\s?(?:[%€£¥$٪]|°\s?[CF]?)|[^\W\d_]{1,12})?"
)
_FRACTIONS = {"¼": 0.25, "½": 0.5, "¾": 0.75}
_ORDINAL_TAILS = frozenset({"st", "nd", "rd", "th", "s", "er", "ère", "e", "ème", "o", "a", "º", "ª", "ers", "er's"})
_BEFORE_UNIT = frozenset({"per", "por", "pour", "us", "square", "cubic", "في"})
_ATTACHED = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    values: every value its writing may mean (1.234 is 1234 or 1.234). unit: canonical, or None where none is known.
    """

    values: frozenset[float]
    unit: str | None
    start: int
    end: int

    def equals(self, other: "Quantity") -> bool:
        """Tell whether both can mean the same number."""
        return not self.values.isdisjoint(other.values)


def quantities(text: str, words: Sequence[Word], language: str | None) -> list[Quantity]:
    """Return the numbers of a text in order, in digits and in words; `words` are those of the same text."""
    lists = lexicon(language)
    plain = _western(text)
    found = [_from_digits(match, words, lists) for match in _NUMBER.finditer(plain)]
    taken = [(q.start, q.end) for q in found]
    free = [w for w in words if not any(start < w.end and w.start < end for start, end in taken)]
    found.extend(_from_words(free, lists))
    return sorted(found, key=lambda q: q.start)


def months(words: Iterable[Word], text: str, language: str | None) -> frozenset[int]:
    """Return the months named, or written inside an ISO date, as 1..12."""
    lists = lexicon(language)
    meant = [w for w in words if w.lower in lists.months and (w.lower not in _MODAL or w.is_capital)]
    named = {lists.months[w.lower] for w in meant}
    iso = {int(m.group(1)) for m in re.finditer(r"\b\d{4}-(\d{2})-\d{2}\b", _western(text))}
    return frozenset(named | iso)


_MODAL = frozenset({"may", "mar", "sept", "mars", "set", "out", "mai", "dez", "ago"})
"""Words that are months only with a capital, since they mean something else without."""


def readings(digits: str) -> frozenset[float]:
    """Return the values that digits with separators may mean."""
    bare = re.sub(r"[\s'’\u00a0\u202f]", "", digits)
    points, commas = bare.count("."), bare.count(",")
    if not points and not commas:
        return frozenset({float(bare)})
    if points and commas:
        decimal = "." if bare.rindex(".") > bare.rindex(",") else ","
        other = "," if decimal == "." else "."
        return frozenset({float(bare.replace(other, "").replace(decimal, "."))})
    mark = "." if points else ","
    whole = float(bare.replace(mark, ""))
    if points + commas > 1:
        return frozenset({whole})
    left, right = bare.split(mark)
    decimal_value = float(f"{left}.{right}")
    return frozenset({whole, decimal_value}) if len(right) == 3 and left != "0" else frozenset({decimal_value})


def _from_digits(match: re.Match[str], words: Sequence[Word], lists: Lexicon) -> Quantity:
    values = readings(match["digits"])
    if match["half"]:
        values = frozenset(v + _FRACTIONS[match["half"]] for v in values)
    tail = (match["tail"] or "").strip().casefold()
    end = match.end()
    unit = unit_of((match["sign"] or "").strip()) or unit_of(tail)
    if tail in _ATTACHED and (unit or match["sign"] or tail in ("mn", "bn")):
        values = frozenset(v * _ATTACHED[tail] for v in values)
    elif tail and not unit and tail not in _ORDINAL_TAILS:
        end = match.end("digits")
    following = [w for w in words if w.start >= end][:3]
    for word in following[:1]:
        factor = lists.multipliers.get(word.lower)
        if factor and word.start - end <= 2 and len(word.lower) > 1:
            values = frozenset(v * factor for v in values)
            end = word.end
            following = following[1:]
    unit = unit or _unit_after(following, end)
    return Quantity(frozenset(round(v, 6) for v in values), unit, match.start(), end)


def _from_words(words: Sequence[Word], lists: Lexicon) -> Iterable[Quantity]:
    n = 0
    while n < len(words):
        value = _word_value(words[n].lower, lists)
        if value is None:
            n += 1
            continue
        first, last, total = n, n, value
        while last + 1 < len(words) and words[last + 1].start - words[last].end <= 3:
            nxt = words[last + 1].lower
            joined = nxt in lists.coordinators and last + 2 < len(words)
            more = _word_value(words[last + 2].lower if joined else nxt, lists)
            if not joined and nxt in lists.multipliers:
                total *= lists.multipliers[nxt]
            elif more is not None and more < 10 and total % 10 == 0 and total >= 20:
                total += more
            else:
                break
            last += 2 if joined else 1
        unit = _unit_after(words[last + 1 : last + 3], words[last].end)
        yield Quantity(frozenset({float(total)}), unit, words[first].start, words[last].end)
        n = last + 1


def _word_value(word: str, lists: Lexicon) -> float | None:
    if word in lists.numbers:
        return float(lists.numbers[word])
    if word in lists.ordinals:
        return float(lists.ordinals[word])
    compound = re.fullmatch(r"(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(\w+zig|\w+ßig)", word)
    if compound and compound.group(2) in lists.numbers:
        return float(lists.numbers[compound.group(2)] + ({"ein": 1} | dict(lists.numbers))[compound.group(1)])
    return None


def _unit_after(words: Sequence[Word], end: int) -> str | None:
    """Return the unit that follows right after a number: "5 km", "5 per cent", "5 US dollars"."""
    if not words or words[0].start - end > 2:
        return None
    if words[0].lower in _BEFORE_UNIT and len(words) > 1:
        return "%" if words[1].lower == "cent" else unit_of(words[1].lower)
    return unit_of(words[0].lower)


def unit_of(word: str) -> str | None:
    """Return the canonical unit of a word or sign, or None."""
    return _units().get(word.replace(" ", ""))


@cache
def _units() -> dict[str, str]:
    raw = json.loads((files(_language_package) / "data" / "units.json").read_text(encoding="utf-8"))
    return {word: unit for unit, written in raw.items() for word in written}


def _western(text: str) -> str:
    """Return the text with the digits of any script as 0-9, and Arabic separators as ours; the length stays."""
    if text.isascii():
        return text
    marks = {"٫": ".", "٬": ","}
    return "".join(
        marks.get(c) or (str(unicodedata.digit(c)) if c.isdigit() and unicodedata.category(c) == "Nd" else c)
        for c in text
    )
