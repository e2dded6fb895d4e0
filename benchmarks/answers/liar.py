"""A scripted model that lies: takes true sentences and plants one kind of lie, or rewords them honestly, by rule."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from footnote.chat.checking.clauses import is_negation
from footnote.chat.checking.quantities import quantities
from footnote.chat.language.lexicon import lexicon
from footnote.chat.language.words import Word, is_caseless, words_of

_AUXILIARIES = {
    "en": ("is", "are", "was", "were", "can", "will", "has", "had", "have", "could", "would", "should", "may"),
    "de": ("ist", "sind", "war", "waren", "wurde", "wurden", "wird", "werden", "hat", "hatte", "kann", "konnte"),
}
_BEFORE_VERB = {"es": "no", "ar": "لم"}
_VERBS = {
    "es": ("es", "son", "era", "eran", "fue", "fueron", "ha", "han", "había", "tiene", "tienen", "puede", "pueden"),
    "ar": ("يكون", "كان", "كانت", "تم", "أصبح", "يمكن", "تكون"),
}
_DROPPABLE = frozenset(
    {"not", "never", "nicht", "no", "nunca", "لا", "لم", "لن", "ليس", "ليست", "kein", "keine", "keinen"}
)
_SYNONYMS = {
    "en": {"began": "started", "large": "big", "several": "various", "also": "additionally", "often": "frequently",
           "used": "utilized", "important": "significant", "located": "situated", "although": "though", "area": "region"},  # noqa: E501
    "de": {"etwa": "ungefähr", "auch": "ebenfalls", "viele": "zahlreiche", "jedoch": "allerdings", "wichtig": "bedeutend"},  # noqa: E501
    "es": {"también": "además", "muchos": "numerosos", "comenzó": "empezó", "guerra": "conflicto", "usar": "utilizar"},
    "ar": {"أيضاً": "كذلك", "حوالي": "تقريبا"},
}  # fmt: skip
_LEAD_INS = {
    "en": "According to the document, ",
    "de": "Laut Dokument ",
    "es": "Según el documento, ",
    "ar": "وفقاً للمستند، ",
}
_NUMBER_WORDS = {
    "en": {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 12: "twelve"}
}


@dataclass(frozen=True, slots=True)
class TrueSentence:
    """A sentence of a document, with the names that stand elsewhere in its passage and in other passages."""

    text: str
    language: str
    names_near: Sequence[str]
    names_far: Sequence[str]


Planter = Callable[[TrueSentence, random.Random], str | None]


def changed_number(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Replace one number by another of the same look."""
    words = words_of(sentence.text, sentence.language)
    found = [q for q in quantities(sentence.text, words, sentence.language) if sentence.text[q.start].isdigit()]
    if not found:
        return None
    chosen = rng.choice(found)
    digits = re.search(r"\d+", sentence.text[chosen.start : chosen.end])
    if digits is None:
        return None
    start, old = chosen.start + digits.start(), digits.group()
    new = old
    while int(new) == int(old):
        place = rng.randrange(len(old))
        new = old[:place] + str(rng.randrange(1, 10)) + old[place + 1 :]
    return sentence.text[:start] + new + sentence.text[start + len(old) :]


