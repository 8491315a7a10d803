# One command for each habit; `make help` lists them. Each makes or renews the environment (.venv) that it needs.

PYTHON ?= python3
# Some tests wait for another program: three workers keep two cores at work.
PYTEST_ARGS ?= -n 3 --dist loadgroup
RUN := .venv/bin/python

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# An environment belongs to one place and one Python: a copied tree, or another PYTHON, makes its own anew.
ifneq ($(shell test -x $(RUN) && cat .venv/made 2>/dev/null),$(CURDIR) $(PYTHON))
.PHONY: .venv/made
endif

.DELETE_ON_ERROR:
.PHONY: help demo desk test pytest test-314 coverage lowest lint format docs site bench fuzz mutants clean

help:  ## list these commands
	@sed -n 's/^\([a-z0-9-]*\):.*## /make \1\t/p' Makefile

demo: .venv/installed  ## audit a shipped example
	@.venv/bin/auditor demo

desk: .venv/ready  ## build the page that audits in a browser: dist/auditor-desk.html
	@$(RUN) -m desk.build

test: lint pytest  ## every check that CI runs

pytest: .venv/ready
	@echo '== pytest'
	@$(RUN) -m pytest $(PYTEST_ARGS)

test-314: .venv/ready  ## the tests that run in the page's own Python, 3.14 on WebAssembly
	@echo '== Python 3.14'
	@$(RUN) -m desk.try_314

coverage: .venv/ready  ## the tests once more, counting the lines that they run; takes twice as long
	@$(RUN) -m pytest $(PYTEST_ARGS) --cov --cov-report=term

lowest: .venv/made  ## try the lowest versions that pyproject.toml allows
	@echo '== lowest versions'
	@$(RUN) .ci/lowest.py

lint: .venv/ready  ## style, types and the one-way flow
	@$(RUN) .ci/lint.py

format: .venv/ready  ## put the code into the project's style
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

docs: .venv/ready  ## write the pages that are made from the code
	@$(RUN) docs/make_reference.py

site: .venv/ready  ## make the docs a site to read in a browser: dist/site
	@$(RUN) -m docs.make_site

bench: .venv/ready  ## measure, and write docs/benchmarks.md
	@$(RUN) -m benchmarks

fuzz: .venv/ready  ## damage documents and files at random for SECONDS (60), from a SEED; KIND, NUMBER
	@$(RUN) -m tests.fuzzing --seconds $(or $(SECONDS),60) --seed $(or $(SEED),0) \
	  --kind '$(KIND)' $(if $(NUMBER),--number $(NUMBER))

mutants: .venv/ready  ## change the code at random and see whether tests notice, and write docs/mutants.md; SEED, COUNT, TIME
	@$(RUN) -m tests.mutants --seed $(or $(SEED),1) --count $(or $(COUNT),660) --seconds $(or $(TIME),3600) \
	  --page docs/mutants.md

clean:  ## remove the environment and everything that was made
	rm -rf .venv build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/made: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python 3.11 以上が必要ですが、$(PYTHON) が見つかりません。'; \
	  echo 'Python 3.11 or newer is needed, and there is no $(PYTHON).'; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 以上が必要です（$(PYTHON) は $$($(PYTHON) --version 2>&1) です）。例: make PYTHON=python3.12 demo"; \
	  echo "Python 3.11 or newer is needed ($(PYTHON) is $$($(PYTHON) --version 2>&1)). For example: make PYTHON=python3.12 demo"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'Python の venv がありません。Debian・Ubuntu では apt install python3-venv で入ります。'; \
	  echo 'Python lacks its venv module. On Debian and Ubuntu: apt install python3-venv'; exit 1; } >&2
	@echo '環境 .venv を作成しています… / Making the environment in .venv …' >&2
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@echo '$(CURDIR) $(PYTHON)' > $@

.venv/installed: .venv/made
	@$(RUN) -m pip install -qq --editable .
	@touch $@

.venv/ready: .venv/made
	@$(RUN) -m pip install -qq --editable '.[dev]'
	@touch .venv/installed $@
