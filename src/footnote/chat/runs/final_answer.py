"""What is stored of an answer for good, put together from its parts however it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from footnote.chat.checking.citing import SentenceBinder
from footnote.chat.checking.confidence import answer_confidence
from footnote.chat.passages import Verdict
from footnote.chat.ports import EngineReport
from footnote.chat.runs import stream
from footnote.chat.runs.stream import Part
from footnote.chat.schemas import Sentence, Timings
from footnote.jobs.schemas import Problem


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """An answer as it is stored for good."""

    status: str
    run_status: str
    text: str
    sentences: tuple[Sentence, ...]
    abstained: bool
    abstention_reason: str | None
    confidence: int
    model: str | None
    prompt_version: str | None
    cost_nano_usd: int | None
    input_tokens: int | None
    output_tokens: int | None
    timings: Timings
    notes: tuple[str, ...]
    problem: Problem | None = None

    def facts(self) -> dict[str, Any]:
        """Return what the stream's closing part says."""
        return {
            "abstained": self.abstained,
            "abstention_reason": self.abstention_reason,
            "confidence": self.confidence,
            "model": self.model,
            "cost_nano_usd": self.cost_nano_usd,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "notes": list(self.notes),
        }

    def ending(self) -> list[Part]:
        """Return the parts that end the stream."""
        return stream.ending(self.facts(), self.timings, self.problem, self.run_status)


@dataclass(slots=True)
class Progress:
    """What a run has so far, for the final write however it ends.

    evidence: 0..100, how likely the passages answer the question at all; set for engines that do not say it themselves.
    """

    timings: Timings = field(default_factory=Timings)
    binder: SentenceBinder | None = None
    report: EngineReport | None = None
    evidence: float = 0.0


def final_answer(progress: Progress, *, status: str, problem: Problem | None, unfinished_documents: int) -> FinalAnswer:
    """Put together what is stored of an answer. status: completed, stopped or failed."""
    binder, report = progress.binder, progress.report
    sentences = binder.sentences if binder else []
    notes = list(report.notes) if report else []
    if binder and binder.dropped:
        notes.append(f"{binder.dropped} sentences were left out because no passage supports them.")
    if unfinished_documents:
        notes.append(f"{unfinished_documents} documents are still being read; the answer may miss them.")
    abstained = bool(report and (report.abstained or not sentences)) and status == "completed"
    reason = (report.reason or "no_evidence") if report and abstained else None
    return FinalAnswer(
        status={"completed": "complete", "stopped": "stopped"}.get(status, "failed"),
        run_status=status,
        text=binder.text if binder else "",
        sentences=tuple(sentences),
        abstained=abstained,
        abstention_reason=reason,
        confidence=_confidence(progress),
        model=report.model if report else None,
        prompt_version=report.prompt_version if report else None,
        cost_nano_usd=report.cost_nano_usd if report else None,
        input_tokens=report.input_tokens if report else None,
        output_tokens=report.output_tokens if report else None,
        timings=progress.timings,
        notes=tuple(notes),
        problem=problem,
    )


def broken_off_answer(parts: Sequence[Part], problem: Problem) -> FinalAnswer:
    """Return the answer that a log without an end holds: whole sentences only."""
    text = "".join(part["delta"] for part in parts if part["type"] == "text-delta")
    found = (Sentence.model_validate(part["data"]) for part in parts if part["type"] == "data-sentence")
    return FinalAnswer(
        status="failed", run_status="failed", text=text, sentences=tuple(s for s in found if s.span[1] <= len(text)),
        abstained=False, abstention_reason=None, confidence=0, model=None, prompt_version=None, cost_nano_usd=None,
        input_tokens=None, output_tokens=None, timings=Timings(), notes=(), problem=problem,
    )  # fmt: skip


def _confidence(progress: Progress) -> int:
    """The engine's own calibrated figure times the share of supported sentences, else the rule for models."""
    report, binder = progress.report, progress.binder
    if report is None:
        return 0
    verdicts = [Verdict(s.verdict) for s in binder.sentences] if binder else []
    verdicts += [Verdict.UNSUPPORTED] * (binder.dropped if binder else 0)
    if report.abstained or not verdicts:
        return round(report.confidence or 0)
    if report.confidence is None:
        return round(answer_confidence(verdicts, progress.evidence))
    return round(report.confidence * sum(v is not Verdict.UNSUPPORTED for v in verdicts) / len(verdicts))
