"""Measures the local engine on lookups in real tables: does it quote the row that is asked for, and its head?

python -m benchmarks.answers.table_lookups

The tables are those of the ICDAR 2013 competition (`tables/icdar2013-eu`), by their annotated cells, written as the
product writes tables. Questions are made by rule ("What is the <column> of <row>?"), so the figures say whether rows
and columns are told apart, not how well free wording is understood. Nothing is fitted on them.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.retrieval.datasets import data_folder
from footnote.chat.answering.local_engine import LocalEngine
from footnote.chat.passages import Passage
from footnote.kit.geometry import Span

_PASSAGE_CHARACTERS = 1_000
_CONTEXT_CHARACTERS = 300
_MOST_PASSAGES = 12
_PER_TABLE = 6
_ENGLISH = "en"
_LABEL = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"[-−]?\d[\d.,\s]*%?")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first row being the head; document: what file it is from."""

    document: str
    rows: Sequence[Sequence[str]]

    @property
    def lines(self) -> list[str]:
        """The rows as they stand in a version's text."""
        return [" | ".join(row) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question for one cell; row: the line that holds it."""

    question: str
    table: Table
    row: str


def read_tables(folder: Path) -> list[Table]:
    """Return the annotated tables with a one-line head: all its cells filled but, at most, the first."""
    tables = []
    for path in sorted(folder.glob("*-str.xml")):
        annotated = ElementTree.parse(path)  # noqa: S314 - a published set, read only for measuring
        for region in annotated.getroot().iter("table"):
            rows = _rows(region)
            if len(rows) > 2 and len(rows[0]) > 1 and all(rows[0][1:]):
                tables.append(Table(path.name, rows))
    return tables


def lookups(tables: Sequence[Table]) -> Iterator[Lookup]:
    """Yield the same questions each time: rows by a label that is theirs alone, columns of numbers by their name."""
    rng = random.Random(7)
    for table in tables:
        labels = [row[0].casefold() for row in table.rows]
        names = [name.casefold() for name in table.rows[0]]
        fitting = [
            (row, column)
            for row in range(1, len(table.rows))
            for column in range(1, len(names))
            if _LABEL.search(labels[row]) and labels.count(labels[row]) == 1 and len(labels[row]) < 60
            if _LABEL.search(names[column]) and names.count(names[column]) == 1
            if _NUMBER.fullmatch(table.rows[row][column])
        ]
        for row, column in rng.sample(fitting, min(_PER_TABLE, len(fitting))):
            question = f"What is the {table.rows[0][column]} of {table.rows[row][0]}?"
            yield Lookup(question, table, table.lines[row])


def passages_of(tables: Sequence[Table]) -> list[Passage]:
    """Return the tables cut into passages between rows, each with some text around it, all equally good."""
    passages: list[Passage] = []
    for table in tables:
        text = "\n".join(table.lines)
        start = 0
        while start < len(text):
            end = (
                text.rfind("\n", start, start + _PASSAGE_CHARACTERS) if len(text) - start > _PASSAGE_CHARACTERS else -1
            )
            end = end if end > start else len(text)
            version = f"{table.document}:{id(table)}"
            number = len(passages) + 1
            passages.append(
                Passage(
                    number, f"c{number}", version, version, "", (), text[start:end], Span(start, end), 1.0,
                    language=_ENGLISH, before=text[max(0, start - _CONTEXT_CHARACTERS) : start],
                    after=text[end : end + _CONTEXT_CHARACTERS],
                )
            )  # fmt: skip
            start = end + 1
    return passages


def main() -> None:
    """Print the shares of questions whose row is quoted, and quoted right under its table's head."""
    tables = read_tables(data_folder() / "tables" / "icdar2013-eu")
    engine = LocalEngine()
    asked = found = under_head = alone = 0
    for lookup in lookups(tables):
        others = [table for table in tables if table.document != lookup.table.document]
        chosen = [lookup.table, *random.Random(asked).sample(others, 3)]
        answer = engine.answer(lookup.question, passages_of(chosen)[:_MOST_PASSAGES], language=_ENGLISH)
        texts = [sentence.text for sentence in answer.sentences]
        row, head = lookup.row.strip(), lookup.table.lines[0].strip()
        asked += 1
        found += row in texts[:2]
        under_head += row in texts[1:] and texts[texts.index(row) - 1] == head
        alone += bool(texts) and not any(" | " in text and text != head for text in texts) and head in texts
    print(f"tables {len(tables)}, questions {asked}")
    print(f"row in the first two sentences {found / asked:.3f}")
    print(f"row right under its head {under_head / asked:.3f}")
    print(f"head quoted without any row {alone / asked:.3f}")


def _rows(table: ElementTree.Element) -> list[list[str]]:
    cells: dict[tuple[int, int], str] = {}
    for region in table.iter("region"):
        down, right = int(region.get("row-increment", 0)), int(region.get("col-increment", 0))
        for cell in region.iter("cell"):
            place = int(cell.get("start-row", 0)) + down, int(cell.get("start-col", 0)) + right
            cells[place] = " ".join((cell.findtext("content") or "").split())
    if not cells:
        return []
    height, width = (max(place[axis] for place in cells) + 1 for axis in (0, 1))
    return [[cells.get((row, column), "") for column in range(width)] for row in range(height)]


if __name__ == "__main__":
    main()
