# Needs git, make, Python >= 3.11 and the package registries; everything else is fetched. `make help` lists all.
PYTHON ?= python3
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) tools/bootstrap.py
WEB := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix web run --silent
# Checks load the application without a running market: demo keys of their own, nothing of the developer's.
ALONE := JISHI_ENV_FILE= JISHI_DEMO=1 JISHI_HOME=.cache/checks
PYTEST := $(BIN)/pytest
SIDE_BY_SIDE := -n auto --maxprocesses 8
# A dozen processes start at once and again: what one has compiled, the others read, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: docs guide help run dev test proof check check-parts lint types contracts unit web system whole-market journeys races api api-drift bench bench-sizes full-size lock \
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
	@$(MAKE) --no-print-directory system
	@$(MAKE) --no-print-directory whole-market

proof: ## every claim of docs/proof.md at its full size: hours, 30 GB; prints each figure, fails when one is missed
	@$(BOOTSTRAP) --dev --browser --proof --bench
	@$(MAKE) --no-print-directory -k check-parts api-drift system whole-market full-size

full-size:
	$(PYTEST) -n0 -m proof -p schemathesis -o faulthandler_timeout=14400 --figures .cache/proof.json

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
	$(PYTEST) $(SIDE_BY_SIDE) -m "not slow and not market and not browser and not proof" jishi simulators tests/architecture

system:
	$(PYTEST) $(SIDE_BY_SIDE) -p schemathesis -m "slow and not market and not browser and not proof"

whole-market:
	$(PYTEST) -n0 -m "(market or browser) and not proof" tests

journeys: ## the browser journeys alone
	@$(BOOTSTRAP) --dev --browser
	$(PYTEST) -n0 -m "not proof" tests/journeys

guide: ## take the guide's pictures anew, from a demo market in a browser
	@$(BOOTSTRAP) --dev --browser
	GUIDE_PICTURES=docs/guide $(PYTEST) -n0 -m proof tests/journeys/test_guide.py

docs: ## the guide as pages, strictly: .cache/guide/index.html
	@$(BOOTSTRAP) --dev --no-web
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .cache/docs
	@$(BIN)/uv pip install --quiet --require-hashes --python .cache/docs -r requirements/guide.txt
	NO_MKDOCS_2_WARNING=1 .cache/docs/bin/mkdocs build --quiet --strict -f docs/guide/zh.yml
	NO_MKDOCS_2_WARNING=1 .cache/docs/bin/mkdocs build --quiet --strict -f docs/guide/en.yml

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
	JISHI_DEMO=1 $(BIN)/jishi bench

bench-sizes: ## the same at 10 000, 100 000 and 1 000 000 products (hours, 30 GB), and draw docs/bench.svg
	@$(BOOTSTRAP) --bench
	JISHI_DEMO=1 $(BIN)/jishi bench --products 10000,100000,1000000 --chart

lock: ## resolve requirements/*.in and web/package.json anew
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/guide.in -o requirements/guide.txt
