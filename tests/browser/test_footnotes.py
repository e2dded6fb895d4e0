"""Answers and the footnotes under them: what is opened lies where the server says that the passage stands."""

import pytest
from tests.browser.acts import ask, shown_answer
from tests.browser.chromium import Page
from tests.browser.conftest import Library, OpenPage
from tests.support.client import Json
from tests.support.samples import PUMP_PDF_FACT, PUMP_PDF_QUESTION

pytestmark = pytest.mark.browser

# The box is drawn a little larger than the words, and the browser rounds to whole pixels.
TOLERANCE_POINTS = 3.0


def test_a_footnote_opens_the_page_with_the_passage_boxed(library: Library, page: Page) -> None:
    ask(page, PUMP_PDF_QUESTION)
    answer = shown_answer(page, library.client)
    assert PUMP_PDF_FACT in page.screen.role("log").read()
    assert all(sentence["sources"] for sentence in answer["sentences"])
    marks = page.screen.css("button[data-source-id]")
    assert marks.count() == sum(len(sentence["sources"]) for sentence in answer["sentences"])
    page.inspect("answer")

    mark = page.screen.role("button", ": kestrel.pdf, page 2").nth(0)
    mark.hover()
    page.screen.text("The sentence stands word for word in the source.").wait()
    mark.click()
    source = _assert_boxed(library, page, answer, "kestrel.pdf")
    assert source["quote"].rstrip(".") == PUMP_PDF_FACT.rstrip(".")
    page.inspect("source-page")

    page.reload()
    _assert_boxed(library, page, answer, "kestrel.pdf")
    page.press("Escape")
    page.screen.role("complementary", "Source").wait_gone()


def test_a_footnote_of_a_scan_boxes_the_words_that_were_recognised(library: Library, page: Page) -> None:
    ask(page, "When will the bearings be delivered?")
    page.screen.role("button", ": letter.pdf, page 1").nth(0).click()
    source = _assert_boxed(library, page, shown_answer(page, library.client), "letter.pdf")
    assert "fourteenth of March" in source["quote"].replace("\n", " ")
    page.screen.text("This page is a scan; its text was recognised and may hold errors.").wait()
    page.inspect("source-scan")


@pytest.mark.parametrize(
    ("filename", "question", "words"),
    [
        ("leave.docx", "How many days of paid leave does an employee have?", "twenty-eight days of paid leave"),
        ("canteen.html", "When does the canteen serve lunch?", "from half past eleven until two"),
    ],
)
def test_a_source_without_pages_is_shown_as_text_with_its_words_marked(
    library: Library, page: Page, filename: str, question: str, words: str
) -> None:
    ask(page, question)
    page.screen.role("button", f": {filename}").nth(0).click()
    page.screen.role("region", f"Text of {filename}").wait()
    source = _source_of(shown_answer(page, library.client), filename)
    page.screen.css("mark").nth(0).wait()
    marked = "".join(page.screen.css("mark").read_all())
    assert words in marked
    assert marked == source["quote"]
    page.inspect(f"source-{filename.partition('.')[2]}")


def test_a_question_the_documents_do_not_answer_is_shown_as_such(library: Library, page: Page) -> None:
    ask(page, "Which emperor of Mongolia serviced the pump?")
    page.screen.role("heading", "No answer found in the documents").wait()
    assert shown_answer(page, library.client)["abstained"]
    page.screen.text("Searched: all collections.").wait()
    page.screen.role("button", "Show the closest passages").click()
    page.screen.role("list", "Closest passages").role("link").nth(0).wait()
    page.inspect("abstention")


def test_the_details_of_an_answer_name_the_model_and_the_times(page: Page) -> None:
    ask(page, PUMP_PDF_QUESTION)
    page.screen.role("button", "Details").click()
    page.screen.text("local engine, quotes only").wait()
    page.screen.text("Retrieve", exact=True).wait()
    page.inspect("answer-details")


def test_a_link_to_a_passage_without_its_page_finds_the_page(library: Library, page: Page) -> None:
    document = library.documents["kestrel.pdf"]
    text = library.client.get(f"/documents/{document['id']}/text")["text"]
    start = text.index(PUMP_PDF_FACT)
    page.go(f"{library.server.url}/documents/{document['id']}?start={start}&end={start + len(PUMP_PDF_FACT)}")
    page.screen.role("region", "Page 2 of kestrel.pdf").wait()
    page.screen.css("[data-testid=passage-box]").nth(0).wait()
    page.inspect("document")


def test_on_a_phone_the_page_covers_the_answer_and_gives_it_back(library: Library, open_page: OpenPage) -> None:
    page = open_page(phone=True)
    page.go(library.client.post("/session/links")["url"])
    page.screen.role("heading", "Library").wait()
    ask(page, PUMP_PDF_QUESTION)
    page.screen.role("button", ": kestrel.pdf, page 2").nth(0).click()
    page.screen.role("dialog", "Footnote").wait()
    _assert_boxed(library, page, shown_answer(page, library.client), "kestrel.pdf")
    page.screen.role("button", "Close the source").click()
    page.screen.role("dialog", "Footnote").wait_gone()
    page.screen.text(PUMP_PDF_FACT.partition(" ")[2]).nth(0).wait()


def _source_of(answer: Json, filename: str) -> Json:
    found = [source for sentence in answer["sentences"] for source in sentence["sources"]]
    return next(source for source in found if source["filename"] == filename)


def _assert_boxed(library: Library, page: Page, answer: Json, filename: str) -> Json:
    """The boxes on the screen are the source's own, scaled to the page's image, and hold the words of the quote."""
    source = _source_of(answer, filename)
    number = source["page"]
    facts = library.client.get(f"/documents/{source['document_id']}/pages/{number}", version=source["version_id"])
    image = page.screen.role("img", f"Page {number}", exact=True)
    drawn_boxes = page.screen.css("[data-testid=passage-box]")
    drawn_boxes.nth(0).wait()
    sheet = image.box()
    scale = sheet["width"] / facts["width"]
    assert sheet["height"] / facts["height"] == pytest.approx(scale, rel=0.01), "the page is not stretched"
    expected = [box for box in source["boxes"] if box["page"] == number]
    assert drawn_boxes.count() == len(expected) > 0
    for position, box in enumerate(expected):
        drawn = drawn_boxes.nth(position).box()
        left, top = (drawn["x"] - sheet["x"]) / scale, (drawn["y"] - sheet["y"]) / scale
        right, bottom = left + drawn["width"] / scale, top + drawn["height"] / scale
        edges = (box["x0"], box["y0"], box["x1"], box["y1"])
        assert (left, top, right, bottom) == pytest.approx(edges, abs=TOLERANCE_POINTS)
    assert source["quote"].split() == _words_inside(facts["words"], expected, len(source["quote"].split()))
    return source


def _words_inside(words: list[Json], boxes: list[Json], count: int) -> list[str]:
    """The words of the page whose middle lies in one of the boxes, in reading order."""

    def is_inside(word: Json) -> bool:
        x = (word["box"]["x0"] + word["box"]["x1"]) / 2
        y = (word["box"]["y0"] + word["box"]["y1"]) / 2
        return any(box["x0"] <= x <= box["x1"] and box["y0"] <= y <= box["y1"] for box in boxes)

    found = [word["text"] for word in words if is_inside(word)]
    # A quote leaves the full stop behind that the page's last word carries.
    return [*found[:-1], found[-1].rstrip(".")] if found and len(found) == count else found
