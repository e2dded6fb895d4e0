"""Who did what to whom: names must stand in the source's sentences, and in the same roles."""

from collections.abc import Iterator, Sequence

from footnote.chat.checking.evidence_window import Statement, Window, supports
from footnote.chat.language.words import Word
from footnote.chat.passages import Reason


def voices(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    """Who acts: where only one side is in the passive, actor and object must stand the other way round."""
    agents = draft.lists.passive_agents
    for source in sources:
        for one, other in ((draft, source), (source, draft)):
            for n, word in enumerate(one.words[:-1]):
                if word.lower not in agents:
                    continue
                actor = next((w for w in one.words[n + 1 : n + 4] if w.is_capital and not w.is_stop), None)
                subject = next((w for w in one.words[:n] if w.is_capital and not w.is_stop), None)
                if actor is None or subject is None or actor.stem == subject.stem:
                    continue
                order = [w.stem for w in other.words if w.stem in (actor.stem, subject.stem)]
                follows_agent = any(
                    w.lower in agents and any(x.stem == actor.stem for x in other.words[m + 1 : m + 4])
                    for m, w in enumerate(other.words)
                )
                if (
                    not follows_agent
                    and len(set(order)) == 2
                    and order[0] == subject.stem
                    and _is_verb_between(other, subject.stem, actor.stem, one.words[n - 1])
                ):
                    yield Reason.ROLE_SWAP


def sides(draft: Statement, sources: Sequence[Statement]) -> Iterator[Reason]:
    """Names on both sides of one word must not have changed sides, unless the sentence turned to the passive."""
    agents = draft.lists.passive_agents
    for source in sources:
        stems = [w.stem for w in source.words]
        for n in draft.content:
            word = draft.words[n]
            if word.is_capital or stems.count(word.stem) != 1:
                continue
            m = stems.index(word.stem)
            turned = _follows(draft, n, agents) != _follows(source, m, agents)
            left, right = _names_around(draft, n)
            source_left, source_right = _names_around(source, m)
            if not turned and left & source_right - source_left and right & source_left - source_right:
                yield Reason.ROLE_SWAP


def _follows(text: Statement, place: int, words: frozenset[str]) -> bool:
    return any(w.lower in words for w in text.words[place + 1 : place + 4])


def _names_around(text: Statement, place: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems of names up to four words before and after a place."""
    before, after = text.words[max(0, place - 4) : place], text.words[place + 1 : place + 5]
    left, right = (frozenset(w.stem for w in side if w.is_capital and not w.is_stop) for side in (before, after))
    return left, right


def _is_verb_between(text: Statement, left: str, right: str, verb: Word) -> bool:
    stems = [w.stem for w in text.words]
    return any(_is_form_of(verb, w) for w in text.words[stems.index(left) + 1 : stems.index(right)])


def _is_form_of(verb: Word, other: Word) -> bool:
    """Tell whether two words are forms of one."""
    return verb.stem == other.stem or (len(verb.stem) > 3 and verb.stem[:4] == other.stem[:4])


def names(draft: Statement, chosen: Sequence[Window]) -> Iterator[Reason]:
    """Names must stand in the core sentences, or be what those lean back on, or come with a statement of their own."""
    if draft.is_caseless:
        return
    cores = [w.source.sentences[w.core] for w in chosen]
    for n in _name_places(draft, chosen):
        word = draft.words[n]
        if any(supports(core, word) for core in cores):
            if _wrong_actor(draft, n, cores):
                yield Reason.ROLE_SWAP
            continue
        if not any(_is_antecedent(draft, word, window) for window in chosen):
            yield Reason.FOREIGN_NAME


def _name_places(draft: Statement, chosen: Sequence[Window]) -> list[int]:
    sentences = [s for window in chosen for s in window.source.sentences]
    lowers = frozenset(w.lower for s in sentences for w in s.words if not w.is_capital)
    places = []
    for n in draft.content:
        word = draft.words[n]
        if not word.is_capital or word.has_digit or word.lower in draft.lists.months:
            continue
        common = n == 0 and (word.lower in lowers or word.lower.endswith(("ly", "ing", "ed")))
        if not common:
            places.append(n)
    return places


def _is_antecedent(draft: Statement, word: Word, window: Window) -> bool:
    """Tell whether a name stands right before a core sentence that leans on it, or brings its own support along."""
    source = window.source
    core = source.sentences[window.core]
    leans = any(w.lower in core.lists.pronouns for w in core.words[:4])
    if leans and window.core > 0:
        before = source.sentences[window.core - 1]
        first = [w for w in before.words if w.is_capital and not w.is_stop][:3]
        if any(w.stem == word.stem for w in first):
            return True
    if leans and word.stem in source.heading.stems:
        return True
    for n in range(window.first, window.last + 1):
        sentence = source.sentences[n]
        if n == window.core or not supports(sentence, word):
            continue
        extra = [
            m for m in draft.content
            if supports(sentence, draft.words[m]) and not supports(core, draft.words[m]) and draft.words[m] != word
        ]  # fmt: skip
        if len(extra) >= 3:
            return True
    return False


def _wrong_actor(draft: Statement, place: int, cores: Sequence[Statement]) -> bool:
    """Tell whether the word after a name has, in the source, another name right before it and this one nowhere near."""
    name = draft.words[place]
    anchor = next(
        (draft.words[n] for n in range(place + 1, min(place + 4, len(draft.words))) if n in draft.content), None
    )
    if anchor is None or anchor.is_capital or anchor.has_digit:
        return False
    for core in cores:
        places = [n for n, w in enumerate(core.words) if w.stem == anchor.stem]
        for n in places:
            near = core.words[max(0, n - 6) : n + 7]
            if any(w.stem == name.stem for w in near):
                return False
        before = [w for n in places for w in core.words[max(1, n - 3) : n]]
        if any(w.is_capital and not w.is_stop for w in before):
            return True
    return False
