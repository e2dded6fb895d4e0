"""Write the generated pages of docs/reference and openapi.json from the code, or check that they are fresh.

usage: python tools/generate_reference.py [--check]
"""  # noqa: INP001  # a program, started by its path

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from reference.adapters_page import adapters_page
from reference.error_codes_page import error_codes_page
from reference.rest_page import rest_page
from reference.settings_page import settings_page

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "footnote"


def generated() -> Mapping[str, str]:
    """Return path below the project -> text, for everything that is made from the code."""
    api = _openapi()
    return {
        "docs/reference/settings.md": settings_page(),
        "docs/reference/error-codes.md": error_codes_page(SOURCE),
        "docs/reference/rest.md": rest_page(api),
        "docs/reference/adapters.md": adapters_page(SOURCE),
        "openapi.json": json.dumps(api, ensure_ascii=False, indent=2) + "\n",
    }


def stale(root: Path = ROOT) -> list[str]:
    """Return the paths whose text differs from what the code says now."""
    return [path for path, text in generated().items() if not _is(root / path, text)]


def main() -> int:
    """Write what is stale, or with --check only name it; 1 when something was stale and is not written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a page is stale")
    only_check = parser.parse_args().check
    for path, text in generated().items():
        target = ROOT / path
        if _is(target, text):
            continue
        if only_check:
            sys.stderr.write(f"{path} is stale: run `make docs`\n")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")
    return 1 if only_check and stale() else 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _openapi() -> Mapping[str, object]:
    from footnote.app.server import create_app
    from footnote.kit.settings import Settings

    # Made without reading files or the environment, so the description is the same on every machine.
    return create_app(Settings.model_construct()).openapi()


if __name__ == "__main__":
    raise SystemExit(main())
