import { render } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { renderRendition } from "./rendition";

function show(html: string, span: [number, number] | null) {
  const { container } = render(<div>{renderRendition(html, span)}</div>);
  return { container, marks: [...container.querySelectorAll("mark")].map((mark) => mark.textContent) };
}

describe("a rendition", () => {
  test("marks the span by code points, so an emoji before it does not shift the mark", () => {
    const { marks } = show('<p data-start="10" data-end="29">😀😀 The fee is 40 EUR.</p>', [13, 32]);
    expect(marks).toEqual(["The fee is 40 EUR."]);
  });

  test("marks across inline elements, blocks and table cells, each by its own start", () => {
    const html = '<p data-start="0">one <b>two</b> three</p><table><tr><td data-start="14">four</td><td data-start="19">five</td></tr></table>';
    expect(show(html, [4, 18]).marks).toEqual(["two", " three", "four"]);
  });

  test("keeps hidden what parts two cells in the text, so that only the cells are seen", () => {
    const { container, marks } = show('<table data-start="0"><tr><td><span data-start="0">a</span></td><td><span hidden> | </span><span data-start="4">b</span></td></tr></table>', [0, 5]);
    expect(container.querySelector("[hidden]")).toHaveTextContent("|");
    expect(marks).toEqual(["a", " | ", "b"]);
  });

  test("marks nothing outside blocks that say where they stand", () => {
    expect(show("<p>no place</p>", [0, 4]).marks).toEqual([]);
  });

  test("neither scripts, links, images nor handlers of a document reach the page", () => {
    const { container } = show('<p data-start="0" onclick="x()" style="color:red">a <a href="https://x.test">link</a><img src="x" onerror="x()"></p><script>x()</script><style>p{}</style>', null);
    expect(container.innerHTML).toBe('<div><p dir="auto">a link</p></div>');
  });
});
