# Two commands do all the set-up there is. Both are safe to run again.
#   make demo   screens the example list that ships into out/
#   make test   passes the tests
# make check looks at the style, the types and the layers and builds the documentation into out/docs (make docs);
# make check-browser opens reports and maps in Chromium, which it installs from Debian where it is missing.
# make bench measures for a minute or two; docs/benchmarks.md says how to measure in full.

PYTHON ?= python3
VENV   := .venv
READY  := $(VENV)/ready

.PHONY: demo test check docs check-browser bench clean

demo: $(READY)
	$(VENV)/bin/dcpermit demo --out out
	@echo "A list of your own: . $(VENV)/bin/activate; dcpermit batch LIST --out answers.xlsx --report report.html"

test: $(READY)
	$(VENV)/bin/python -m pytest

check: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(MAKE) docs

# A warning is an error: a name that leads nowhere, a page that no other leads to.
docs: $(READY)
	$(VENV)/bin/sphinx-build -q -W --keep-going -n -b html docs out/docs

# Debian brings Chromium, fonts and Node; npm brings what drives the one and checks contrast. Needs root where one is missing.
check-browser: $(READY)
	@command -v chromium >/dev/null && command -v npm >/dev/null || { \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-dejavu-core $$(command -v npm >/dev/null || echo nodejs npm); }
	cd tests/browser && npm ci --silent --no-audit --no-fund
	rm -rf out/browser && mkdir -p out/browser
	$(VENV)/bin/python tests/browser/pages.py out/browser
	node tests/browser/check.mjs out/browser

bench: $(READY)
	$(VENV)/bin/python benchmarks/law.py
	$(VENV)/bin/python benchmarks/nepa.py 100000
	$(VENV)/bin/python benchmarks/lands.py --quick

# The environment is made anew when the project's requirements change.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dcpermit needs Python 3.11 or newer; set PYTHON=python3.12, say"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) out
