# Needs git, make, Python >= 3.11 and the package registries; everything else is fetched. `make help` lists all.
PYTHON ?= python3
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) tools/bootstrap.py
WEB := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix web run --silent
# Checks load the application without a running market: demo keys of their own, nothing of the developer's.
ALONE := JISHI_ENV_FILE= JISHI_DEMO=1 JISHI_HOME=.cache/checks
PYTEST := $(BIN)/pytest
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run dev test proof check check-parts lint types contracts unit web journeys races api api-drift bench lock \
	ready-to-check

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## start the whole market with its demo; Ctrl-C stops it
	@$(BOOTSTRAP)
	@JISHI_FOLLOW_PARENT=1 exec $(BIN)/jishi up --demo

dev: ## the same, and follow the code: built and started again when saved; the design system stands at /ui
	@$(BOOTSTRAP) --dev
	@$(WEB) build ui
	@JISHI_FOLLOW_PARENT=1 exec $(BIN)/jishi dev

test: ## everything: check, races, API fuzzing, processes killed, journeys in a browser
	@$(BOOTSTRAP) --dev --browser
	@$(MAKE) --no-print-directory check-parts
	@$(MAKE) --no-print-directory api-drift
	$(PYTEST) -n0 -m "(slow or market or browser) and not proof" -p schemathesis

proof: ## the full matrices: every page in every language, theme and size
	@$(BOOTSTRAP) --dev --browser
	$(PYTEST) -n0 -m proof

check: ready-to-check ## the fast part: lint, types, contracts, unit tests (at most two minutes)
	@$(MAKE) --no-print-directory check-parts

ready-to-check:
	@$(BOOTSTRAP) --dev

check-parts:
	@$(MAKE) --no-print-directory -k -j2 --output-sync=target lint contracts types web unit

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

web:
	$(WEB) lint
	$(WEB) typecheck
	$(WEB) test

unit:
	$(PYTEST) -n2 -m "not slow and not market and not browser and not proof"

journeys: ## the browser journeys alone
	@$(BOOTSTRAP) --dev --browser
	$(PYTEST) -n0 -m "not proof" tests/journeys

races: ## the races alone
	@$(BOOTSTRAP) --dev
	$(PYTEST) -n0 tests/races

api: ## write openapi.json and the typed client of the front end
	@$(BOOTSTRAP) --dev
	$(ALONE) $(BIN)/jishi api
	$(WEB) api

api-drift: api
	git diff --exit-code -- openapi.json web/packages/api/src/schema.d.ts
	$(BIN)/python tools/api_breaks.py

bench: ## measure the performance budgets of the running market, or of one of its own
	@$(BOOTSTRAP) --bench
	$(BIN)/jishi bench

lock: ## resolve requirements/*.in and web/package.json anew
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
