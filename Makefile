# Every target does its own set-up: Python 3.11 and git are all a machine needs.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test check gen dev bench bench-methods lock clean

help: ## Show what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode --only-binary :all: requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## Simulate a company, refresh its cascade and show it
	@$(BIN)/okr demo

test: $(READY) ## Run the test suite
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(READY) ## Lint, types, layers, SQL style, the example cascade
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests
	$(BIN)/okr validate

gen: $(READY) ## Write the generated files (JSON Schema, dbt sources)
	@$(BIN)/python -m okr_pipeline.generated

dev: $(READY) ## Start the Dagster UI on the demo
	@$(BIN)/okr dev

bench: $(READY) ## Print the speed table as ratios
	@$(BIN)/python -m benchmarks

bench-methods: $(READY) ## Print the error rates of the methods beside the published ones
	@$(BIN)/python -m benchmarks.methods

lock: $(READY) ## Resolve requirements.lock anew
	@$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade -o requirements.lock

clean: ## Forget the environment and everything runs wrote
	rm -rf .venv .okr
