"""Reads what a model writes: finds complete sentences while the text is still coming, and takes the [n] markers out."""

import re

from footnote.chat.language.lexicon import merged
from footnote.chat.passages import Citation, DraftSentence
from footnote.chat.sentences import MARKER, next_boundary

NO_ANSWER = "NO_ANSWER"
"""What the prompt asks a model to write, alone, when the passages do not hold the answer."""

_OPEN_MARKER = re.compile(r"[\[【][^\]】]{0,80}$")
_BULLET = re.compile(r"\s*(?:[-*•–][ \t]+|\d{1,2}[.)][ \t]+|#{1,6}[ \t]+)")
_RANGE = re.compile(r"(\d{1,3})\s*[–-]\s*(\d{1,3})")
_LONGEST_RANGE = 10


class SentenceStream:
    """Cuts a model's text into drafted sentences as it arrives; how the text was cut into deltas changes nothing.

    A sentence is given out once the word after it is complete, since only then is it certain that it ended
    ("No. 5", "J. Smith"); a line break always ends one, as models do not wrap lines.
    """

    def __init__(self) -> None:
        self._buffer = ""
        self._separator = ""

    def feed(self, delta: str) -> list[DraftSentence]:
        """Take the next piece of text; return the sentences that are now certainly complete, in order."""
        self._buffer += delta
        return self._drain(is_last=False)

    def finish(self) -> list[DraftSentence]:
        """Return what is left; the stream starts anew afterwards."""
        rest = self._drain(is_last=True)
        self._buffer = self._separator = ""
        return rest

    def _drain(self, *, is_last: bool) -> list[DraftSentence]:
        sentences: list[DraftSentence] = []
        while (end := self._sentence_end(is_last=is_last)) is not None:
            raw, self._buffer = self._buffer[:end], self._buffer[end:]
            sentence = draft_from_marked(raw, separator=self._separator)
            if sentence.text:
                sentences.append(sentence)
                self._separator = ""
            self._separator += raw[len(raw.rstrip()) :]
        return sentences

    def _sentence_end(self, *, is_last: bool) -> int | None:
        """Return where the first sentence of the buffer certainly ends, its trailing blanks included, or None."""
        blank = len(self._buffer) - len(self._buffer.lstrip())
        if blank:
            self._separator += self._buffer[:blank]
            self._buffer = self._buffer[blank:]
        if not self._buffer:
            return None
        line, newline, _ = self._buffer.partition("\n")
        bullet = _BULLET.match(line)
        found = next_boundary(line, bullet.end() if bullet else 0, merged())
        if found is not None and found[0] < len(line):
            end, seen = found
            if newline or is_last:
                return end
            return end if seen <= len(line) and not _OPEN_MARKER.match(line, end) else None
        return len(line) if newline or is_last else None


def draft_from_marked(raw: str, *, separator: str = "") -> DraftSentence:
    """Return one sentence without its markers, citing the passages they name in order of first mention.

    A list bullet moves into the separator, so that the text is the sentence alone.
    """
    numbers: list[int] = []
    for marker in MARKER.finditer(raw):
        numbers.extend(number for number in _numbers(marker.group()) if number not in numbers)
    text = MARKER.sub("", raw)
    text = re.sub(r"[ \t]+([.,;:!?…؟،。])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip()
    bullet = _BULLET.match(text)
    if bullet and len(text) > bullet.end():
        separator += text[: bullet.end()]
        text = text[bullet.end() :]
    return DraftSentence(text, tuple(Citation(number) for number in dict.fromkeys(numbers)), separator)


def parse_answer(text: str) -> list[DraftSentence]:
    """Return the sentences of a complete model answer."""
    stream = SentenceStream()
    return [*stream.feed(text), *stream.finish()]


def says_no_answer(drafts: list[DraftSentence]) -> bool:
    """Tell whether the model said, in the words the prompt gave it, that the passages do not answer."""
    return bool(drafts) and all(NO_ANSWER in draft.text for draft in drafts)


def _numbers(marker: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", marker.strip("[]【】^ ")):
        span = _RANGE.search(part)
        if span:
            low, high = int(span.group(1)), int(span.group(2))
            numbers.extend(range(low, min(high, low + _LONGEST_RANGE) + 1))
        elif digits := re.search(r"\d+", part):
            numbers.append(int(digits.group()))
    return [number for number in numbers if number > 0]
