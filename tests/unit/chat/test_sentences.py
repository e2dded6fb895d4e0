"""Where sentences end, in several languages and on untidy text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.chat.sentences import split_sentences, trimmed


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end].strip() for s in split_sentences(text)]


@given(st.text(st.sampled_from("ab A.!?\n\t|-[]1234\"'()…。؟، é\u00a0•"), max_size=120) | st.text(max_size=80))
def test_spans_partition_the_text(text: str):
    spans = split_sentences(text)
    assert "".join(text[s.start : s.end] for s in spans) == text
    assert all(s.start < s.end for s in spans)
    assert all(a.end == b.start for a, b in pairwise(spans))


@given(st.text(max_size=60))
def test_trimmed_spans_hold_the_same_words(text: str):
    for span in split_sentences(text):
        inner = trimmed(text, span)
        assert text[inner.start : inner.end] == text[span.start : span.end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "Dr. J. R. Smith paid $3.50 to Acme Inc. in the U.S. South.",
        "Am 3. Mai 1999 begann im 19. Jahrhundert, z.B. hier, etwas Neues.",
        "El Sr. García compró 1.000 acciones, p.ej. en EE.UU. y Francia.",
        "M. Dupont et Mme. Durand sont arrivés vers 3.30 h.",
        "See Fig. 3 and pp. 12-14, e.g. the table.",
        '"Really?" he asked.',
    ],
)
def test_points_inside_a_sentence_do_not_end_it(text: str):
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It ended in 1999. The next began.", 2),
        ("Platz 3. Das Team verlor.", 2),
        ("كيف حالك؟ أنا بخير، شكراً.", 2),
        ("今天天气好。我们去吧！好", 3),
        ("¿Cuándo? En mayo.", 2),
        ("The end.[1] It goes on.", 2),
        ("the end of it.The next one.", 2),
    ],
)
def test_sentence_ends_are_found(text: str, parts: int):
    assert len(sentences(text)) == parts


def test_footnote_marker_stays_with_the_sentence_before_it():
    assert sentences("It rained. [2] It stopped.") == ["It rained. [2]", "It stopped."]


def test_table_rows_and_list_items_are_sentences_of_their_own():
    assert sentences("Name | Age\nBob | 3\n\n- first item\n- second item") == [
        "Name | Age",
        "Bob | 3",
        "- first item",
        "- second item",
    ]


def test_lines_wrapped_by_the_page_stay_in_one_sentence():
    assert len(sentences("The text of this page is\nwrapped by its width and goes\non to the end here.")) == 1


def test_endless_text_is_cut_at_semicolons():
    assert max(map(len, sentences("some words without an end; " * 100))) <= 700
