"""What people do on the page, as the tests call it."""

from tests.browser.chromium import Locator, Page
from tests.support.client import Client, Json
from tests.support.server import Server


def sign_in(page: Page, server: Server) -> None:
    """Open a fresh one-time link."""
    page.go(server.client.post("/session/links")["url"])
    page.screen.role("heading", "Library").wait()


def begin_question(page: Page) -> None:
    """Go to the screen of a new question."""
    page.screen.role("link", "New question").nth(0).click()
    page.screen.role("heading", "New question").wait()


def send_question(page: Page, question: str) -> None:
    """Type a question and send it."""
    page.screen.label("Your question").fill(question)
    page.screen.role("button", "Ask", exact=True).click()


def ask(page: Page, question: str) -> None:
    """Ask in a new conversation and wait until the answer is whole."""
    begin_question(page)
    send_question(page, question)
    page.screen.role("button", "Details").wait()


def shown_answer(page: Page, client: Client) -> Json:
    """Return, as the server stored it, the last answer of the conversation that the page shows."""
    conversation_id = page.address.partition("/chat/")[2].partition("?")[0]
    return dict(client.all(f"/conversations/{conversation_id}/messages")[-1])


def row_of(page: Page, filename: str) -> Locator:
    """The file's row in the library."""
    return page.screen.role("list", "Documents").role("listitem").having(filename)
