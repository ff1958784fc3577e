# Second Story. `make` alone lists the commands. Paths stay relative: a folder's name may hold spaces.
SHELL := /bin/sh
PYTHON ?= python3
IN := .venv/bin/python
AT_ONCE := -n auto --maxprocesses=4 --dist=worksteal

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-quick check fix bench fuzz docs lock clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## make .venv/ and install what running needs
	@$(PYTHON) dev/setup.py run

run: setup ## start everything; the address and a sign-in are printed last
	@exec $(IN) -m dev.run

demo: setup ## fill a running installation (DATABASE_URL) with the demo organisation
	@$(IN) manage.py demo

.PHONY: setup-test
setup-test:
	@$(PYTHON) dev/setup.py test
	@$(IN) dev/system.py

test: setup-test ## run every test against real servers and a real browser
	@$(IN) -m dev.with_servers $(IN) -m pytest $(AT_ONCE)

test-quick: setup-test ## the tests that take less than a second each
	@$(IN) -m dev.with_servers $(IN) -m pytest $(AT_ONCE) -m "not slow and not browser"

check: setup-test ## look without changing anything
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@$(IN) -m dev.with_servers $(IN) manage.py makemigrations --check --dry-run

fix: setup-test ## format, and mend what can be mended
	@$(IN) -m ruff check --fix .
	@$(IN) -m ruff format .

bench: setup-test ## measure against a floor taken in the same run
	@$(IN) -m dev.with_servers $(IN) -m bench

fuzz: setup-test ## look for input that a reader of evidence cannot bear (needs atheris)
	@$(IN) -m dev.fuzz

docs: ## say where to read
	@echo "Start with README.md; the guide is docs/guide.md, for operators docs/running.md and docs/settings.md."

lock: setup-test ## compile requirements/ anew from pyproject.toml
	@$(IN) -m pip install --quiet uv
	@$(IN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	@$(IN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test pyproject.toml -o requirements/test.txt

clean: ## remove .venv/ and caches; data in var/ stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
