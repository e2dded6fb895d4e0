"""The page of the REST API: every route by tag, and every shape, from the OpenAPI description."""

from collections.abc import Iterator, Mapping
from typing import Any

from reference.markdown import cell, page, table

Schema = Mapping[str, Any]

_INTRODUCTION = """
The machine-readable form is `openapi.json` at the root of the project, and `/api/v1/openapi.json` of a running server.

- **Who is asking**: `Authorization: Bearer <owner key>`, or the cookie of a signed-in browser. With the cookie,
  anything but GET needs the header `X-Footnote-Client: web` as well.
- **Errors**: `application/problem+json`, see [error codes](error-codes.md).
- **Lists**: `{items, next_cursor}`; ask for the next page with `cursor`; `limit` is 50 unless given, at most 200.
- **Times** are UTC. **Spans** are half-open and count Unicode code points. **Boxes** are in points from the page's
  top left.
"""


def rest_page(api: Mapping[str, Any]) -> str:
    """Return the page for an OpenAPI description."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    parts = [_INTRODUCTION]
    for tag, operations in by_tag.items():
        parts += [f"## {tag.capitalize()}", *operations]
    parts.append("## Shapes")
    for name, schema in sorted(api["components"]["schemas"].items()):
        parts.append(_shape(name, schema))
    return page("REST API", *parts)


def _operation(method: str, path: str, operation: Schema) -> str:
    lines = [f"### `{method.upper()} {path}`", operation.get("description") or operation["summary"]]
    if not operation["security"]:
        lines.append("Needs no key.")
    parameters = [
        [
            f"`{item['name']}`",
            item["in"],
            _kind(item["schema"]),
            _note(item | item["schema"], item.get("required", False)),
        ]
        for item in operation.get("parameters", [])
    ]
    if parameters:
        lines.append(table(["parameter", "in", "kind", ""], parameters))
    if body := operation.get("requestBody"):
        lines.append("Body: " + ", ".join(_body(body["content"])))
    lines.append("Answers: " + " · ".join(_answers(operation["responses"])))
    return "\n\n".join(lines)


def _body(content: Schema) -> Iterator[str]:
    for media_type, value in content.items():
        schema = value["schema"]
        if "$ref" in schema or "properties" not in schema:
            yield f"{_kind(schema)} as `{media_type}`"
        else:
            names = ", ".join(
                f"`{name}`" + ("" if name in schema.get("required", []) else "?") for name in schema["properties"]
            )
            yield f"`{media_type}` with {names}"


def _answers(responses: Schema) -> Iterator[str]:
    for status, response in sorted(responses.items()):
        kinds = [
            _kind(value["schema"]) if "schema" in value and media_type == "application/json" else f"`{media_type}`"
            for media_type, value in response.get("content", {}).items()
            if media_type != "application/problem+json"
        ]
        yield f"{status} {' or '.join(kinds)}".rstrip()


def _shape(name: str, schema: Schema) -> str:
    lines = [f"### {name}"]
    if description := schema.get("description"):
        lines.append(" ".join(description.split()))
    if "enum" in schema:
        lines.append("One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + ".")
    rows = [
        [f"`{field}`", _kind(value), _note(value, field in schema.get("required", []))]
        for field, value in schema.get("properties", {}).items()
    ]
    if rows:
        lines.append(table(["field", "kind", ""], rows))
    return "\n\n".join(lines)


def _note(schema: Schema, is_required: bool) -> str:  # noqa: FBT001  # a private flag
    parts = [] if is_required else ["optional"]
    if "default" in schema and schema["default"] is not None:
        parts.append(f"default `{schema['default']}`")
    for name, words in (
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("maxLength", "at most"),
        ("maxItems", "at most"),
    ):
        if name in schema:
            unit = {"maxLength": " characters", "maxItems": " items"}.get(name, "")
            parts.append(f"{words} {schema[name]}{unit}")
    if description := schema.get("description"):
        parts.append(description)
    return cell("; ".join(parts))


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(item) for item in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "prefixItems" in schema:
        return "[" + ", ".join(_kind(item) for item in schema["prefixItems"]) + "]"
    return _plain_kind(schema)


def _plain_kind(schema: Schema) -> str:
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("format") in ("date-time", "binary"):
        return {"date-time": "time", "binary": "file"}[schema["format"]]
    return str(schema.get("type", "any"))
