"""Confidence in a model's answer."""

from footnote.chat.checking.confidence import answer_confidence
from footnote.chat.passages import Verdict


def test_unsupported_sentences_lower_the_confidence():
    sound = answer_confidence([Verdict.GROUNDED, Verdict.VERBATIM], 80.0)
    shaky = answer_confidence([Verdict.GROUNDED, Verdict.UNSUPPORTED], 80.0)
    assert 0 < shaky.score < sound.score <= 100


def test_weak_evidence_lowers_the_confidence_of_true_sentences():
    assert answer_confidence([Verdict.VERBATIM], 10.0).score < answer_confidence([Verdict.VERBATIM], 90.0).score


def test_an_answer_without_sentences_has_none():
    assert answer_confidence([], 90.0).score == 0
