"""The numbers and bullets that Word prints in front of list items and headings, which its files do not spell out."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACEHOLDER = re.compile(r"%(\d)")
_ROMAN: tuple[tuple[int, str], ...] = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
)
_ROMAN += ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Numbering:
    """Counts as Word does: one counter per definition and level; a shallower item restarts the deeper ones."""

    def __init__(self, root: "_Element | None") -> None:
        self._levels: dict[str, dict[int, _Element]] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._definition_of: dict[str, str] = {}
        if root is None:
            return
        for definition in root.iter(f"{W}abstractNum"):
            levels = {_whole(level.get(f"{W}ilvl") or "", 0): level for level in definition.iter(f"{W}lvl")}
            self._levels[definition.get(f"{W}abstractNumId") or ""] = levels
        for number in root.iter(f"{W}num"):
            reference = number.find(f"{W}abstractNumId")
            if reference is not None:
                self._definition_of[number.get(f"{W}numId") or ""] = reference.get(f"{W}val") or ""

    def next_marker(self, number_id: str, level: int) -> str:
        """Return what Word prints before the next item of this numbering; a bullet where the file is unclear."""
        definition = self._definition_of.get(number_id)
        levels = self._levels.get(definition or "", {})
        if definition is None or level not in levels:
            return "•"
        counters = self._counters.setdefault(definition, [None] * 9)
        current = counters[level]
        counters[level] = self._start(levels[level]) if current is None else current + 1
        counters[level + 1 :] = [None] * (8 - level)
        if _value(levels[level], "numFmt") in {"bullet", "none", ""}:
            return "•"
        text = _PLACEHOLDER.sub(
            lambda match: self._number(levels, counters, int(match.group(1)) - 1), _value(levels[level], "lvlText")
        )
        return "".join(text.split()) or "•"

    def _number(self, levels: "dict[int, _Element]", counters: list[int | None], level: int) -> str:
        if level not in levels or not 0 <= level < len(counters):
            return ""
        value = counters[level]
        return _formatted(self._start(levels[level]) if value is None else value, _value(levels[level], "numFmt"))

    @staticmethod
    def _start(level: "_Element") -> int:
        value = _value(level, "start")
        return _whole(value, 1)


def _whole(value: str, otherwise: int) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else otherwise


def _value(level: "_Element", name: str) -> str:
    found = level.find(f"{W}{name}")
    return (found.get(f"{W}val") or "") if found is not None else ""


def _formatted(value: int, number_format: str) -> str:
    if number_format in {"lowerLetter", "upperLetter"} and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter.upper() if number_format == "upperLetter" else letter
    if number_format in {"lowerRoman", "upperRoman"} and 0 < value < 4000:
        text = ""
        for amount, digits in _ROMAN:
            while value >= amount:
                text, value = text + digits, value - amount
        return text.upper() if number_format == "upperRoman" else text
    return str(value)
