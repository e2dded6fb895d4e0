"""What a stretch of a document's text is made of: sentences, items, rows, and the labels over them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.chat.answering.selection.pieces import Piece, Role, cells_of, read_pieces

TABLE = (
    "2 Hotels\n\nRooms are booked by the office.\n\nTable 2: Limits per night\n\nPlace | Limit | At fairs\n"
    "Cork | 165 | 210\nBonn, Trier | 130 | 240\nPorto | 100 | 135\n\nThe rest is paid by the traveller."
)


def read(text: str, **options: bool) -> list[tuple[str, Piece]]:
    pieces = read_pieces(text, is_start=options.get("is_start", True))
    return [(text[p.span.start : p.span.end], p) for p in pieces]


def roles(text: str) -> dict[str, Role]:
    return {words: piece.role for words, piece in read(text)}


def test_a_table_has_a_head_rows_and_the_caption_above_it() -> None:
    pieces = read(TABLE)
    (head,) = [n for n, (_, p) in enumerate(pieces) if p.role is Role.TABLE_HEAD]
    rows = [p for _, p in pieces if p.role is Role.ROW]
    assert pieces[head][0] == "Place | Limit | At fairs"
    assert [row.head for row in rows] == [head] * 3
    assert [pieces[n][0] for n in pieces[head][1].labels] == ["Table 2: Limits per night"]


def test_headings_and_captions_are_labels_and_sentences_are_not() -> None:
    found = roles(TABLE)
    assert found["2 Hotels"] is Role.LABEL
    assert found["Table 2: Limits per night"] is Role.LABEL
    assert found["Rooms are booked by the office."] is Role.SENTENCE


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Figure 6: Speed against diameter.\n\nIt falls.", Role.LABEL),
        ("Third quarter. A strike closed the port for two weeks.", Role.LABEL),
        ("Telephone: 040 66969 399\n\nCall us.", Role.SENTENCE),
        ("• laundry from the sixth night\n• visas", Role.ITEM),
        ("Annual report 2024 The year at a glance in words and in figures\n\nIt was good.", Role.LABEL),
    ],
)
def test_the_first_piece_is_told_by_its_writing(text: str, role: Role) -> None:
    assert read(text)[0][1].role is role


def test_a_heading_known_from_the_outline_is_a_label_whatever_it_looks_like() -> None:
    text = "1. Who may travel\n\nEverybody may."
    (first, _) = read_pieces(text, is_start=True, headings=["1. Who may travel"])
    assert first.role is Role.LABEL


def test_the_first_row_in_sight_of_a_cut_table_is_not_its_head() -> None:
    text = "Bonn | 130 | 240\nPorto | 100 | 135\nCork | 165 | 210"
    assert {p.role for p in read_pieces(text, is_start=False)} == {Role.ROW}


def test_a_table_that_begins_with_figures_like_all_its_rows_has_no_head() -> None:
    assert set(roles("Bonn | 130\nPorto | 100\nCork | 165").values()) == {Role.ROW}


def test_a_cell_over_the_whole_first_row_is_the_caption() -> None:
    pieces = read("Table 1: Core hours |  | \nTeam | From | To\nGears | 7:00 | 13:00\nOffice | 9:00 | 15:00")
    assert [p.role for _, p in pieces] == [Role.LABEL, Role.TABLE_HEAD, Role.ROW, Role.ROW]


def test_items_know_the_line_that_leads_in_their_list() -> None:
    pieces = read("They have two goals:\n\n• close the doors. Noise must fall;\n• use less sand.\n\nBoth cost money.")
    assert [p.role for _, p in pieces] == [Role.LABEL, Role.ITEM, Role.SENTENCE, Role.ITEM, Role.SENTENCE]
    assert [p.head for _, p in pieces] == [None, 0, None, 0, None]
    assert [p.group for _, p in pieces] == [None, 1, 1, 1, None]


@given(st.text(alphabet="ab1.:|-• \n", max_size=200), st.booleans())
def test_pieces_are_in_order_and_hold_every_visible_character(text: str, is_start: bool) -> None:
    pieces = read_pieces(text, is_start=is_start)
    ends = [0]
    for piece in pieces:
        assert not text[ends[-1] : piece.span.start].strip()
        assert piece.span.start >= ends[-1]
        ends.append(piece.span.end)
    assert not text[ends[-1] :].strip()
    for piece in pieces:
        assert all(n is None or 0 <= n < len(pieces) for n in (piece.head, piece.group, *piece.labels))


def test_an_empty_cell_keeps_its_column() -> None:
    assert cells_of("Cork |  | 210") == ["Cork", "", "210"]
