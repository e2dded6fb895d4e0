"""Confidence in a model's answer."""

from hypothesis import given
from hypothesis import strategies as st

from footnote.chat.checking.confidence import answer_confidence
from footnote.chat.passages import Verdict
from footnote.chat.ports import EngineReport
from footnote.chat.runs.final_answer import Progress, final_answer

VERDICTS = st.lists(st.sampled_from(Verdict), min_size=1, max_size=8)
EVIDENCE = st.floats(0, 100)


@given(VERDICTS, EVIDENCE)
def test_an_unsupported_sentence_more_never_raises_the_confidence(verdicts: list[Verdict], evidence: float) -> None:
    with_one_more = answer_confidence([*verdicts, Verdict.UNSUPPORTED], evidence)
    assert 0 <= with_one_more <= answer_confidence(verdicts, evidence) <= 100


@given(VERDICTS, EVIDENCE, EVIDENCE)
def test_weak_evidence_takes_away_at_most_half(verdicts: list[Verdict], one: float, other: float) -> None:
    weak, strong = (answer_confidence(verdicts, evidence) for evidence in sorted((one, other)))
    assert strong / 2 <= weak + 1e-9
    assert weak <= strong


def test_true_sentences_about_something_else_are_not_trusted_like_an_answer() -> None:
    assert answer_confidence([Verdict.VERBATIM], 5.0) < 60 < answer_confidence([Verdict.VERBATIM], 90.0)


def test_an_answer_without_sentences_has_none() -> None:
    assert answer_confidence([], 90.0) == 0


def test_a_model_that_wrote_nothing_and_one_that_did_not_finish_are_not_trusted() -> None:
    for report in (EngineReport("scripted"), None):
        answer = final_answer(
            Progress(report=report, evidence=95.0), status="completed", problem=None, unfinished_documents=0
        )
        assert answer.confidence == 0
