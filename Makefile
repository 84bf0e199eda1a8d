# What people do with Khabar. `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8080

# Many commands start many processes of our own code: without compiled files each of them compiles it anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo run review status test lint types unit test-needs bench-clean bench-tag bench-dedupe bench-dedupe-scale bench-whole bench-learn bench-coverage bench-review bench-feed bench-crawl bench-crawl-memory bench-crawl-peers format pins clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# requirements-install.txt pins uv and setuptools, which install the rest: seconds instead of minutes, and every hash is checked.
$(VENV)/.uv: requirements-install.txt
	@command -v $(PYTHON) >/dev/null || { echo "khabar: $(PYTHON) is not installed"; exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "khabar: Python 3.11 or newer is needed"; exit 3; }
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { echo "khabar: $(PYTHON) has no venv (on Debian: apt-get install python3-venv)"; exit 3; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-install.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements.txt pyproject.toml
	@echo "Installing the pinned requirements …"
	@$(BIN)/uv pip install --quiet --compile-bytecode -p $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet -p $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(BIN)/uv pip install --quiet --compile-bytecode -p $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.run ## Make the environment

demo: $(VENV)/.run ## Collect, clean, dedupe, tag once, with Airflow, against a replica of the outlets
	@$(BIN)/khabar demo

run: $(VENV)/.run ## The same against the live outlets (set KHABAR_CONTACT first)
	@$(BIN)/khabar run

review: $(VENV)/.run ## Serve the review queue on http://127.0.0.1:8080 (PORT=… for another)
	@$(BIN)/khabar review --port $(PORT)

status: $(VENV)/.run ## What each outlet's last crawl found
	@$(BIN)/khabar status

test: lint types unit ## Lint, types and the whole test suite

lint: $(VENV)/.dev ## ruff and the one-way import rule
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

unit: $(VENV)/.dev test-needs ## The tests alone
	@$(BIN)/pytest -n 2 --dist loadgroup

# As root what is missing comes from Debian; otherwise the tests that need it say which command would bring it.
test-needs:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  missing=""; \
	  command -v chromium >/dev/null || missing="$$missing chromium fonts-noto-core"; \
	  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	  if [ -n "$$missing" ]; then echo "Installing$$missing …"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi; \
	fi

# Labelled sets are others' text and no part of the repository; benchmarks/README.md says what they must look like.
DATA ?= $(wildcard ../shared/data)
STORED ?= 1000000

var/peers/.installed: benchmarks/peers.txt | $(VENV)/.dev
	@$(PYTHON) -m venv var/peers
	@$(BIN)/uv pip install --quiet -p var/peers/bin/python --require-hashes -r benchmarks/peers.txt
	@touch $@

bench-clean: $(VENV)/.dev var/peers/.installed ## The clean stage beside four extractors (DATA=folder of labelled sets; 20 minutes)
	@$(BIN)/python benchmarks/clean.py $(if $(DATA),$(wildcard $(DATA)/extraction/dev)) --peers var/peers/bin/python \
	  --memory 10000

bench-tag: $(VENV)/.dev var/peers/.installed ## The tag stage, and beside geotext, flashtext2 and spaCy (DATA=folder of labelled sets; 3 minutes)
	@$(BIN)/python benchmarks/tag.py $(if $(DATA),$(wildcard $(DATA)/tagging))
	@$(BIN)/python benchmarks/tag_beside.py var/peers/bin/python $(if $(DATA),$(wildcard $(DATA)/tagging))

bench-dedupe: $(VENV)/.dev var/peers/.installed ## The same of copies and stories, copies beside datasketch, rensa and gaoya
	@$(BIN)/python benchmarks/dedupe.py $(if $(DATA),$(wildcard $(DATA)/dedupe)) --peers var/peers/bin/python
	@$(BIN)/python benchmarks/dedupe_speed.py

bench-dedupe-scale: $(VENV)/.dev ## Speed and room with 1 000 000 articles stored (STORED=… for fewer; 15 minutes a database)
	@$(BIN)/python benchmarks/dedupe_speed.py --stored $(STORED)
	@$(BIN)/python benchmarks/dedupe_speed.py --stored $(STORED) --database postgresql

bench-whole: $(VENV)/.dev ## A new article's cost from archived page to rows, beside trafilatura
	@$(BIN)/python benchmarks/whole.py $(if $(DATA),$(wildcard $(DATA)/extraction/dev))

bench-learn: $(VENV)/.dev ## Whether decisions teach, and how often chance passes for it
	@$(BIN)/python benchmarks/learn.py $(if $(DATA),$(wildcard $(DATA)/tagging))

bench-coverage: $(VENV)/.dev ## How long a million addresses take to reckon and to read
	@$(BIN)/python benchmarks/coverage.py

bench-review: $(VENV)/.dev ## The desk's pages over a million articles (URL=an empty PostgreSQL database; an hour)
	@$(BIN)/python benchmarks/review_speed.py $(URL)

bench-feed: $(VENV)/.dev ## A feed of 100 000 items (PEER_PYTHON=interpreter with feedparser to compare)
	@PEER_PYTHON=$(PEER_PYTHON) $(BIN)/python benchmarks/feed.py

bench-crawl: $(VENV)/.dev ## Requests, time and memory of crawling 50 outlets × 200 articles, beside bare Scrapy
	@$(BIN)/python benchmarks/crawl.py cost

bench-crawl-memory: $(VENV)/.dev ## Memory from 1 000 to 50 000 articles
	@$(BIN)/python benchmarks/crawl.py memory

bench-crawl-peers: $(VENV)/.dev var/peers/.installed ## Beside news-please, fundus and trafilatura, 12 outlets × 50 articles (half an hour)
	@$(BIN)/python benchmarks/crawl.py peers --outlets 12 --articles 50 --python var/peers/bin/python

format: $(VENV)/.dev ## Let ruff lay out the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

pins: $(VENV)/.dev ## Compile the requirement files anew from pyproject.toml
	@for extra in "" dev; do \
	  $(BIN)/uv pip compile --quiet pyproject.toml $${extra:+--extra $$extra -c requirements.txt} --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    -o requirements$${extra:+-$$extra}.txt || exit 1; done

clean: ## Remove the environment and the caches, but never ./var
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
