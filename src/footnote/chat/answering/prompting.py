"""What a chat model is told: a versioned prompt, the passages fenced as data, and the question."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from footnote.chat.passages import Passage
from footnote.llm.ports import ChatMessage

PROMPT_VERSION = "answer.v1"
"""Stored with every message that a model wrote; a changed prompt is a new file with a new number."""
_MARK = re.compile(r"<(?=\s*/?\s*passage)", re.IGNORECASE)


def answer_messages(question: str, passages: Sequence[Passage]) -> list[ChatMessage]:
    """Return the messages for one answer."""
    fenced = "\n\n".join(_fenced(passage) for passage in passages)
    return [
        ChatMessage("system", _prompt(PROMPT_VERSION)),
        ChatMessage("user", f"Passages:\n\n{fenced}\n\nQuestion: {question}"),
    ]


def _fenced(passage: Passage) -> str:
    """Return the passage between marks that nothing of the document, title and headings included, can contain."""
    where = _harmless(" › ".join([passage.title, *passage.heading_path])).replace('"', "'").replace("\n", " ")
    return f'<passage number="{passage.number}" from="{where}">\n{_harmless(passage.text)}\n</passage>'


def _harmless(text: str) -> str:
    return _MARK.sub("‹", text)


@cache
def _prompt(version: str) -> str:
    return (files(__package__) / "prompts" / f"{version}.md").read_text(encoding="utf-8").strip()
