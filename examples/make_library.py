"""Makes the example library, or checks that the committed files are what this script makes.

Usage: python examples/make_library.py           writes the files into examples/library
       python examples/make_library.py --check   writes nothing; exit code 1 if anything differs
The check also reads every answer of questions.jsonl on the page that it names.
"""

import argparse
import sys
from pathlib import Path

from library_source.catalogue import WRITTEN_BY_HAND, made_files
from library_source.comparing import compare
from library_source.questions import find_problems

EXAMPLES = Path(__file__).parent
LIBRARY = EXAMPLES / "library"


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Make or check the example library.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing them")
    if parser.parse_args().check:
        return _check()
    LIBRARY.mkdir(exist_ok=True)
    for name, make in made_files().items():
        content = make()
        (LIBRARY / name).write_bytes(content)
        print(f"{len(content):>9,} bytes  {name}")
    return 0


def _check() -> int:
    problems: list[str] = []
    for name, make in made_files().items():
        path = LIBRARY / name
        verdict = compare(name, path.read_bytes(), make()) if path.exists() else "missing"
        print(f"{verdict:<13} {name}")
        if verdict in ("different", "missing"):
            problems.append(f"{name} is {verdict}; run python examples/make_library.py and look at the change.")
    known = {*made_files(), *WRITTEN_BY_HAND}
    present = {path.name for path in LIBRARY.iterdir()}
    problems += [f"{name} is missing." for name in sorted(known - present)]
    problems += [f"{name} belongs to no list in library_source/catalogue.py." for name in sorted(present - known)]
    problems += find_problems(EXAMPLES / "questions.jsonl", LIBRARY)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
