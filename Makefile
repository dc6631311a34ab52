# Everything that is done with this tree, as targets; `make` alone lists them.
# Python lives in .venv and comes from requirements.lock alone, where every file has its hash.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SILENT:
.PHONY: help run test check demo lock model clean programs always

# A person's own settings of pip or Python that would lead out of .venv, or past the lock, or slow down every start.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_CONSTRAINT PIP_REQUIREMENT PIP_REQUIRE_HASHES
unexport PIP_NO_DEPS PIP_NO_BUILD_ISOLATION PIP_DRY_RUN PIP_IGNORE_INSTALLED PYTHONHOME PYTHONPATH VIRTUAL_ENV
unexport PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
pip := $(python) -m pip --disable-pip-version-check --no-input -qq
workers := $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 4 ? cores : 4)))

# $(call debian,PACKAGE): a shell command that installs a package of Debian, or says what to type.
define debian
{ echo "installing $(1) from Debian (needs root)"; \
  root=; [ "$$(id -u)" -eq 0 ] || root=sudo; \
  said=$$($$root sh -c 'export DEBIAN_FRONTEND=noninteractive; \
    apt-get -qq update && apt-get -qq -y --no-install-recommends install $(1)' 2>&1) || \
  { echo "$$said"; echo "$(1) could not be installed: type 'apt-get install $(1)' as root, then run make again"; \
    exit 1; } >&2; }
endef

help: ## list the targets
	sed -nE 's/^([a-z]+):[^#]*## (.*)/\1|\2/p' Makefile | \
	  while IFS='|' read -r target purpose; do printf '  make %-6s  %s\n' "$$target" "$$purpose"; done

run: .venv/ready .venv/model ## start the Ideenkanal: mail on port 8025, web pages on port 8080, data in var/
	echo "starting the Ideenkanal (Ctrl-C ends it)"
	exec .venv/bin/ideenkanal run

test: .venv/ready .venv/model programs ## run all tests, on SQLite and on a PostgreSQL and a Postfix of their own
	echo "running the tests, $(workers) at a time"
	$(python) -m pytest -n $(workers) --dist worksteal

check: .venv/ready ## look for what ruff, mypy and import-linter find
	echo "checking style, types and who imports whom"
	failed=0; \
	for tool in "ruff check --quiet ." "ruff format --quiet --check ." \
	  "mypy services nlp tests" "lint-imports --no-logo"; do \
	  .venv/bin/$$tool || failed=1; \
	done; \
	exit $$failed

demo: .venv/ready .venv/model ## send ideas through a running Ideenkanal and show what comes of them
	echo "showing the way of some ideas"
	$(python) -m tests.demo

model: .venv/ready ## train nlp/model from nlp/corpus and write its card
	echo "training the model"
	.venv/bin/ideenkanal train --shipped
	.venv/bin/ideenkanal evaluate --card
	touch .venv/model

lock: ## write requirements.lock anew from pyproject.toml (needs uv; UPGRADE=--upgrade takes newer versions)
	echo "resolving requirements.lock"
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --quiet $(UPGRADE) -o requirements.lock

clean: ## remove .venv and caches; var/ with its data stays
	echo "removing .venv and caches"
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A set-up that was interrupted has no stamp, and so is begun anew.
.venv/locked: requirements.lock
	rm -f .venv/locked .venv/ready
	for python in python3.13 python3.12 python3.11 python3 none; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	if [ "$$python" = none ]; then echo "no Python 3.11 or newer is on PATH (Debian: python3)" >&2; exit 1; fi; \
	"$$python" -c 'import venv, ensurepip' 2>/dev/null || $(call debian,python3-venv); \
	echo "setting up .venv with $$("$$python" -V), once, in a minute or two"; \
	"$$python" -m venv --clear .venv
	$(pip) install --require-hashes --no-deps -r requirements.lock
	touch .venv/locked

.venv/ready: .venv/locked pyproject.toml
	$(pip) install --no-deps --no-build-isolation --editable .
	touch .venv/ready

# The model is part of the tree; one is trained only where what it was made from has changed since.
learned_from := config/topics.toml $(wildcard nlp/corpus/* nlp/configs/* nlp/lexicon/*)
.venv/model: .venv/ready $(learned_from) $(or $(wildcard nlp/model/meta.json),always)
	.venv/bin/ideenkanal train --shipped --if-needed
	touch .venv/model

programs:
	$(python) -c 'from tests.postgres import find_programs; find_programs()' 2>/dev/null || $(call debian,postgresql)
	command -v docker-compose >/dev/null || $(call debian,docker-compose)
	command -v openssl >/dev/null || $(call debian,openssl)
	command -v swaks >/dev/null || $(call debian,swaks)
	# Only root can run a Postfix, and another mail server must not be pushed out; without one its tests are skipped.
	# Unconfigured, Debian's starts no service.
	[ "$$(id -u)" -ne 0 ] || [ -e /usr/sbin/sendmail ] || { \
	  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections; $(call debian,postfix); }
