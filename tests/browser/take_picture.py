"""Takes the README's picture from a real server with the example library: `python -m tests.browser.take_picture`."""

import tempfile
from pathlib import Path

from tests.browser.acts import ask, sign_in
from tests.browser.chromium import ROOT, chromium
from tests.support.server import Server, running

TARGET = ROOT / "docs" / "images" / "answer.png"
# The last one is the one shown; those before stand in the list of conversations.
QUESTIONS = (
    "Can I machine magnesium on the Heron 180?",
    "How long is the warranty?",
    "At which pitches can I close the half nuts anywhere?",
)


def main() -> None:
    """Ask the questions, open the first footnote of the last answer, and keep the screen."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Server(Path(folder) / "data")) as server,
        chromium() as browser,
    ):
        client = server.client
        examples = sorted((ROOT / "examples" / "library").iterdir())
        sent = [client.upload(path.name, path.read_bytes())["document"]["id"] for path in examples]
        for document_id in sent:
            client.settled(document_id)
        page = browser.open(colorScheme="light")
        sign_in(page, server)
        for question in QUESTIONS:
            ask(page, question)
        page.screen.role("button", "Footnote 1:").nth(0).click()
        page.screen.css("[data-testid=passage-box]").nth(0).wait()
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        page.picture(TARGET)
        page.close()


if __name__ == "__main__":
    main()
