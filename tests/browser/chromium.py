"""A headless Chromium for the tests: Playwright's page and locators, driven over a pipe.

The Python package of Playwright brings a browser and a Node of its own; the web app has `playwright-core` and a Node
already, so `web/testing/driver.ts` drives Chromium with those and obeys one JSON command a line.
"""

import base64
import json
import mimetypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "screenshots"
DESKTOP = {"width": 1360, "height": 860}
PHONE = {"width": 390, "height": 844}
_PATIENCE_SECONDS = 90


class BrowserMissing(Exception):
    """This machine lacks something that the browser tests drive or are driven by."""


class PageError(AssertionError):
    """What was asked of the page could not be done; the message is Playwright's."""


@dataclass(slots=True)
class Browser:
    """The running browser, at the other end of the driver's pipe."""

    driver: "subprocess.Popen[str]"

    def open(self, *, phone: bool = False, refusals: tuple[int, ...] = (), **options: Any) -> "Page":
        """Open a page as a visitor of its own, with no cookie yet.

        phone: a small screen with touch instead of a desktop. refusals: HTTP statuses that this visit is meant to meet;
        Chromium writes each to the console as an error.
        """
        context = {"viewport": PHONE, "hasTouch": True, "isMobile": True} if phone else {"viewport": DESKTOP}
        number = self.send({"do": "open", "options": {**context, **options}, "patience": 1000 * _PATIENCE_SECONDS})
        return Page(self, number, refusals)

    def send(self, command: Mapping[str, Any]) -> Any:
        """Have one command obeyed and return its value; PageError with the reason when it could not be."""
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.driver.stdin.write(json.dumps(command) + "\n")
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        assert line, "the browser's driver has ended; its last words are above"
        reply = json.loads(line)
        if "error" in reply:
            raise PageError(reply["error"])
        return reply["value"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser for the block; BrowserMissing names what this machine lacks."""
    node, binary = _node(), _chromium()
    driver = subprocess.Popen(
        [node, "testing/driver.ts", binary],
        cwd=ROOT / "web", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Browser(driver)
    finally:
        # The driver takes the browser down with it once its input has ended.
        driver.communicate()


def _node() -> str:
    if not (ROOT / "web" / "node_modules" / "playwright-core").is_dir():
        raise BrowserMissing("The web app's packages are not installed; `make web` does it.")
    if not (ROOT / "src" / "footnote" / "app" / "web" / "index.html").is_file():
        raise BrowserMissing("The web app is not built; `make web` does it.")
    own = ROOT / "build" / "node" / "bin" / "node"
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise BrowserMissing("There is no Node; `make web` installs it.")
    return found


def _chromium() -> str:
    names = (os.environ.get("CHROMIUM_PATH"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise BrowserMissing("There is no Chromium (Debian package: chromium).")
    return found


@dataclass(frozen=True, slots=True)
class Locator:
    """A place on the page, looked for anew by every action, which waits until it can be done."""

    page: "Page"
    steps: tuple[tuple[Any, ...], ...] = ()

    def role(self, role: str, name: str | None = None, *, exact: bool = False) -> "Locator":
        """By its role and accessible name, as a screen reader finds it."""
        return self._then("getByRole", role, {} if name is None else {"name": name, "exact": exact})

    def text(self, text: str, *, exact: bool = False) -> "Locator":
        """By the text it shows."""
        return self._then("getByText", text, {"exact": exact})

    def label(self, text: str) -> "Locator":
        """By the label of a form's field."""
        return self._then("getByLabel", text)

    def css(self, selector: str) -> "Locator":
        """By selector, where nothing that a person perceives names it."""
        return self._then("locator", selector)

    def having(self, text: str) -> "Locator":
        """Only those with this text in them."""
        return self._then("filter", {"hasText": text})

    def nth(self, position: int) -> "Locator":
        """The one at the position, from 0; -1 is the last."""
        return self._then("nth", position)

    def click(self) -> None:
        self._do("click")

    def hover(self) -> None:
        self._do("hover")

    def fill(self, text: str) -> None:
        self._do("fill", text)

    def press(self, key: str) -> None:
        self._do("press", key)

    def wait(self) -> "Locator":
        """Wait until it is seen."""
        self._do("waitFor", {"state": "visible"})
        return self

    def wait_gone(self) -> None:
        """Wait until it is not seen any more."""
        self._do("waitFor", {"state": "hidden"})

    def count(self) -> int:
        return int(self._do("count"))

    def read(self) -> str:
        """The text it shows."""
        return str(self._do("innerText"))

    def read_all(self) -> list[str]:
        """The text of each, none when there is none now."""
        return list(self._do("allInnerTexts"))

    def box(self) -> dict[str, float]:
        """Where it is on the screen: x, y, width and height in CSS pixels."""
        return dict(self._do("boundingBox"))

    def _then(self, *step: Any) -> "Locator":
        return Locator(self.page, (*self.steps, step))

    def _do(self, method: str, *given: Any) -> Any:
        return self.page.send("call", target=self.steps, method=method, given=given)


@dataclass(slots=True)
class Page:
    """One visitor's page."""

    browser: Browser
    number: int
    refusals: tuple[int, ...] = ()

    @property
    def screen(self) -> Locator:
        """Where every search for a place begins."""
        return Locator(self)

    def go(self, address: str) -> None:
        """Load an address, as typed."""
        self._do("goto", address)

    def reload(self) -> None:
        self._do("reload")

    def press(self, key: str) -> None:
        """Press a key wherever the focus is."""
        self.send("key", key=key)

    @property
    def address(self) -> str:
        return str(self._do("url"))

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return self._do("evaluate", expression)

    def drop(self, files: Mapping[str, bytes]) -> None:
        """Let go of files over the page."""
        dropped = [
            {
                "name": name,
                "type": mimetypes.guess_type(name)[0] or "",
                "base64": base64.b64encode(content).decode(),
            }
            for name, content in files.items()
        ]
        self.send("drop", files=dropped)

    def inspect(self, name: str) -> None:
        """Look at the screen wide and on a phone, light and dark: axe finds nothing, nothing scrolls sideways.

        The four pictures are kept in build/screenshots for people to look at.
        """
        PICTURES.mkdir(parents=True, exist_ok=True)
        faults = self.send("inspect", folder=str(PICTURES), name=name)
        assert faults == [], "\n".join(faults)

    def picture(self, path: Path) -> None:
        """Keep a picture of the screen as it stands, once its images are there."""
        self.send("picture", path=str(path))

    def close(self) -> None:
        """Close the page; AssertionError when anything went wrong in it unseen."""
        faults = [fault for fault in self.send("faults") if not self._is_expected(fault)]
        self.send("close")
        assert faults == [], "\n".join(faults)

    def send(self, do: str, **given: Any) -> Any:
        """Send a command about this page."""
        return self.browser.send({"do": do, "page": self.number, **given})

    def _do(self, method: str, *given: Any) -> Any:
        return self.send("call", target=[], method=method, given=given)

    def _is_expected(self, fault: str) -> bool:
        return any(f"responded with a status of {status} " in fault for status in self.refusals)
