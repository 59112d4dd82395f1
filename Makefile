# make run | make setup | make test | make fuzz | make eval | make lint | make docs | make bench | make bench-growth |
#   make lock | make sbom
PYTHON ?= python3
BIN := .venv/bin
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb) $(shell command -v initdb))
REDIS := $(shell command -v redis-server)
PGBOUNCER := $(firstword $(wildcard /usr/sbin/pgbouncer) $(shell command -v pgbouncer))
NGINX := $(firstword $(shell command -v nginx) $(wildcard /usr/sbin/nginx))
OPENSSL := $(shell command -v openssl)
SYSTEMD := $(shell command -v systemd-analyze)
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --use-pep517

.PHONY: run setup test fuzz eval lint docs bench bench-growth lock sbom system-venv system-tests

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

# What requirements*.txt name, with everything that comes along, each file by its hash; constraints.txt keeps the versions.
# A newer version: change or delete its line in constraints.txt, then make lock sbom.
UV := .venv-tools/bin/uv
LOCK := $(UV) pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'
lock: .venv-tools/ready
	$(LOCK) -c constraints.txt requirements.txt -o requirements.lock
	$(LOCK) -c constraints.txt requirements-dev.txt -o requirements-dev.lock
	$(LOCK) -c constraints.txt requirements-build.txt -o requirements-build.lock
	$(LOCK) requirements-tools.txt -o requirements-tools.lock
	@{ echo '# Every package that comes along, pinned. Written by make lock, which moves none of them by itself.'; \
		grep -hoE '^[a-z0-9.-]+==[^ ;]+' requirements.lock requirements-dev.lock requirements-build.lock | LC_ALL=C sort -u; \
	} > .constraints.new && mv .constraints.new constraints.txt

# What the program runs on, and under which licences: deploy/sbom.cdx.json (CycloneDX) and docs/licences.md.
sbom: .venv-tools/ready
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-sbom
	@$(UV) pip install --quiet --python .venv-sbom --require-hashes -r requirements-build.lock
	@$(UV) pip install --quiet --python .venv-sbom --require-hashes --no-build-isolation -r requirements.lock
	@$(UV) pip uninstall --quiet --python .venv-sbom -r requirements-build.txt
	@.venv-tools/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--sv 1.6 -o deploy/sbom.cdx.json .venv-sbom/bin/python
	@.venv-tools/bin/python deploy/sbom.py

eval: setup
	$(BIN)/python -m tests.accuracy

# A few minutes, best on a machine with nothing else to do; writes docs/benchmarks.md.
bench: setup
	$(BIN)/python -m bench

# Up to 100,000 cases and a million subscribers, a quarter of an hour; writes the table and pictures of docs/scaling.md.
bench-growth: setup
	$(BIN)/python -m bench.growth

.venv/ready-run: requirements.lock requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 以上。'; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory system-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo '安裝程式所需的套件（第一次約一分鐘）…'
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) --no-build-isolation -r requirements.lock
	@touch $@

.venv/ready-test: requirements-dev.lock .venv/ready-run
	@echo '安裝測試所需的套件…'
	@$(INSTALL) --no-build-isolation -r requirements-dev.lock
	@touch $@

.venv-tools/ready: $(wildcard requirements-tools.lock)
	@$(PYTHON) -m venv .venv-tools
	@.venv-tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	@touch $@

# On Debian as root these install themselves; elsewhere what is missing is named.
system-venv:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	else echo '缺少 Python 的 venv 模組：請先安裝 python3-venv。'; exit 2; fi

system-tests:
	@missing="$(if $(CHROMIUM),,chromium) $(if $(POSTGRES),,postgresql) $(if $(REDIS),,redis-server) $(if $(PGBOUNCER),,pgbouncer) \
		$(if $(NGINX),,nginx) $(if $(OPENSSL),,openssl) $(if $(SYSTEMD),,systemd)"; missing=$$(echo $$missing); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "安裝測試所需的系統套件：$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	else echo "測試還需要這些系統套件，請先安裝：$$missing"; exit 2; fi
