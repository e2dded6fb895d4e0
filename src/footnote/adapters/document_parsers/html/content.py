"""Which part of an HTML tree a reader of the page would call its content."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER_SHOWN = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "canvas",
    "annotation",
    "annotation-xml",
    "head",
    "link",
    "meta",
    "audio",
    "video",
]
_CONTROLS = ["button", "input", "select", "textarea", "dialog"]
_PICTURES = ["svg", "math"]
_ENDS_PICTURE = [
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "li", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike",
    "sub", "sup", "table", "tt", "u", "ul", "var",
]  # fmt: skip
"""Elements at whose beginning a browser ends a drawing or formula that was never closed, by the HTML standard."""
_HOLDS_HTML = frozenset(["foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"])
"""Where HTML may stand inside a drawing or formula."""
_NEVER_ON_A_BUTTON = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "section", "article", "main"]
_FURNITURE = ["nav", "aside"]
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ENOUGH_SHARE = 0.4


def main_content(root: "HtmlElement") -> "HtmlElement":
    """Take out what is never shown or frames every page, and return the element that holds the rest.

    The one `main` or `article` is the content if it has at least 40 % of the text. Page furniture stays if without it
    less than 40 % would be left: a page of links is its links.
    """
    _close_pictures(root)
    _close_buttons(root)
    _drop(root, lambda element: element.tag in _NEVER_SHOWN or element.tag in _CONTROLS or _is_hidden(element))
    body = root.find("body") if root.find("body") is not None else root
    everything = _letter_count(body)
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = body.xpath(path)
        if len(found) == 1 and _letter_count(found[0]) >= _ENOUGH_SHARE * everything:
            body = found[0]
            break
    furniture = [element for element in body.iter() if _is_furniture(element, body)]
    all_of_it = set(furniture)
    framed = sum(_letter_count(element) for element in furniture if not _has_ancestor_in(element, all_of_it))
    if _letter_count(body) - framed >= _ENOUGH_SHARE * _letter_count(body):
        for element in furniture:
            _remove(element)
    return body


def _is_hidden(element: "HtmlElement") -> bool:
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return is_hidden or _HIDDEN_STYLE.search(element.get("style") or "") is not None


def _is_furniture(element: "HtmlElement", body: "HtmlElement") -> bool:
    if element.tag in _FURNITURE or element.get("role") in _FURNITURE_ROLES:
        return True
    is_of_whole_page = element.getparent() is body or (
        element.getparent() is not None and element.getparent().getparent() is body
    )
    return element.tag == "footer" or (element.tag == "header" and is_of_whole_page and element.find(".//h1") is None)


def _has_ancestor_in(element: "HtmlElement", others: set["HtmlElement"]) -> bool:
    return any(ancestor in others for ancestor in element.iterancestors())


def _letter_count(element: "HtmlElement") -> int:
    return sum(1 for character in element.text_content() if not character.isspace())


def _close_pictures(root: "HtmlElement") -> None:
    """End each drawing and formula where a browser does: what follows one that was never closed is the page's."""
    for picture in list(root.iter(*_PICTURES)):
        escaped = next(
            (found for found in picture.iter(*_ENDS_PICTURE) if _is_outside_html_parts(found, picture)), None
        )
        while escaped is not None and escaped is not picture:
            parent = escaped.getparent()
            del parent[: parent.index(escaped)]
            parent.text = None
            parent.attrib.clear()
            escaped, parent.tag = parent, "div" if parent is picture else "span"


def _is_outside_html_parts(element: "HtmlElement", picture: "HtmlElement") -> bool:
    for ancestor in element.iterancestors():
        if ancestor is picture:
            return True
        if ancestor.tag in _HOLDS_HTML:
            return False
    return False


def _close_buttons(root: "HtmlElement") -> None:
    """Keep what an unclosed button swallowed; a button's own label holds neither paragraphs nor headings."""
    for button in list(root.iter("button")):
        if next(button.iter(*_NEVER_ON_A_BUTTON), None) is not None:
            button.tag = "div"


def _drop(root: "HtmlElement", is_unwanted: Callable[["HtmlElement"], bool]) -> None:
    for element in list(root.iter("*")):
        if isinstance(element.tag, str) and element.tag not in {"html", "body"} and is_unwanted(element):
            _remove(element)


def _remove(element: "HtmlElement") -> None:
    """Empty the element where it stands: lxml refuses to move a text that holds control characters."""
    del element[:]
    element.text = None
    element.attrib.clear()
    element.tag = "span"
