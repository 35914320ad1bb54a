# Cifra's commands. `make help` lists them; `make run` is all a newcomer needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST

# How many tests run at once. One file's tests stay together, since they share what is slow to start.
TEST_PROCESSES ?= 2

# Only what the shipped data needs is marked; with the data named, those tests run too.
MARKED := $(strip $(if $(MNIST_PATH),,not mnist) \
	$(if $(MNIST_PATH)$(PHOTOS_PATH),,and) $(if $(PHOTOS_PATH),,not photos))

.DEFAULT_GOAL := help

.PHONY: help
help:  ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: run
run: .venv/installed-local  ## install what is missing, start everything, print the address
	@exec $(BIN)/python -m scripts.run

.PHONY: test
test: .venv/installed-dev chromium check  ## set up, check and test everything, on both databases
	$(BIN)/pytest -m "$(MARKED)" --numprocesses $(TEST_PROCESSES) --dist loadfile $(TESTS)

.PHONY: check
check: .venv/installed-dev  ## style, types, architecture, migrations, and the web's quick start
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.check_migrations
	$(BIN)/python -m benchmarks.web_start

.PHONY: chromium
chromium:
	@sh scripts/install_chromium.sh

.PHONY: train
train: .venv/installed-local  ## make the shipped model again, from MNIST
	$(BIN)/flask model train --recipe full --output models/cifra.keras

.PHONY: evaluate
evaluate: .venv/installed-local  ## score the model on MNIST and on the photos that PHOTOS_PATH names
	$(BIN)/flask model evaluate

.PHONY: bench
bench: .venv/installed-dev  ## upload to answer against other ways to serve: BENCH="--rounds 1"; see benchmarks/README.md
	$(BIN)/python -m benchmarks.serving $(BENCH)

.PHONY: chaos
chaos: .venv/installed-dev  ## end everything in turn while uploads stream: CHAOS="--database postgresql"
	$(BIN)/python -m tests.chaos.run $(CHAOS)

.PHONY: compose-test
compose-test: .venv/installed-dev  ## build the images and test docker-compose.yml with a real engine
	$(BIN)/python -m tests.compose.run

.PHONY: secrets
secrets:  ## choose the secrets that .env lacks, for docker compose
	@sh scripts/secrets.sh

.PHONY: fuzz
fuzz: .venv/installed-dev  ## look for files that break the decoder or the reader: FUZZ="--seconds 300"
	nice $(BIN)/python -m tests.fuzz.run $(FUZZ)

.PHONY: translations
translations: .venv/installed-dev  ## collect the marked sentences; prints those without a translation
	@$(BIN)/python -m scripts.translations

.PHONY: screenshots
screenshots: .venv/installed-dev chromium  ## photograph every page at three widths in both languages
	$(BIN)/python -m tests.screenshots.run $(SCREENSHOTS)

.PHONY: lock
lock: .venv/installed-dev  ## choose versions anew and write requirements/*.txt with their hashes
	sh scripts/lock.sh

.PHONY: audit
audit: .venv/installed-dev  ## ask whether vulnerabilities are known in what requirements/ names
	$(BIN)/python -m scripts.audit

.PHONY: clean
clean:  ## remove what was installed and built; the history in instance/ stays
	rm -rf .venv build reports .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Cifra needs Python 3.11 or newer. Name one with PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/installed-%: requirements/%.txt .venv/bin/python
	@echo "Installing requirements/$*.txt; the first time takes a few minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
