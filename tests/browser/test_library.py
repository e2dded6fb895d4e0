"""The library's screens: refusing, failing, retrying, renaming, deleting with a receipt."""

import pytest
from tests.browser.acts import ask, row_of
from tests.browser.chromium import Page
from tests.browser.conftest import Library, OpenPage
from tests.factories.files import truncated_pdf
from tests.support.samples import ARCHIVE_TEXT

pytestmark = pytest.mark.browser


def test_a_file_that_cannot_be_read_says_why_and_can_be_tried_again(library: Library, page: Page) -> None:
    page.drop({"torn.pdf": truncated_pdf()})
    row = row_of(page, "torn.pdf")
    row.text("Failed", exact=True).wait()
    (document,) = library.client.all("/documents", q="torn.pdf")
    assert document["error"]["message"] in row.read()
    assert document["error"]["code"] in row.read()
    page.inspect("library-failed")

    row.role("button", "Retry torn.pdf").click()
    library.client.job_settled(document["job"]["id"])
    row.text("Failed", exact=True).wait()
    page.screen.role("link", "torn.pdf").click()
    page.screen.role("heading", "This file could not be read").wait()
    page.inspect("document-failed")
    library.client.delete(f"/documents/{document['id']}")


def test_a_program_is_not_taken_and_the_same_file_again_changes_nothing(open_page: OpenPage, library: Library) -> None:
    page = open_page(refusals=(415,))
    page.go(library.client.post("/session/links")["url"])
    page.screen.role("heading", "Library").wait()
    known = library.documents["parking.md"]
    content = library.client.call("GET", f"/documents/{known['id']}/file").content
    page.drop({"setup.exe": b"MZ\x90\x00" + bytes(200), "parking.md": content})
    uploads = page.screen.role("region", "Uploads")
    uploads.text("Already in the library with the same content").wait()
    uploads.text("Not taken:").wait()
    page.inspect("library-refused")
    assert library.client.document(known["id"])["version_count"] == 1


def test_a_deleted_document_leaves_a_receipt_and_its_footnotes_are_withdrawn(library: Library, page: Page) -> None:
    page.drop({"archive.txt": ARCHIVE_TEXT})
    row_of(page, "archive.txt").text("Ready", exact=True).wait()
    ask(page, "How long are paper files kept?")
    page.screen.role("button", ": archive.txt").nth(0).wait()
    conversation = page.address
    page.screen.role("link", "Library", exact=True).nth(0).click()

    page.screen.role("button", "More for archive.txt").click()
    page.screen.role("menuitem", "Delete").click()
    page.screen.role("button", "Delete for good").wait()
    page.inspect("delete")
    page.screen.role("button", "Delete for good").click()
    receipt = page.screen.role("dialog").role("status")
    receipt.text("withdrawn footnote").wait()
    told = " ".join(receipt.read().split())
    assert all(count in told for count in ("1 version", "1 chunk", "1 vector"))
    page.inspect("receipt")
    # By selector, since what lies behind a dialog has no role. The receipt outlives the row it was asked for in.
    page.screen.css('[aria-label="Documents"] > li').having("archive.txt").wait_gone()
    page.screen.role("button", "Done").click()

    page.go(conversation)
    page.screen.role("button", "withdrawn").nth(0).click()
    page.screen.role("heading", "This source was withdrawn").wait()
    page.inspect("source-withdrawn")


def test_the_list_is_narrowed_by_name_and_says_when_nothing_matches(page: Page) -> None:
    page.screen.label("Find by name").fill("kestrel")
    row_of(page, "leave.docx").wait_gone()
    row_of(page, "kestrel.pdf").wait()
    page.screen.label("Find by name").fill("nothing is called this")
    page.screen.role("heading", "No document matches").wait()
    page.inspect("library-no-match")
    page.screen.role("button", "Clear the filter").click()
    row_of(page, "leave.docx").wait()


def test_on_a_phone_a_document_and_its_details_take_turns(library: Library, open_page: OpenPage) -> None:
    page = open_page(phone=True)
    page.go(library.client.post("/session/links")["url"])
    page.screen.role("link", "parking.md").click()
    text = page.screen.role("region", "Text of parking.md")
    details = page.screen.role("complementary", "Details")
    text.wait()
    details.wait_gone()
    page.screen.css("label").having("Details").click()
    details.wait()
    text.wait_gone()


def test_a_document_tells_its_steps_and_keeps_a_new_title(library: Library, page: Page) -> None:
    page.screen.role("link", "leave.docx").click()
    steps = page.screen.role("list", "Steps")
    steps.wait()
    for step in ("Parse", "Structure", "Chunk", "Embed", "Index"):
        steps.text(step, exact=True).wait()
    page.screen.label("Title").fill("Leave and absence")
    page.screen.role("button", "Save the title").click()
    page.screen.role("heading", "Leave and absence").wait()
    page.inspect("document-details")
    document_id = library.documents["leave.docx"]["id"]
    assert library.client.document(document_id)["title"] == "Leave and absence"
    library.client.patch(f"/documents/{document_id}", {"title": ""})
