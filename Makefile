# make run | make setup | make test | make fuzz | make eval | make lint | make docs | make bench
PYTHON ?= python3
BIN := .venv/bin
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb) $(shell command -v initdb))
REDIS := $(shell command -v redis-server)

.PHONY: run setup test fuzz eval lint docs bench system-venv system-tests

run: .venv/ready-run
	@$(BIN)/python bot.py serve $(ARGS)

setup: .venv/ready-run .venv/ready-test

test: setup system-tests lint
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# So many examples for each door, every kind of door in a process of its own, two at a time.
FUZZ ?= 10000
fuzz: setup
	@ls tests/fuzz/test_fuzz_*.py | FUZZ=$(FUZZ) xargs -n 1 -P 2 nice $(BIN)/pytest -q -s -p no:logging

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/ready-run
	$(BIN)/python bot.py settings > docs/settings.md

eval: setup
	$(BIN)/python -m tests.accuracy

# A few minutes, best on a machine with nothing else to do; writes docs/benchmarks.md.
bench: setup
	$(BIN)/python -m bench

.venv/ready-run: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 以上。'; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory system-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo '安裝程式所需的套件（第一次約一分鐘）…'
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/ready-test: requirements-dev.txt constraints.txt .venv/ready-run
	@echo '安裝測試所需的套件…'
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# On Debian as root these install themselves; elsewhere what is missing is named.
system-venv:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	else echo '缺少 Python 的 venv 模組：請先安裝 python3-venv。'; exit 2; fi

system-tests:
	@missing="$(if $(CHROMIUM),,chromium) $(if $(POSTGRES),,postgresql) $(if $(REDIS),,redis-server)"; missing=$$(echo $$missing); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "安裝測試所需的系統套件：$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	else echo "測試還需要這些系統套件，請先安裝：$$missing"; exit 2; fi
