"""The form in which a printed word enters a version's text.

Applied to single words, never to a whole text, so that each word's span is exact by construction.
"""

import re
import unicodedata

_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf02d": "-", "\uf076": "❖"}
"""Private-use codes that symbol fonts of office programs print bullets with."""

# Ligatures and presentation forms are pictures of letters; compatibility decomposition is limited to them, because
# on other characters it would change meaning (superscripts, fractions, units).
_PRESENTATION_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufb4f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_SOFT_HYPHEN = "\u00ad"
_SPACES = re.compile(r"\s+")
_NOTHING_SPECIAL = re.compile(r"[!-~]+")


def normalise_word(text: str) -> str:
    """Return the word in NFC with ligatures expanded and invisible characters removed; "" if nothing visible is left.

    A soft hyphen disappears. White space inside a word, which no-break spaces make, becomes one plain space. Joiners
    that shape Arabic and Indic scripts stay.
    """
    if _NOTHING_SPECIAL.fullmatch(text):
        return text
    expanded = _PRESENTATION_FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    spaced = _SPACES.sub(" ", expanded)
    kept = "".join(_BULLETS.get(character, character) for character in spaced if _is_kept(character))
    # Once more, since what stood between two spaces may have been invisible.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()


def normalise_code_line(text: str) -> str:
    """Return a line of code in NFC without invisible characters; its indentation stays, tabs as four spaces."""
    expanded = text.replace("\t", "    ").rstrip()
    kept = "".join(character for character in expanded if _is_kept(character))
    return unicodedata.normalize("NFC", kept) if kept.strip() else ""


def ends_with_soft_hyphen(text: str) -> bool:
    """Tell whether the raw word ends in a soft hyphen, printed only because its line ended there."""
    return text.rstrip().endswith(_SOFT_HYPHEN)


def _is_kept(character: str) -> bool:
    if character in {"\u200c", "\u200d"}:
        return True
    category = unicodedata.category(character)
    # Cc control, Cf format (zero width, directional marks, soft hyphen), Cs lone surrogates, Cn noncharacters.
    return category not in {"Cc", "Cf", "Cs", "Cn"}
