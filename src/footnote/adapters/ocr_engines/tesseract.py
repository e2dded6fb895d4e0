"""Tesseract, as the operating system's package: one short-lived process per page, nothing downloaded.

A process and not a binding, because a hostile picture then kills that process only, and two pages can be read at once.
"""

import csv
import ctypes
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import groupby
from statistics import median

from footnote.ingestion.ports import BlockKind, OcrRead, ParsedBlock, Word
from footnote.kit.errors import Unavailable
from footnote.kit.geometry import Box, union

_WORD_LEVEL = "5"
_MIN_WORD_CONFIDENCE = 25.0
_MIN_LINE_CONFIDENCE = 40.0
"""Percent, by Tesseract's own judgement; below it a picture's texture was taken for letters."""
_DOUBTFUL_CONFIDENCE = 60.0
_ORIENTATION = re.compile(r"Orientation in degrees: (90|180|270)")
_PAGE_TIMEOUT_SECONDS = 90.0
_PR_SET_PDEATHSIG = 1
_LIBC = "libc.so.6"


@dataclass(frozen=True, slots=True)
class _Read:
    """One word as Tesseract reports it, in pixels."""

    place: tuple[int, int, int]
    text: str
    confidence: float
    box: Box


class TesseractOcrEngine:
    """Reads pages with the `tesseract` program found on the path."""

    def __init__(self, *, program: str = "tesseract", timeout_seconds: float = _PAGE_TIMEOUT_SECONDS) -> None:
        self._program = program
        self._timeout_seconds = timeout_seconds
        self._installed: frozenset[str] | None = None

    def read(self, image_png: bytes, *, languages: tuple[str, ...], dots_per_inch: int) -> OcrRead:
        """Return paragraphs in reading order; a page that reads badly is tried the other way up.

        Unavailable with code `ocr_not_installed`, `ocr_language_missing` (the language is named), `ocr_timeout` or
        `ocr_failed`.
        """
        self._require(languages)
        arguments = ["stdin", "stdout", "-l", "+".join(languages), "--dpi", str(dots_per_inch), "--psm", "3"]
        arguments += ["-c", "tessedit_create_tsv=1"]
        words, rotation = _words(self._run(arguments, image_png)), 0
        stand_on_end = _stand_on_end(words)
        is_doubtful = stand_on_end or _mean_confidence(words) < _DOUBTFUL_CONFIDENCE
        if is_doubtful and (turn := self._turn(image_png)):
            again = _words(self._run(arguments, _turned_upright(image_png, turn)))
            if stand_on_end or _mean_confidence(again) > _mean_confidence(words):
                words, rotation = again, turn
        return OcrRead(tuple(_blocks(words, 72.0 / dots_per_inch)), rotation)

    def _turn(self, image_png: bytes) -> int:
        """Return by how many degrees clockwise the page's text is turned; 0 if Tesseract cannot tell."""
        try:
            output = self._run(["stdin", "stdout", "--psm", "0"], image_png)
        except Unavailable as error:
            if error.error_code != "ocr_failed":
                raise
            return 0  # too few characters to tell, or the data for it is not installed
        found = _ORIENTATION.search(output)
        return int(found.group(1)) if found else 0

    def _require(self, languages: tuple[str, ...]) -> None:
        if self._installed is None:
            lines = self._run(["--list-langs"], b"").splitlines()
            self._installed = frozenset(line.strip() for line in lines[1:])
        missing = [language for language in languages if language not in self._installed]
        if missing or not languages:
            names = ", ".join(missing) or "none given"
            raise Unavailable(
                f"OCR has no data for the language {names}; install its Tesseract package or change the OCR languages.",
                code="ocr_language_missing",
            )

    def _run(self, arguments: list[str], stdin: bytes) -> str:
        try:
            done = subprocess.run(  # noqa: S603  # no shell; the arguments are our own
                [self._program, *arguments],
                input=stdin,
                capture_output=True,
                timeout=self._timeout_seconds,
                env={**_inherited(), "OMP_THREAD_LIMIT": "1"},
                preexec_fn=_die_with_parent,  # a call into libc only, safe beside other threads
                check=True,
            )
        except FileNotFoundError as error:
            raise Unavailable(
                "This page needs OCR and Tesseract is not installed; install it and try again.",
                code="ocr_not_installed",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise Unavailable("OCR took too long on this page.", code="ocr_timeout") from error
        except subprocess.CalledProcessError as error:
            raise Unavailable("OCR failed on this page.", code="ocr_failed") from error
        return done.stdout.decode("utf-8", "replace")


def _words(output: str) -> list[_Read]:
    return [
        _read(row, text)
        for row in csv.DictReader(StringIO(output), delimiter="\t", quoting=csv.QUOTE_NONE)
        if row["level"] == _WORD_LEVEL and (text := (row.get("text") or "").strip())
    ]


def _mean_confidence(words: Sequence[_Read]) -> float:
    characters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / characters if characters else 0.0


def _stand_on_end(words: Sequence[_Read]) -> bool:
    """Tell whether most words run up or down the page like the title on a book's spine."""
    long_words = [word.box for word in words if len(word.text) >= 4]
    return sum(1 for box in long_words if box.y1 - box.y0 > 1.5 * (box.x1 - box.x0)) * 2 > len(long_words)


def _turned_upright(image_png: bytes, turn: int) -> bytes:
    from PIL import Image

    target = BytesIO()
    with Image.open(BytesIO(image_png)) as image:
        image.rotate(turn, expand=True).save(target, format="PNG", compress_level=1)
    return target.getvalue()


def _read(row: Mapping[str, str], text: str) -> _Read:
    left, top = float(row["left"]), float(row["top"])
    return _Read(
        (int(row["block_num"]), int(row["par_num"]), int(row["line_num"])),
        text,
        float(row["conf"]),
        Box(left, top, left + float(row["width"]), top + float(row["height"])),
    )


def _blocks(words: Sequence[_Read], scale: float) -> Iterator[ParsedBlock]:
    trusted = [word for word in words if word.confidence >= _MIN_WORD_CONFIDENCE]
    for _, paragraph in groupby(trusted, key=lambda word: word.place[:2]):
        lines = []
        for _, group in groupby(paragraph, key=lambda word: word.place):
            line = list(group)
            if _mean_confidence(line) >= _MIN_LINE_CONFIDENCE:
                lines.append(tuple(Word(word.text, _scaled(word.box, scale)) for word in line))
        if lines:
            boxes = [word.box for line in lines for word in line if word.box is not None]
            yield ParsedBlock(
                BlockKind.PARAGRAPH,
                tuple(lines),
                box=union(boxes),
                font_size=round(median(box.y1 - box.y0 for box in boxes), 2),
            )


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX", "LANG", "TMPDIR") if name in os.environ}


def _die_with_parent() -> None:
    """Let the kernel end this process when the child that started it is killed."""
    ctypes.CDLL(_LIBC).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
