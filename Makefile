# Two commands matter: `make demo` and `make test`. Both set everything up from a bare Python 3.11.

PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CODE := src tests benchmarks validation examples .ci
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check format lock clean

demo: $(VENV)/.run
	@RHEOBASE_HOME="$${RHEOBASE_HOME:-$(CURDIR)/var}" $(BIN)/rheobase demo --port $(PORT)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -q

check: $(VENV)/.dev
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy

format: $(VENV)/.dev
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

$(VENV)/bin/python:
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# Each environment holds everything the one before it holds, at the same versions.
$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Rheobase (a minute or two the first time) ..."
	@$(PIP) install --require-hashes --requirement requirements/build.lock
	@$(PIP) install --require-hashes --requirement requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes --requirement requirements/dev.lock
	@touch $@

$(VENV)/.oracles: $(VENV)/.dev requirements/oracles.lock
	@echo "Installing the independent codes that check ours ..."
	@$(PIP) install --require-hashes --requirement requirements/oracles.lock
	@touch $@

lock: ## Renew the pinned, hashed requirements (needs uv on the PATH).
	@requirements/lock.sh

clean:
	@rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
