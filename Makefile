# make demo    set up, then show the main job in a pretend home: no root, no network needed after set-up
# make test    set up, then pass the tests (as root on Debian it installs the real servers they talk to)
# make check   format, lint, strict types, import contract, tests: green before each commit
# make lab     build a home, a router and an internet out of network namespaces, and run it all in there
# make lint    the first four of check, in seconds;  make fix: let the tools mend what they can
# make bench   upstun beside ddclient, inadyn and ddns in the lab: 45 minutes, as root; writes docs/benchmarks.md
#              (make bench BENCH_ARGS=--quick: a little of each in 5 minutes, into build/bench)
# make bench-once   what a check costs that finds nothing to do, in the pretend home
# make pins    renew the hashed pins in requirements/ (needs uv)

# The first Python that is new enough, unless PYTHON names one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PYTEST_ARGS ?=
BENCH_ARGS ?=

.PHONY: demo test check lab bench bench-once lint fix pins clean
.DEFAULT_GOAL := check

demo: $(VENV)/run.done
	@$(BIN)/upstun demo

test: $(VENV)/dev.done
	@sh tests/install_servers.sh
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: lint test

lab: $(VENV)/dev.done
	@sh tests/install_servers.sh
	$(BIN)/python -m tests.lab

bench: $(VENV)/dev.done
	@sh tests/install_servers.sh
	@sh tests/bench/install_rivals.sh .venv-bench $(BIN)/python
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

bench-once: $(VENV)/run.done
	@$(BIN)/python -m tests.bench.once

lint: $(VENV)/dev.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 agent discovery providers
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin agent discovery providers
	$(BIN)/lint-imports

fix: $(VENV)/dev.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Every download is checked against its hash; upstun itself is linked in, so that edits count at once.
$(VENV)/%.done: requirements/%.txt requirements/run.txt setup.py pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) ($* requirements; the first time takes a minute) ..."
	@$(PIP) --require-hashes --requirement requirements/$*.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "upstun needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }

pins:
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements/run.txt
	uv pip compile pyproject.toml requirements/build.in requirements/dev.in requirements/oracles.in --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements/run.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
