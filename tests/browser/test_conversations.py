"""Conversations and the session: kept, renamed, deleted, left."""

import pytest
from tests.browser.acts import ask
from tests.browser.chromium import Page
from tests.browser.conftest import Library, OpenPage
from tests.support.samples import PARKING_QUESTION

pytestmark = pytest.mark.browser


def test_a_conversation_is_renamed_and_deleted(library: Library, page: Page) -> None:
    ask(page, PARKING_QUESTION)
    conversations = page.screen.role("navigation", "Conversations")
    conversations.role("button", f"More for the conversation {PARKING_QUESTION}").nth(0).click()
    page.screen.role("menuitem", "Rename").click()
    page.screen.role("dialog").label("Title").fill("Barrier of the depot")
    page.inspect("conversation-rename")
    page.press("Enter")
    page.screen.role("heading", "Barrier of the depot").wait()

    conversations.role("button", "More for the conversation Barrier of the depot").click()
    page.screen.role("menuitem", "Delete").click()
    page.screen.role("button", "Delete for good").click()
    page.screen.role("heading", "New question").wait()
    conversations.role("link", "Barrier of the depot").wait_gone()
    assert "Barrier of the depot" not in [each["title"] for each in library.client.all("/conversations")]
    page.inspect("new-question")


def test_a_used_sign_in_link_says_how_to_get_a_new_one(library: Library, open_page: OpenPage) -> None:
    link = library.client.post("/session/links")["url"]
    first, second = open_page(), open_page(refusals=(401,))
    first.go(link)
    first.screen.role("heading", "Library").wait()
    second.go(link)
    second.screen.role("heading", "This sign-in link no longer works").wait()
    second.screen.text("footnote sign-in", exact=True).wait()
    second.inspect("sign-in-refused")


def test_signing_out_leaves_nothing_to_be_seen(library: Library, open_page: OpenPage) -> None:
    page = open_page(refusals=(401,))
    page.go(library.client.post("/session/links")["url"])
    page.screen.text("kestrel.pdf").nth(0).wait()
    page.screen.role("button", "Sign out").click()
    page.screen.role("heading", "Sign in").wait()
    page.go(f"{library.server.url}/library")
    page.screen.role("heading", "Sign in").wait()
    assert page.screen.text("kestrel.pdf").count() == 0


def test_on_a_phone_the_menu_leads_everywhere(library: Library, open_page: OpenPage) -> None:
    page = open_page(phone=True)
    page.go(library.client.post("/session/links")["url"])
    page.screen.role("heading", "Library").wait()
    page.screen.role("button", "Open the menu").click()
    menu = page.screen.role("dialog")
    menu.role("navigation", "Main").wait()
    page.inspect("menu-on-a-phone")
    menu.role("link", "New question").click()
    page.screen.role("heading", "New question").wait()
    assert page.screen.role("dialog").count() == 0
