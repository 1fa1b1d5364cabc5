# Everything a person or a machine does with a checkout. `make` alone prints the list.
#
# Needs make and Python 3.11 or newer, nothing else: the rest goes into .venv, by hash.
#   PYTHON=/path/to/python3.12   the Python to make .venv with
#   ARGS="--port 8100"           words for the command behind demo, test or bench
#   WORKERS=2                    processes that run the tests

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:

BIN := .venv/bin
WORKERS ?= 2
install = python=$$(PYTHON='$(PYTHON)' scripts/find-python) && "$$python" scripts/install.py

.PHONY: help
help: ## Print this list
	@echo 'make <target>, where the target is one of'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: install-run ## Run everything here: database, simulator, server, a demo household
	@exec $(BIN)/tomada demo $(ARGS)

.PHONY: test
test: install-dev ## Run all tests, the browser's included
	@chromium=$$(scripts/find-chromium) && export TOMADA_CHROMIUM="$$chromium"; \
	exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: install-dev ## Format, lint, types, layers, sizes, rules of the repository, known weaknesses
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/repo
	$(BIN)/python scripts/audit.py

.PHONY: docs
docs: install-dev ## Build the documentation as a site in build/docs/site, its links checked
	@$(BIN)/python scripts/docs_site.py

.PHONY: format
format: install-dev ## Put the code into its form and mend what can be mended safely
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: bench
bench: install-dev ## Run the side-by-side benchmarks; each prints a ratio
	@ls bench/*.py >/dev/null 2>&1 || { echo 'There are no benchmarks yet.'; exit 0; }; \
	for one in bench/*.py; do echo "== $$one"; $(BIN)/python "$$one" $(ARGS) || exit 1; done

.PHONY: soak
soak: install-dev ## Faults and kills for as long as told: ARGS="--minutes 30"
	@exec $(BIN)/python -m tests.fault.soak $(ARGS)

.PHONY: mutants
mutants: install-dev ## Put old defects back one by one; each must be found by its test
	@exec $(BIN)/python -m tests.fault.resurrection $(ARGS)

.PHONY: lock
lock: install-dev ## Write requirements/*.txt from pyproject.toml (UPGRADE=1: newest versions)
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

.PHONY: sbom
sbom: install-dev ## Write dist/sbom.json: what an installation contains (CycloneDX)
	$(BIN)/python scripts/sbom.py

.PHONY: clean
clean: ## Remove .venv, caches and build output; never a data directory
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: install-run install-dev
install-run: # What the demo needs, and nothing when it is there
	@$(install) run

install-dev: # What working on the project needs
	@$(install) dev
