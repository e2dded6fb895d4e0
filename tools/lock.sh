#!/usr/bin/env bash
# Resolve the lock files: names, versions and hashes only, no registry addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  "${UV:-.venv/bin/uv}" pip compile -q --generate-hashes --python-version 3.11 --no-header --no-annotate "$@"
}
compile pyproject.toml --all-extras --group build -o requirements/runtime.lock
compile pyproject.toml --all-extras --group build --group dev -o requirements/dev.lock
compile --group installer -o requirements/installer.lock
compile --group node -o requirements/node.lock
