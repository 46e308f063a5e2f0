# make demo    the real network as a demonstration, on an embedded PostgreSQL
# make test    the tests; Python alone
# make check   everything that CI checks, in its order
# make soak    the same at the size of a soak: all there is to try, PostgreSQL 15 with every test
# make fix     format, and repair what the linter can
# make faults  plant each known fault, and see that the tests find it (ARGS=name for one)
# make bench   what a request costs, beside the least that could answer it (ARGS=--quick, --hostile)
# make figures the size of the house: lines, lines an operation, what is repeated by its shape
# make lock    pin the dependencies of pyproject.toml anew, with hashes
# make contract-write, make docs   write openapi/openapi.json, the pages of docs/ that are made
# make test-times, make test-alone   what each folder of tests costs; each file of tests by itself
# make contract-report   how large the contract is, and what it still leaves unsaid
# One by one: format lint types imports contract documentation migrations test-thorough test-oldest faults-sample clients

# Relative, so that a checkout whose path has spaces works.
VENV ?= .venv
PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
# What Python compiles is kept, whatever the shell says: a run starts some sixty processes.
export PYTHONDONTWRITEBYTECODE :=

RUN := "$(VENV)/bin/python"
READY := $(VENV)/installed
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
SAY := printf '%s\n'
TESTS := $(RUN) -m pytest -q -n $(WORKERS) --dist worksteal

.PHONY: help demo test test-thorough test-times test-alone test-oldest check soak oldest format lint types imports contract documentation migrations \
	clients bench faults faults-sample fix figures lock contract-write contract-report docs
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile | sed -n '/^make/p;/^One by one/p'

# ------------------------------------------------------------------ the environment

$(READY): requirements-dev.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		$(SAY) 'This needs Python 3.11 or later as python3; name another: make PYTHON=python3.12'; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		$(SAY) 'Python cannot make virtual environments here; on Debian: apt install python3-venv'; \
		exit 1; }
	@$(SAY) 'Installing into $(VENV): 1 of 3, the environment'
	@$(RUN) -c '' 2>/dev/null || "$(PYTHON)" -m venv --clear "$(VENV)"
	@$(SAY) 'Installing into $(VENV): 2 of 3, the packages (a minute or two)'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(SAY) 'Installing into $(VENV): 3 of 3, the service'
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch "$(READY)"

# ------------------------------------------------------------------ to use it

demo: $(READY)
	@$(RUN) -m app.command.cli demo $(ARGS)

test: $(READY)
	@$(TESTS) -m "not thorough" $(ARGS)

# The same, and the tests that try everything as everyone.
test-thorough: $(READY)
	@$(TESTS) $(ARGS)

# The same, and what each folder costs in seconds of processor time.
test-times: $(READY)
	@$(TESTS) --times $(ARGS)

# Each file by itself: no test may need what another has left.
test-alone: $(READY)
	@find tests -name 'test_*.py' | sort | while read -r file; do \
		$(RUN) -m pytest -q "$$file" $(ARGS) > "$(VENV)/alone.txt" 2>&1 < /dev/null || { \
			cat "$(VENV)/alone.txt"; exit 1; }; \
	done

# On the oldest PostgreSQL that the service runs on: what leans most on the database.
OLDEST ?= /usr/lib/postgresql/15/bin
test-oldest: $(READY) oldest
	@PLN_TEST_POSTGRES_BIN="$(OLDEST)" $(TESTS) -m "not thorough" \
		tests/migrations tests/overview/desk tests/overview/metrics tests/races/test_grants.py \
		tests/kernel/test_activity.py tests/web/test_idempotency.py \
		tests/kernel/test_paging.py tests/web/test_exports.py \
		tests/learning/trust/test_result_sets.py

oldest:
	@[ -x "$(OLDEST)/postgres" ] || { \
		$(SAY) 'There is no PostgreSQL 15 in $(OLDEST). On Debian 12: apt-get install postgresql-15;' \
			'elsewhere from https://www.postgresql.org/download. Then, if it is in another folder:' \
			'make OLDEST=/its/bin check'; \
		exit 1; }

# ------------------------------------------------------------------ to trust it

# What one core does alone goes side by side, two at a time; the tests and the clients take both.
BESIDE := types imports contract documentation migrations format lint
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
check: oldest $(READY)
	@$(MAKE) --jobs 2 $(TOGETHER) SIDE_BY_SIDE=yes $(BESIDE)
	@$(MAKE) test-thorough
	@$(MAKE) test-oldest
	@$(MAKE) faults-sample
	@$(MAKE) clients

# Before a release: the same tests as in check, with all there is to try.
soak: check
	@$(TESTS) --soak --timeout 7200 $(ARGS)
	@PLN_TEST_POSTGRES_BIN="$(OLDEST)" $(TESTS) $(ARGS)

format: $(READY)
	@$(RUN) -m ruff format --check .

lint: $(READY)
	@$(RUN) -m ruff check .

types: $(READY)
	@$(RUN) -m pyright --pythonpath "$(VENV)/bin/python"

imports: $(READY)
	@"$(VENV)/bin/lint-imports"

contract: $(READY)
	@$(RUN) -m app.command.cli contract --check

documentation: $(READY)
	@$(RUN) -m app.command.cli documentation --check

migrations: $(READY)
	@$(RUN) -m app.command.cli migrate --sql > "$(VENV)/migrations.sql"
	@"$(VENV)/bin/squawk" "$(VENV)/migrations.sql"

# Each fault of tests/faults/planted; and thirty of them, others at each commit.
faults: $(READY)
	@$(RUN) -m tests.faults $(ARGS)

faults-sample: $(READY)
	@$(RUN) -m tests.faults --sample "$$(git rev-parse HEAD 2>/dev/null || echo released)"

clients: $(READY)
	@$(RUN) tests/clients/run.py

# What a request costs of processor time; never part of check, which holds counts alone.
bench: $(READY)
	@$(RUN) -m tests.bench $(ARGS)

# ------------------------------------------------------------------ to change it

fix: $(READY)
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

contract-write: $(READY)
	@$(RUN) -m app.command.cli contract

contract-report: $(READY)
	@$(RUN) -m app.command.cli contract --report
	@$(RUN) -m tests.contract.figures

docs: $(READY)
	@$(RUN) -m app.command.cli documentation

figures: $(READY)
	@$(RUN) -m tests.architecture.figures

COMPILE = $(RUN) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: $(READY)
	@$(PIP) install uv
	@$(COMPILE) --upgrade -o requirements.lock
	@$(COMPILE) --upgrade --group dev --extra exact -c requirements.lock -o requirements-dev.lock
