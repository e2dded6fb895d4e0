"""The first hour with Footnote: from the sign-in link over a pile of files to an answer with footnotes."""

import re
import subprocess
import sys
from collections import defaultdict

import pytest
from tests.browser.acts import begin_question, row_of, send_question, shown_answer, sign_in
from tests.browser.chromium import Page
from tests.browser.conftest import OpenPage
from tests.conftest import MakeServer
from tests.factories.files import paged_pdf
from tests.support.client import Json
from tests.support.samples import PARKING_MARKDOWN, PARKING_QUESTION, leave_docx, scanned_letter
from tests.support.server import Server

pytestmark = pytest.mark.browser

PAGE_COUNT = 60
# The small file is first, so that it is ready while the report and the scan behind it still take their time.
PILE = {
    "parking.md": PARKING_MARKDOWN,
    "report.pdf": paged_pdf(PAGE_COUNT),
    "letter.pdf": scanned_letter(),
    "leave.docx": leave_docx(),
}
# Keeps every state that the list of documents was ever in, so that no count goes by unseen.
WATCH_THE_LIST = """(() => {
  window.seen = [];
  const look = () => window.seen.push([...document.querySelectorAll('[aria-label="Documents"] > li')].map((row) => row.innerText));
  new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true });
})()"""
COUNT = re.compile(r"(\w+): ([\d,]+) of ([\d,]+) (pages|chunks)")


def test_a_pile_of_files_becomes_answers_while_the_rest_is_still_read(
    start_server: MakeServer, open_page: OpenPage
) -> None:
    server = start_server()
    page, beside = open_page(refusals=(401,)), open_page()
    page.go(f"{server.url}/chat")
    page.screen.role("heading", "Sign in").wait()
    page.inspect("sign-in")
    page.go("about:blank")
    page.go(_link_from_the_terminal(server))
    page.screen.text("Nothing here yet").wait()
    assert "code" not in page.address, "the one-time code must not stay in the browser's history"
    page.inspect("library-empty")

    sign_in(beside, server)
    begin_question(beside)
    beside.screen.text("The library is empty.").wait()
    send_question(beside, PARKING_QUESTION)
    beside.screen.role("heading", "No answer found in the documents").wait()
    page.evaluate(WATCH_THE_LIST)
    page.drop(PILE)

    row_of(page, "parking.md").text("Ready").wait()
    beside.screen.text("still being processed; the answer may miss").wait()
    send_question(beside, PARKING_QUESTION)
    beside.screen.role("button", ": parking.md").nth(0).wait()
    assert "nine in the evening" in beside.screen.role("log").read()

    page.inspect("library-processing")
    for filename in PILE:
        row_of(page, filename).text("Ready", exact=True).wait()
    _assert_true_counts(page, server)
    page.inspect("library-ready")
    beside.screen.text("still being processed").wait_gone()
    assert all(sentence["sources"] for sentence in shown_answer(beside, server.client)["sentences"])


def _link_from_the_terminal(server: Server) -> str:
    printed = subprocess.run(
        [sys.executable, "-m", "footnote.cli.main", "sign-in"],
        env=server.environment(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return next(word for word in printed.split() if "/sign-in#code=" in word)


def _assert_true_counts(page: Page, server: Server) -> None:
    """What the list showed of the report's steps never went back and ended at what the server counted."""
    seen: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for rows in page.evaluate("window.seen"):
        for row in rows:
            for step, done, total, _ in COUNT.findall(row) if "report.pdf" in row else ():
                seen[step.lower()].append((int(done.replace(",", "")), int(total.replace(",", ""))))
    steps = {step["name"]: step for step in _job_of(server, "report.pdf")["steps"]}
    assert "embed" in seen, f"the report's steps were shown with counts: {dict(seen)}"
    for name, counts in seen.items():
        done = [count for count, _ in counts]
        assert done == sorted(done), f"{name} went back: {done}"
        assert {total for _, total in counts} == {steps[name]["total"]}
    assert steps["parse"]["total"] == PAGE_COUNT


def _job_of(server: Server, filename: str) -> Json:
    (document,) = (each for each in server.client.all("/documents") if each["filename"] == filename)
    return dict(document["job"])
