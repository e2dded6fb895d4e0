"""From drafted to shown: each sentence is checked against its passages and the stored text, and bound to Sources."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from footnote.chat.checking.verification import CitationCheck
from footnote.chat.passages import Citation, DraftSentence, Passage, Reason, Verdict
from footnote.chat.schemas import Sentence
from footnote.documents.layout import PlacedWord, boxes_for_span
from footnote.documents.schemas import PageBoxOut, Source
from footnote.documents.service.storing import StoringService
from footnote.kit.geometry import PageBox, Span
from footnote.kit.ids import VersionId, new_id
from footnote.kit.principal import Principal

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PassageOrigin:
    """What a passage's Source says besides the quote."""

    filename: str
    title: str
    pages: tuple[int, ...]


class SentenceBinder:
    """Checks and numbers the sentences of one answer, in order; keeps the pages it has read."""

    def __init__(
        self,
        principal: Principal,
        storing: StoringService,
        check: CitationCheck,
        passages: Sequence[Passage],
        origins: Sequence[PassageOrigin],
        *,
        drop_unsupported: bool,
    ) -> None:
        self._principal = principal
        self._storing = storing
        self._check = check
        self._by_number = {passage.number: (passage, origin) for passage, origin in zip(passages, origins, strict=True)}
        self._drop = drop_unsupported
        self._texts: dict[str, str] = {}
        self._words: dict[tuple[VersionId, int], tuple[PlacedWord, ...]] = {}
        self._sources: dict[tuple[str, int, int], Source] = {}
        self.sentences: list[Sentence] = []
        self.text = ""
        self.dropped = 0

    async def bind(self, draft: DraftSentence) -> tuple[Sentence, str] | None:
        """Return the sentence as it may be shown and the text to append, or None when it is left out."""
        draft = replace(draft, text=_storable(draft.text), separator=_storable(draft.separator))
        if not draft.text:
            return None
        checked = await asyncio.to_thread(self._check.verify, draft)
        sources = await self._sources_of(checked.citations)
        verdict, reasons = checked.verdict, list(checked.reasons)
        if verdict is not Verdict.UNSUPPORTED and not sources:
            # The check found support in a passage that the stored text does not hold (any more).
            verdict, reasons = Verdict.UNSUPPORTED, [Reason.NOT_FOUND]
        if verdict is Verdict.UNSUPPORTED:
            sources = []
            if self._drop:
                self.dropped += 1
                return None
        separator = (draft.separator or " ") if self.text else ""
        start = len(self.text) + len(separator)
        self.text += separator + checked.text
        sentence = Sentence.model_validate(
            {
                "index": len(self.sentences),
                "span": (start, len(self.text)),
                "text": checked.text,
                "verdict": verdict.value,
                "reasons": [reason.value for reason in reasons],
                "sources": sources,
            }
        )
        self.sentences.append(sentence)
        return sentence, separator + checked.text

    async def _sources_of(self, citations: Sequence[Citation]) -> list[Source]:
        located = [
            (citation, citation.span, *self._by_number[citation.passage_number])
            for citation in citations
            if citation.span is not None and citation.passage_number in self._by_number
        ]
        await self._read_texts(passage for _, _, passage, _ in located)
        return [
            await self._source(passage, origin, span, citation.quote)
            for citation, span, passage, origin in located
            if citation.quote and self._texts[passage.version_id][span.start : span.end] == citation.quote
        ]

    async def _read_texts(self, passages: Iterable[Passage]) -> None:
        missing = {VersionId(passage.version_id) for passage in passages} - self._texts.keys()
        if missing:
            found = await self._storing.texts(self._principal, missing)
            self._texts.update({version_id: found.get(version_id, "") for version_id in missing})

    async def _source(self, passage: Passage, origin: PassageOrigin, span: Span, quote: str) -> Source:
        key = (passage.version_id, span.start, span.end)
        if key not in self._sources:
            boxes = await self._boxes(VersionId(passage.version_id), origin.pages, span)
            pages = sorted({box.page for box in boxes})
            self._sources[key] = Source.model_validate(
                {
                    "id": new_id("src"),
                    "number": len(self._sources) + 1,
                    "kind": "passage",
                    "status": "verified",
                    "document_id": passage.document_id,
                    "version_id": passage.version_id,
                    "chunk_id": passage.chunk_id,
                    "filename": origin.filename,
                    "title": origin.title,
                    "page": pages[0] if pages else None,
                    "pages": pages,
                    "boxes": [PageBoxOut.model_validate(box) for box in boxes],
                    "span": (span.start, span.end),
                    "quote": quote,
                }
            )
        return self._sources[key]

    async def _boxes(self, version_id: VersionId, pages: Sequence[int], span: Span) -> tuple[PageBox, ...]:
        if not pages:
            return ()
        # A sentence that a chunk's border cut may end on the next page.
        wanted = sorted({*pages, pages[-1] + 1, max(1, pages[0] - 1)})
        missing = [page for page in wanted if (version_id, page) not in self._words]
        if missing:
            found = await self._storing.words(self._principal, version_id, missing)
            self._words.update({(version_id, page): found.get(page, ()) for page in missing})
        return boxes_for_span({page: self._words[(version_id, page)] for page in wanted}, span)


def _storable(text: str) -> str:
    """Return the text without what no database stores: the character NUL, and halves of characters beyond 16 bits."""
    return _UNSTORABLE.sub("", text)
