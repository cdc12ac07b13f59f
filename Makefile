# What a person does here: `make` alone lists it. Nothing but Python 3.11 or newer, git and make has to be there before.

# A Python of one's own choice: make demo PYTHON=/opt/python3.12/bin/python3
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
READY := .venv/.ready
READY_REAL := .venv/.ready-real
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test install check real bench vsix clean

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(READY)  ## a server with example flows, made-up workers and a web phone
	@$(BIN)/dundun demo

test: $(READY)  ## the tests, and the tests inside the example flows
	$(BIN)/python -m pytest -m "not real"
	$(BIN)/dundun test flows

install: $(READY)  ## .venv with the command dundun in it
	@echo "Ready. The command is $(BIN)/dundun."

check: $(READY)  ## style, types, and which layer may know which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

real: $(READY_REAL)  ## the tests that need a real SMS gateway and a real browser; installs both
	$(BIN)/python -m pytest -m real -o faulthandler_timeout=1800

bench: $(READY)  ## the figures of the README, measured on this machine
	@BENCH=full $(BIN)/python -m tests.bench

vsix:  ## the extension for Visual Studio Code, as one file that installs without a network; needs npm
	cd editors/vscode && npm install --no-audit --no-fund && npm run package

clean:  ## away with .venv and what tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Dundun needs Python 3.11 or newer, and none was found here. Install it, or say where it is: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv. Then run the same command again."; exit 1; }
	@echo "Installing into .venv: a minute or two, this once."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --upgrade pip && $(PIP) --editable . --group dev || { echo "Some packages could not be fetched: is there a way to the internet, or to your mirror of PyPI? Then run the same command again."; exit 1; }
	@touch $@

$(READY_REAL): $(READY) tests/real/install
	@bash tests/real/install
	@$(PIP) --group real
	@touch $@
