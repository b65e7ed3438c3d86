# commons-ld: every target only calls the command line or a development tool. `make help` lists them.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CLI    := $(BIN)/commons-ld
ARGS   ?=
QUERY_EDITOR := src/commons_ld/web/editor

.DEFAULT_GOAL := help
.PHONY: help export fetch load serve site check validate test test-long lint bench bench-full bench-reading bench-search bench-reconciling bench-loading bench-embedding bench-endpoint bench-validation bench-site bench-export bench-large bench-sharing bench-folders bench-pages docs editor lock wheel clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

export: $(VENV)/.installed ## read data/, map, validate, and write dist/
	@$(CLI) export $(ARGS)

fetch: $(VENV)/.installed ## bring data/wiki/ up to date with the wiki; name another with ARGS=https://your.wiki/
	@$(CLI) fetch $(ARGS)

load: $(VENV)/.installed ## load dist/ into a SPARQL store; name it with ARGS="--to URL"
	@$(CLI) load $(ARGS)

serve: $(VENV)/.installed ## serve the site and a SPARQL endpoint at http://127.0.0.1:8000/
	@$(CLI) serve $(ARGS)

site: $(VENV)/.installed ## build dist/site/ again from the publication that stands
	@$(CLI) site $(ARGS)

check: $(VENV)/.installed ## tell what harvesters would say of dist/, and which settings they ask for
	@$(CLI) check $(ARGS)

validate: $(VENV)/.installed ## check data/ as export does, and write nothing; fails if something does not conform
	@$(CLI) validate $(ARGS)

test: $(VENV)/.developing ## the whole test suite
	@$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test-long: $(VENV)/.developing ## the tests that take longer: many kills, many inputs
	@$(BIN)/pytest --long --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.developing ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/.benchmarking ## compare mapping, validation and syntaxes with their peers, up to 10,000 records; keep it in docs/benchmarks/
	@$(BIN)/python -m benchmarks.suite $(ARGS)

bench-full: $(VENV)/.benchmarking ## the same up to 100,000 records, with peers where they take an hour
	@$(BIN)/python -m benchmarks.suite --full $(ARGS)

bench-reading: $(VENV)/.benchmarking ## measure the readers, and compare that of dumps with mwxml, up to 100,000 pages
	@$(BIN)/python -m benchmarks.reading 10000 100000 $(ARGS)

bench-search: $(VENV)/.developing ## compare search with SPARQL over the same 10,000 records
	@$(BIN)/python -m benchmarks.searching 10000 $(ARGS)

bench-reconciling: $(VENV)/.developing ## ask what labels mean among 100,000 entities, beside a scan of them all
	@$(BIN)/python -m benchmarks.reconciling 100000 $(ARGS)

bench-loading: $(VENV)/.developing ## load 1,000 records into each store there is, beside its own bulk path
	@$(BIN)/python -m benchmarks.loading 1000 $(ARGS)

bench-embedding: $(VENV)/.developing ## load the embedded store, beside what its engine takes for the dump alone, up to ten million quads
	@$(BIN)/python -m benchmarks.embedding 10000 100000 $(ARGS)

bench-endpoint: $(VENV)/.benchmarking ## compare the endpoint with rdflib-endpoint over the same 1,000 records
	@$(BIN)/python -m benchmarks.endpoint 1000 $(ARGS)

bench-validation: $(VENV)/.benchmarking ## compare validation with seven other engines over the same 1,000 records
	@$(BIN)/python -m benchmarks.validating compare 1000 $(ARGS)

bench-site: $(VENV)/.developing ## measure the site beside the dumps, and a query and a template a page, at 10,000 records
	@$(BIN)/python -m benchmarks.site 1000 10000 $(ARGS)

bench-export: $(VENV)/.developing ## measure exports end to end, and again after one change, up to 100,000 records
	@$(BIN)/python -m benchmarks.exporting 1000 10000 100000 $(ARGS)

bench-large: $(VENV)/.developing ## measure exports of up to a million records, with the settings for a large archive
	@$(BIN)/python -m benchmarks.exporting 10000 100000 1000000 --lean --jobs 2 $(ARGS)

bench-sharing: $(VENV)/.developing ## measure exports that one worker does, and two, at 10,000 records
	@$(BIN)/python -m benchmarks.sharing 10000 $(ARGS)

bench-folders: $(VENV)/.developing ## measure the files of 100,000 records in one folder, and shared out among many
	@$(BIN)/python -m benchmarks.folders 100000 $(ARGS)

bench-pages: $(VENV)/.developing ## let Lighthouse judge pages of the site in dist/
	@$(BIN)/python -m benchmarks.lighthouse dist/site $(ARGS)

docs: $(VENV)/.developing ## write the generated tables of docs/ again
	@$(BIN)/python -m tests.generated

lock: $(VENV)/.installed ## resolve the dependencies again into requirements/
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(RESOLVE) pyproject.toml --group build --output-file requirements/run.txt
	@$(RESOLVE) pyproject.toml --group build --group dev --output-file requirements/dev.txt
	@$(RESOLVE) --group peers --output-file requirements/peers.txt

editor: ## bundle the editor of the query page; needs Node.js and npm
	@cd $(QUERY_EDITOR) && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

wheel: $(VENV)/.developing ## build the wheel and the source archive in build/
	@$(BIN)/python -m hatchling build --directory build

clean: ## remove what was made: the environment, dist/ and the caches; the ledger in .commons-ld/ stays
	rm -rf $(VENV) $(QUERY_EDITOR)/node_modules $(QUERY_EDITOR)/../static/editor.* dist .dist.generations build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

RESOLVE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-header --no-annotate --no-emit-index-url

# An environment is complete only when its stamp is there; a killed installation begins anew.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "commons-ld needs Python 3.11 or later; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making the environment $(VENV) …" >&2
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo "see that the venv module is there (Debian: python3-venv)" >&2; exit 1; }
	@touch $@

$(VENV)/.installed: requirements/run.txt pyproject.toml | $(VENV)/.created
	@echo "Installing what commons-ld needs …" >&2
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: requirements/dev.txt $(VENV)/.installed
	@echo "Installing what its tests need …" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# Peers pin versions of their own, so each environment is apart.
$(VENV)/.benchmarking: requirements/peers.txt benchmarks/npm/package-lock.json $(VENV)/.developing
	@echo "Installing what is compared …" >&2
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@if command -v npm >/dev/null; then \
	  mkdir -p $(VENV)/peers/npm && cp benchmarks/npm/package*.json $(VENV)/peers/npm/ && \
	  npm ci --prefix $(VENV)/peers/npm --ignore-scripts --no-audit --no-fund --silent >/dev/null; \
	else echo "no Node.js: the engines from npm are not compared" >&2; fi
	@touch $@