def swapped_numbers(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Let two numbers of the sentence change places."""
    found = list(re.finditer(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)", sentence.text))
    if len(found) < 2 or found[0].group() == found[1].group():
        return None
    return _exchange(sentence.text, found[0].span(), found[1].span())


def far_name(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Replace a name by one from another passage."""
    return _rename(sentence, sentence.names_far, rng)


def near_name(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Replace a name by another one of the same passage."""
    return _rename(sentence, sentence.names_near, rng)


def swapped_names(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Let two names of the sentence change places."""
    found = names_in(sentence.text, sentence.language)
    pairs = [
        (a, b)
        for i, a in enumerate(found)
        for b in found[i + 1 :]
        if a.group() != b.group() and not _is_listing(sentence.text[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return _exchange(sentence.text, a.span(), b.span())


def dropped_negation(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Leave a "not" out."""
    words = words_of(sentence.text, sentence.language)
    lists = lexicon(sentence.language)
    found = [
        n
        for n, w in enumerate(words)
        if is_negation(sentence.text, words, n, lists) and w.lower in _DROPPABLE
        and not (w.lower in ("no", "لا") and n + 1 < len(words) and words[n + 1].lower in ("solo", "longer", "سيما"))
    ]  # fmt: skip
    if not found:
        return None
    word = words[rng.choice(found)]
    if word.lower.startswith("kein"):
        return sentence.text[: word.start] + "e" + sentence.text[word.start + 1 :].removeprefix("k").removeprefix("e")
    return (sentence.text[: word.start] + sentence.text[word.end :].lstrip()).strip()


def added_negation(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Put a "not" in."""
    words = words_of(sentence.text, sentence.language)
    lists = lexicon(sentence.language)
    if any(is_negation(sentence.text, words, n, lists) for n in range(len(words))):
        return None
    if sentence.language in _AUXILIARIES:
        found = [w for w in words if w.lower in _AUXILIARIES[sentence.language]]
        if not found:
            return None
        word = rng.choice(found)
        return (
            sentence.text[: word.end] + (" not" if sentence.language == "en" else " nicht") + sentence.text[word.end :]
        )
    found = [w for w in words if w.lower in _VERBS.get(sentence.language, ())]
    if not found:
        return None
    word = rng.choice(found)
    return sentence.text[: word.start] + _BEFORE_VERB[sentence.language] + " " + sentence.text[word.start :]


def antonym(sentence: TrueSentence, rng: random.Random) -> str | None:
    """Replace a word by its opposite."""
    words = words_of(sentence.text, sentence.language)
    lowers = {w.lower for w in words}
    options: list[tuple[Word, str]] = []
    for a, b in lexicon(sentence.language).antonyms:
        for old, new in ((a, b), (b, a)):
            if new not in lowers:
                options.extend((w, new) for w in words if w.lower == old)
    if not options:
        return None
    word, new = rng.choice(options)
    return sentence.text[: word.start] + new + sentence.text[word.end :]


def with_synonyms(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: replace common words by others that mean the same."""
    text = sentence.text
    for old, new in _SYNONYMS.get(sentence.language, {}).items():
        text = re.sub(rf"(?<!\w){old}(?!\w)", new, text)
    return text if text != sentence.text else None


def moved_opening(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: move "In 1990, ..." to the end."""
    match = re.fullmatch(
        r"(In|On|During|After|Before|Im|Am|Nach|En|Durante|Después) ([^,]{3,40}), (.{30,})([.])", sentence.text
    )
    if match is None:
        return None
    opening, rest = f"{match[1].lower()} {match[2]}", match[3]
    return f"{rest[0].upper()}{rest[1:]} {opening}{match[4]}"


def with_lead_in(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: name the document first, and end without the point."""
    text = sentence.text.rstrip(".")
    first = words_of(text, sentence.language)[:1]
    if first and first[0].is_stop:
        text = text[0].lower() + text[1:]
    return _LEAD_INS[sentence.language] + text


def without_aside(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: leave a bracket out."""
    text = re.sub(r"\s*\([^()]{3,80}\)", "", sentence.text)
    return text if text != sentence.text and len(text) > 40 else None


def other_number_format(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: 1,000 as 1000, 5 as five, % as per cent."""
    text = re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "", sentence.text)
    for value, word in _NUMBER_WORDS.get(sentence.language, {}).items():
        text = re.sub(rf"(?<![\w.,$-]){value}(?![\w.,%-])", word, text)
    if sentence.language == "en":
        text = re.sub(r"(?<=\d)%", " percent", text)
    return text if text != sentence.text else None


def shortened(sentence: TrueSentence, _rng: random.Random) -> str | None:
    """Honest: end before the last comma's clause."""
    head, comma, tail = sentence.text.rpartition(", ")
    words = words_of(sentence.text, sentence.language)
    lists = lexicon(sentence.language)
    denies = any(is_negation(sentence.text, words, n, lists) for n in range(len(words)))
    return head + "." if comma and len(head) > 50 and len(tail) < 80 and not denies else None


LIES: dict[str, Planter] = {
    "changed_number": changed_number, "swapped_numbers": swapped_numbers, "name_of_another_passage": far_name,
    "name_of_same_passage": near_name, "swapped_names": swapped_names, "dropped_negation": dropped_negation,
    "added_negation": added_negation, "antonym": antonym,
}  # fmt: skip
HONEST: dict[str, Planter] = {
    "synonyms": with_synonyms, "moved_opening": moved_opening, "lead_in": with_lead_in,
    "without_aside": without_aside, "number_format": other_number_format, "shortened": shortened,
}  # fmt: skip


def reworded(sentence: TrueSentence, rng: random.Random) -> str:
    """Return the sentence after every honest change that applies: what a lie may hide in."""
    for change in (without_aside, with_synonyms, shortened, moved_opening, other_number_format, with_lead_in):
        new = change(sentence, rng)
        if new is not None:
            sentence = TrueSentence(new, sentence.language, sentence.names_near, sentence.names_far)
    return sentence.text


def names_in(text: str, language: str) -> list[re.Match[str]]:
    """Return names as capitals tell them: not at the sentence's start, and in German two capitals together."""
    if is_caseless(text):
        return []
    pattern = (
        r"[A-ZÁÉÍÓÚÄÖÜÑ]\w{2,}(?: [A-ZÁÉÍÓÚÄÖÜÑ]\w{2,})+"
        if language == "de"
        else r"[A-ZÁÉÍÓÚÄÖÜÑ]\w{2,}(?: [A-ZÁÉÍÓÚÄÖÜÑ]\w{2,})*"
    )
    return [
        m
        for m in re.finditer(pattern, text)
        if m.start() > 0 and text[m.start() - 1] == " " and text[m.start() - 2] not in ".!?:"
    ]


def _rename(sentence: TrueSentence, others: Sequence[str], rng: random.Random) -> str | None:
    found = names_in(sentence.text, sentence.language)
    # Parts of names that the sentence has anyway would not make a lie.
    fitting = [o for o in others if not set(o.split()) & set(re.findall(r"\w+", sentence.text))]
    if not found or not fitting:
        return None
    chosen = rng.choice(found)
    return sentence.text[: chosen.start()] + rng.choice(fitting) + sentence.text[chosen.end() :]


def _exchange(text: str, a: tuple[int, int], b: tuple[int, int]) -> str:
    return text[: a[0]] + text[b[0] : b[1]] + text[a[1] : b[0]] + text[a[0] : a[1]] + text[b[1] :]


def _is_listing(between: str) -> bool:
    """Tell whether two names are merely listed, so that their order says nothing."""
    return re.fullmatch(r"[\s,]*(?:and|or|und|oder|sowie|y|e|o)?[\s,]*", between) is not None or between.count(",") > 0
