# Two commands do all the set-up there is. Both are safe to run again.
#   make demo   screens the example list that ships into out/
#   make test   passes the tests
# make check looks at the style, the types and the layers and builds the documentation into out/docs (make docs);
# make bench measures for a minute or two; docs/benchmarks.md says how to measure in full.

PYTHON ?= python3
VENV   := .venv
READY  := $(VENV)/ready

.PHONY: demo test check docs bench clean

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
