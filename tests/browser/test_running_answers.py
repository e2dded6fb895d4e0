"""Answers while a model writes them: shown sentence by sentence, resumed after a reload, stopped for good."""

from collections.abc import Iterator

import pytest
from tests.browser.acts import begin_question, send_question, shown_answer, sign_in
from tests.browser.chromium import Page
from tests.browser.conftest import OpenPage
from tests.support.fake_openai import Behaviour, FakeOpenAI, fake_openai
from tests.support.samples import PARKING_MARKDOWN, PUMP_PDF_QUESTION, pump_pdf
from tests.support.server import Server, running
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

FIRST = "The operating pressure of the Kestrel pump is 6.4 bar"
SECOND = "The flow must never fall below twelve litres a minute"
ANSWER = f"{FIRST} [1]. {SECOND} [1]. The Kestrel pump moves cooling water in closed loops [2]."
# The model falls silent in the second sentence, so that the first alone is whole.
INSIDE_SECOND = len(FIRST.split()) + 3


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with fake_openai() as found:
        yield found


@pytest.fixture(scope="module")
def server(model: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose answers the scripted model writes, with one manual in it."""
    settings = {name.upper(): value for name, value in model.settings().items()}
    with running(Server(tmp_path_factory.mktemp("browser-model") / "data", None, settings)) as found:
        found.client.add("kestrel.pdf", pump_pdf())
        found.client.add("parking.md", PARKING_MARKDOWN)
        yield found


@pytest.fixture
def asking(server: Server, open_page: OpenPage, model: FakeOpenAI) -> Page:
    """A page at a new question, before a model that has forgotten earlier tests."""
    model.released.clear()
    model.hung_up.clear()
    page = open_page()
    sign_in(page, server)
    begin_question(page)
    return page


def test_a_reload_in_the_middle_of_an_answer_goes_on_where_it_was(
    asking: Page, model: FakeOpenAI, server: Server
) -> None:
    model.behaviour = Behaviour(answer=ANSWER, hang_after=INSIDE_SECOND)
    send_question(asking, PUMP_PDF_QUESTION)
    asking.screen.text(FIRST.rpartition(" ")[0]).nth(0).wait()
    asking.inspect("answer-streaming")
    asking.reload()
    asking.screen.role("button", "Footnote 1:").nth(0).wait()
    model.released.set()
    asking.screen.role("button", "Details").wait()
    log = asking.screen.role("log").read()
    assert log.count(FIRST.rpartition(" ")[0]) == 2, "once in the text and once below it as a footnote's quote"
    assert "closed loops" in log
    answer = shown_answer(asking, server.client)
    assert answer["status"] == "complete"
    assert all(sentence["sources"] for sentence in answer["sentences"])


def test_stopping_ends_the_model_and_keeps_what_was_checked(asking: Page, model: FakeOpenAI, server: Server) -> None:
    model.behaviour = Behaviour(answer=ANSWER, hang_after=INSIDE_SECOND)
    send_question(asking, PUMP_PDF_QUESTION)
    asking.screen.role("button", "Footnote 1:").nth(0).wait()
    asking.screen.role("button", "Stop the answer").click()
    asking.screen.text("Stopped. What was checked until then is kept.").wait()
    wait_for(model.hung_up.is_set, "the call to the model to be hung up")
    answer = shown_answer(asking, server.client)
    assert answer["status"] == "stopped"
    assert answer["text"].startswith(FIRST)
    asking.inspect("answer-stopped")


def test_a_sentence_that_no_passage_supports_is_marked(asking: Page, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=f"{FIRST.replace('6.4', '9.4')} [1]. {SECOND} [1].")
    send_question(asking, PUMP_PDF_QUESTION)
    asking.screen.text("not supported by a source").wait()
    asking.screen.text("1 sentence has no source.").wait()
    asking.inspect("answer-unsupported")


def test_a_row_of_a_table_stands_apart_from_the_prose_around_it(asking: Page, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(
        answer="Lorry | 11 euros [1]. Visitors park on the gravel square behind the weighbridge [1]."
    )
    send_question(asking, "What fee does a lorry pay?")
    asking.screen.role("button", "Details").wait()
    asking.inspect("answer-table")
    row, prose = (asking.screen.role("log").text(text).nth(0).box() for text in ("11 euros", "Visitors park"))
    assert prose["y"] >= row["y"] + row["height"] - 1
    asking.screen.role("button", ": parking.md").nth(0).click()
    asking.screen.css("mark").nth(0).wait()
    assert "|" not in asking.screen.role("region", "Text of parking.md").read()
    asking.inspect("source-table")


def test_an_answer_that_breaks_off_says_why_and_can_be_asked_again(asking: Page, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(answer=ANSWER, cut_after=INSIDE_SECOND)
    send_question(asking, PUMP_PDF_QUESTION)
    again = asking.screen.role("button", "Ask again")
    again.wait()
    asking.inspect("answer-failed")
    model.behaviour = Behaviour(answer=ANSWER)
    again.click()
    asking.screen.role("button", "Details").nth(1).wait()
    assert "closed loops" in asking.screen.role("log").read()


def test_without_its_model_an_answer_is_quoted_and_says_so(asking: Page, model: FakeOpenAI) -> None:
    model.behaviour = Behaviour(status=401)
    send_question(asking, PUMP_PDF_QUESTION)
    asking.screen.text("The answer was quoted from the documents without a model.").wait()
    asking.inspect("answer-without-model")
