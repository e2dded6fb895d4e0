"""From bytes to text, when the file does not say reliably how it was encoded."""

import codecs

from footnote.kit.errors import InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESS_SAMPLE_BYTES = 256 * 1024


def decode_text(content: bytes, *, declared: str | None = None) -> str:
    """Return the text: by its byte order mark, as UTF-8, as declared, or as guessed from the bytes.

    UTF-8 comes before the declaration: text that decodes as UTF-8 by chance is rare, wrong declarations are not.
    InvalidInput `damaged_file` if nothing fits.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for candidate in ("utf-8", declared):
        text = _decoded(content, candidate)
        if text is not None and "\0" not in text[:1000]:
            return text
    guessed = _decoded(content, _guessed(content))
    if guessed is None:
        raise InvalidInput("The file's text encoding is not recognisable; save it as UTF-8.", code="damaged_file")
    return guessed


def _decoded(content: bytes, encoding: str | None) -> str | None:
    if not encoding:
        return None
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    zeros_even, zeros_odd = content[0:4000:2].count(0), content[1:4000:2].count(0)
    if zeros_even or zeros_odd:
        return "utf-16-le" if zeros_odd > zeros_even else "utf-16-be"
    best = from_bytes(content[:_GUESS_SAMPLE_BYTES]).best()
    # Windows-1252 holds what western files of unknown encoding hold; its few holes make it fail, never lie.
    return best.encoding if best is not None else "cp1252"
