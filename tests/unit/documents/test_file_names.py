"""What remains of the name that a sender gave a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.documents.service.uploads import clean_filename
from footnote.kit.errors import InvalidInput


@given(st.text(max_size=60))
def test_a_clean_name_is_printable_and_no_path_whatever_was_sent(sent: str) -> None:
    try:
        name = clean_filename(sent)
    except InvalidInput:
        return
    assert name.isprintable()
    assert "/" not in name
    assert "\\" not in name
    assert name not in ("", ".", "..")
    assert name == name.strip()
    assert clean_filename(name) == name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a/b/c.txt", "c.txt"),
        ("C:\\x\\y.txt", "y.txt"),
        ("/etc/passwd", "passwd"),
        (" a .txt", "a .txt"),
        ("a\u202eb.txt", "ab.txt"),
    ],
)
def test_the_last_part_is_kept(sent: str, kept: str) -> None:
    assert clean_filename(sent) == kept


@pytest.mark.parametrize("sent", ["", "/", "..", "a/..", "\x00", "  ", "\n"])
def test_a_name_of_nothing_is_refused(sent: str) -> None:
    with pytest.raises(InvalidInput):
        clean_filename(sent)
