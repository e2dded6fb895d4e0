"""Measures the citation check against a scripted liar and honest rewordings.

python -m benchmarks.answers.check_citations [--show KIND]
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers.answer_sets import LANGUAGES, read_answer_set
from benchmarks.answers.liar import HONEST, LIES, TrueSentence, names_in, reworded
from benchmarks.answers.library import LibraryDocument
from benchmarks.retrieval.datasets import data_folder
from footnote.chat.checking.verification import verify_sentence
from footnote.chat.passages import Citation, DraftSentence, Passage, Reason, Verdict
from footnote.chat.sentences import split_sentences, trimmed
from footnote.kit.geometry import Span

_PASSAGES = 6
_PER_KIND = 400


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as the scripted model writes it, what it cites, and the passages it was given."""

    kind: str
    original: str
    draft: DraftSentence
    passages: Sequence[Passage]


def measure_language(language: str, data: Path) -> dict[str, tuple[int, int]]:
    """Return kind -> (tries, refused); for `wrong_passage` a sentence bound to the right passage counts as caught."""
    counts: dict[str, tuple[int, int]] = {}
    for claim in claims(language, data):
        tries, caught = counts.get(claim.kind, (0, 0))
        counts[claim.kind] = (tries + 1, caught + is_caught(claim))
    return counts


def is_caught(claim: Claim) -> bool:
    """Tell whether the check refused the claim, or put a wrong citation right."""
    checked = verify_sentence(claim.draft, claim.passages)
    if claim.kind == "wrong_passage":
        cited = claim.draft.citations[0].passage_number
        return cited not in [c.passage_number for c in checked.citations]
    return checked.verdict is Verdict.UNSUPPORTED


def claims(language: str, data: Path) -> Iterator[Claim]:
    """Yield lies and honest rewordings of sentences of one language, the same ones each time."""
    rng = random.Random(7)
    documents = read_answer_set(data, language).documents
    made: dict[str, int] = {}
    for document in documents:
        passages = _passages(document, documents, language, rng)
        for text in _sentences(document.text):
            near, far = _names(passages[0].text, language), _names(passages[1].text, language)
            sentence = TrueSentence(text, language, near, far)
            for kind, plant in {**LIES, **HONEST, "verbatim": _as_it_is, "wrong_passage": _as_it_is}.items():
                new = plant(sentence, rng)
                if new is None or made.get(kind, 0) >= _PER_KIND or (new == text and plant is not _as_it_is):
                    continue
                made[kind] = made.get(kind, 0) + 1
                cited = 2 if kind == "wrong_passage" else 1
                yield Claim(kind, text, DraftSentence(new, (Citation(cited),)), passages)
            hidden = TrueSentence(reworded(sentence, rng), language, near, far)
            if hidden.text != text:
                yield Claim("all changes at once", text, DraftSentence(hidden.text, (Citation(1),)), passages)
                for kind, plant in LIES.items():
                    new = plant(hidden, rng)
                    if new is not None and new != hidden.text and made.get(f"reworded, {kind}", 0) < _PER_KIND // 2:
                        made[f"reworded, {kind}"] = made.get(f"reworded, {kind}", 0) + 1
                        yield Claim(f"reworded, {kind}", text, DraftSentence(new, (Citation(1),)), passages)


def _as_it_is(sentence: TrueSentence, _rng: random.Random) -> str | None:
    return sentence.text


def _passages(
    document: LibraryDocument, documents: Sequence[LibraryDocument], language: str, rng: random.Random
) -> list[Passage]:
    topic = document.document_id.split("p")[0]
    siblings = [d for d in documents if d.document_id.split("p")[0] == topic and d != document]
    strangers = [d for d in documents if d not in siblings and d != document]
    others = rng.sample(strangers, _PASSAGES - 1 - len(siblings[:3]))
    return [
        Passage(n, f"c{n}", d.document_id, d.document_id, "", (), d.text, Span(0, len(d.text)), 1.0, language=language)
        for n, d in enumerate([document, *siblings[:3], *others], 1)
    ]


def _sentences(text: str) -> list[str]:
    spans = [trimmed(text, span) for span in split_sentences(text)]
    return [text[s.start : s.end] for s in spans if 40 <= s.end - s.start <= 300]


def _names(text: str, language: str) -> list[str]:
    return sorted({match.group() for match in names_in(text, language)})


def main() -> None:
    """Print a table, or the claims of one kind that came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", default="")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    options = parser.parse_args()
    for language in options.languages.split(","):
        if options.show:
            _show(language, options.show)
            continue
        counts = measure_language(language, data_folder())
        print(language)
        for kind in [*LIES, *(f"reworded, {kind}" for kind in LIES), "wrong_passage"]:
            if kind in counts:
                print(f"  lie    {kind:34s} caught  {counts[kind][1] / counts[kind][0]:.3f} of {counts[kind][0]}")
        for kind in ["verbatim", *HONEST, "all changes at once"]:
            if kind in counts:
                print(f"  honest {kind:34s} refused {counts[kind][1] / counts[kind][0]:.3f} of {counts[kind][0]}")


def _show(language: str, kind: str) -> None:
    for claim in claims(language, data_folder()):
        if claim.kind == kind and is_caught(claim) == (kind in HONEST or kind == "verbatim"):
            checked = verify_sentence(claim.draft, claim.passages)
            reasons = ", ".join(reason.value for reason in checked.reasons if isinstance(reason, Reason))
            print(f"{checked.verdict.value} [{reasons}]\n  was  {claim.original}\n  says {claim.draft.text}")


if __name__ == "__main__":
    main()
