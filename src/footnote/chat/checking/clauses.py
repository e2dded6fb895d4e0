"""Cuts sentences into clauses and says which are negated, so that a dropped or added "not" is seen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.chat.language.lexicon import Lexicon
from footnote.chat.language.words import Word

_BREAK = re.compile(r"[,;:()\[\]—–،؛，；。!?؟…]|\s-\s|\.\s")
_APOSTROPHES = "'’"


@dataclass(frozen=True, slots=True)
class Clause:
    """Words between two breaks; stems: of its words of meaning, negations left out."""

    stems: frozenset[str]
    is_negated: bool


def clauses(text: str, words: Sequence[Word], lists: Lexicon) -> list[Clause]:
    """Return the clauses in order; `words` are those of the text, placed in it.

    A clause without any word of meaning lends its negation to the next one ("It is not, however, refundable").
    """
    groups: list[list[int]] = [[]]
    for n, word in enumerate(words):
        between = text[words[n - 1].end : word.start] if n else ""
        starts_clause = word.lower in lists.clause_words or word.lower in lists.coordinators
        if n and groups[-1] and (_BREAK.search(between) or starts_clause):
            groups.append([])
        groups[-1].append(n)
    result: list[Clause] = []
    pending = False
    for group in groups:
        negated = any(is_negation(text, words, n, lists) for n in group)
        stems = frozenset(words[n].stem for n in group if is_content(text, words, n, lists))
        if not stems:
            pending = pending or negated
            continue
        result.append(Clause(stems, negated or pending))
        pending = False
    if pending and result:
        result[-1] = Clause(result[-1].stems, is_negated=True)
    return result


def is_negation(text: str, words: Sequence[Word], n: int, lists: Lexicon) -> bool:
    """Tell whether a word negates: "not" does, "not only" and "No. 5" do not."""
    word = words[n]
    following = words[n + 1] if n + 1 < len(words) else None
    if word.lower == "t":
        return bool(n) and text[word.start - 1] in _APOSTROPHES and words[n - 1].lower.endswith(("n", "can"))
    if word.lower not in lists.negations:
        return False
    if word.lower == "n":
        return text[word.end : word.end + 1] in tuple(_APOSTROPHES)
    if following is None:
        return True
    if word.lower == "no" and following.has_digit:
        return False
    return following.lower not in lists.quantifiers.get("only", ())


def is_content(text: str, words: Sequence[Word], n: int, lists: Lexicon) -> bool:
    """Tell whether a word carries meaning of its own: no function word, no negation, no lead-in."""
    word = words[n]
    if word.is_stop or word.lower in lists.lead_ins or (len(word.lower) == 1 and not word.has_digit):
        return False
    return word.lower not in lists.negations and not is_negation(text, words, n, lists)


def polarity_differs(draft: Sequence[Clause], source: Sequence[Clause]) -> bool:
    """Tell whether the draft affirms what the source denies, or denies what it affirms.

    A clause of the draft is held against the clauses of the source that its words stand in: affirmed words must not
    stand mostly where the source negates, nor denied ones mostly where it does not.
    """
    for clause in draft:
        places = [[c.is_negated for c in source if stem in c.stems] for stem in clause.stems]
        known = [where for where in places if where]
        if not known:
            if clause.is_negated and not any(c.is_negated for c in source):
                return True
            continue
        if clause.is_negated:
            if sum(any(where) for where in known) * 2 < len(known) or not any(any(w) for w in known):
                return True
        elif sum(all(where) for where in known) * 2 > len(known) or _affirms_denied(clause, source):
            return True
    return False


def _affirms_denied(clause: Clause, source: Sequence[Clause]) -> bool:
    """Tell whether an affirming clause takes words from a negated one which no other clause of the source has.

    "The plan covers vision" from "The plan covers dental care, but it does not cover vision".
    """
    if any(clause.stems <= other.stems for other in source if not other.is_negated):
        return False
    affirmed = frozenset(stem for other in source if not other.is_negated for stem in other.stems)
    for other in source:
        shared = clause.stems & other.stems
        if other.is_negated and len(shared) >= 2 and shared - affirmed:
            return True
    return False
