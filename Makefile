# make run: Lobby on http://localhost:8000        make test: everything that proves it
PYTHON ?= python3
PORT ?= 8000
MINUTES ?= 1
BIN := .venv/bin
PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: run test test-all test-postgresql test-fast lint format types check-deploy check-migrations messages mutants soak abuse bench bench-search lighthouse screenshots icons clean
.DEFAULT_GOAL := run

run: .venv/installed
	@exec $(BIN)/python manage.py serve --port $(PORT)

# Both runs use one folder with the static files and a migrated database.
test: .venv/installed-dev
	@shared=$$(mktemp -d) && trap 'rm -rf "$$shared"' EXIT && \
	TESTS_SHARED_DIR=$$shared $(MAKE) --no-print-directory --jobs=2 test-all test-postgresql

# More workers than two processors: the servers of one wait while those of another work. Plain
# `pytest` is one.
test-all: .venv/installed-dev
	$(BIN)/pytest -rs $(PARALLEL)

# What depends on the database, once more. It says nothing until it is through, as it runs beside the other.
test-postgresql: .venv/installed-dev
	@said=$$(TEST_DATABASE=postgresql $(BIN)/pytest -rs 2>&1); code=$$?; printf '%s\n' "$$said"; exit $$code

test-fast: .venv/installed-dev
	$(BIN)/pytest -m "not server and not browser"

lint: .venv/installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: .venv/installed-dev
	$(BIN)/mypy conftest.py mysite accounts api chat ops bench examples

check-deploy: .venv/installed-dev
	DATA_DIR=$$(mktemp -d) ALLOWED_HOSTS=chat.example.com CSRF_TRUSTED_ORIGINS=https://chat.example.com \
	TRUSTED_PROXIES=10.0.0.0/8 REDIS_URL=redis://redis DATABASE_URL=postgresql://lobby@db/lobby \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

check-migrations: .venv/installed-dev
	DATA_DIR=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run
	DATA_DIR=$$(mktemp -d) $(BIN)/python manage.py check_migrations

format: .venv/installed-dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# What there is to translate, into chat/locale/. LANGUAGE=fr begins another language.
messages: .venv/installed-dev
	$(BIN)/python -m chat.tests.support.catalogs $(if $(filter command,$(firstword $(origin LANGUAGE))),$(LANGUAGE))

# Whether tests notice that a promise is broken: ten minutes.
mutants: .venv/installed-dev
	$(BIN)/python -W ignore -m chat.tests.faults.mutants $(MUTANTS)

soak: .venv/installed-dev
	$(BIN)/python -W ignore -m chat.tests.faults.soak --minutes $(MINUTES)

bench: .venv/installed-bench
	$(BIN)/python -W ignore -m bench $(BENCH)

# Attacks on both servers, beside people who talk. ABUSE="--only rooms --server daphne" is a part.
abuse: .venv/installed-bench
	$(BIN)/python -W ignore -m bench.abuse $(ABUSE)

# Searches among a million messages, on both databases: takes half an hour.
bench-search: .venv/installed-bench
	$(BIN)/python -W ignore -m bench.search $(SEARCH)

lighthouse: .venv/installed-dev bench/lighthouse/node_modules
	$(BIN)/python -W ignore -m bench.lighthouse

screenshots: .venv/installed-dev
	$(BIN)/python -m chat.tests.browser.screenshots docs/screenshots $(STATES)

# The icons of an installed app, from chat/static/chat/icon.svg.
icons: .venv/installed-dev
	$(BIN)/python -m chat.tests.browser.icons

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

bench/lighthouse/node_modules: bench/lighthouse/package.json
	@command -v npm > /dev/null || { echo "Lighthouse needs Node 18 or later, with npm."; exit 1; }
	npm install --prefix bench/lighthouse --silent --no-package-lock --no-audit --no-fund
	@touch $@
