# Every task of the project. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUBSCRIBERS ?= 1000

.DEFAULT_GOAL := help

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps say for which lock file the environment was filled.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=...") if sys.version_info < (3, 11) else 0'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/.ready ## Run the whole system with demo data (Ctrl-C stops it)
	exec $(BIN)/abonent demo --subscribers $(SUBSCRIBERS)

test: $(VENV)/.ready-dev ## Run the tests
	$(BIN)/python -m pytest $(TESTS)

check: $(VENV)/.ready-dev ## Format, lint, types, imports, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/python tools/build_css.py --check
	$(MAKE) test

fix: $(VENV)/.ready-dev ## Mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-dev ## Measure (P1, P2, P7, P12) and print one table
	$(BIN)/python -m bench

lock: ## Write the lock files anew (needs uv)
	tools/lock.sh

clean: ## Remove what was made here, the demo's data too
	test ! -d .var/postgres || test ! -x $(BIN)/python || $(BIN)/python tools/erase_demo.py .var/postgres
	rm -rf $(VENV) .var .mypy_cache .ruff_cache .pytest_cache .hypothesis build screenshots src/*.egg-info

.PHONY: help demo test check fix bench lock clean
