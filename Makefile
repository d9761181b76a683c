# Every target makes .venv by itself when it is missing or older than the lock file.
.PHONY: demo test programs lint check score calibrate lock figures corpus clean
.DEFAULT_GOAL := demo

# The first interpreter on the path that the project supports.
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready

$(READY): .ci/requirements.lock
	@test -n "$(PYTHON)" || { echo "evidence needs Python 3.11 or 3.12; none was found. Install one, or: make PYTHON=/path/to/python"; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r .ci/requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The main job on the shipped corpus.
demo: $(READY)
	$(BIN)/evidence run corpus/questions.toml corpus --out outputs

# A file of tests to a core. With Hypothesis' profile `ci` every run tries the same examples; pytest by itself searches anew.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile --hypothesis-profile ci
test: $(READY)
	$(PYTEST) tests --ignore=tests/shared -m "not program"

# Tests that take minutes, or need Chromium, LibreOffice, PostgreSQL or tesseract and fail where it is not installed.
programs: $(READY)
	$(PYTEST) tests --ignore=tests/shared -m program

# Format, lint, types and import rules.
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

# Extraction and checks measured over the development gold; the results stand in benchmarks/extraction.md and checks.md.
score: $(READY)
	$(BIN)/python benchmarks/extraction.py
	$(BIN)/python benchmarks/checks.py

# Weights of `confidence` fitted anew on the development gold; how reliable it is stands in benchmarks/calibration.md.
calibrate: $(READY)
	$(BIN)/python benchmarks/calibration.py

# The figures of docs/forest.md, in our styles and by R's metafor.
figures: $(READY)
	$(BIN)/python docs/figures/draw.py

lock:
	test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet uv; }
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header pyproject.toml --output-file .ci/requirements.lock

clean:
	rm -rf .venv outputs/*
