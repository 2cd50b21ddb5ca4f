# The project's own words for what people do with it. `make` alone lists them.
# Everything is installed into .venv, from uv.lock, by uv, which is installed there too.
UV = .venv/bin/uv
RUN = $(UV) run --frozen --quiet

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/ready: uv.lock pyproject.toml
	python3 -m venv .venv && .venv/bin/python -m pip install --quiet 'uv>=0.9,<1'
	$(UV) sync --frozen --quiet && touch .venv/ready

demo: .venv/ready  ## set up, crawl the invented news web on this machine, browse the result
	$(RUN) newsward demo $(ARGS)

test: .venv/ready  ## set up and run what every change must pass: checks and tests
	$(RUN) ruff format --check . && $(RUN) ruff check . && $(RUN) codespell
	$(RUN) mypy && $(RUN) lint-imports --no-logo
	$(RUN) python docs/generate.py --check
	$(RUN) pytest -n auto --dist worksteal

test-all: test  ## the same, and the slow tests: kills, hostile servers, real pages
	$(RUN) pytest --slow -m slow -n 3 --dist worksteal

fix: .venv/ready  ## format, mend what can be mended, write the generated docs anew
	$(RUN) ruff format . ; $(RUN) ruff check --fix . ; $(RUN) python docs/generate.py

.PHONY: help demo test test-all fix
