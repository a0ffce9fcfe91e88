# Everything that this project does, from nothing but Python (3.11 or newer, with venv), git and make.
# A plain POSIX make and sh are enough. PYTHON=… chooses the Python, STACK=… the environment of up and down.

.POSIX:

PYTHON = python3
STACK = local
BIN = .venv/bin

# What `check` leaves to `test`, and `test` to `proof`.
QUICK = not engine and not emulator and not browser and not proof
TEST = not proof
# Some containers forbid Python to keep what it compiled: each of the tests' many processes would compile it again.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n 2 --dist worksteal

help:
	@echo 'make demo     from nothing to an answered question, on this machine: no account, no key'
	@echo 'make up       bring the environment up (STACK=local; kb up -s ENV is the same)'
	@echo 'make down     delete the environment and what is in it'
	@echo 'make smoke    the whole road on your own accounts, in an environment beside STACK, which goes again'
	@echo 'make check    format, lint, types, imports and the quick tests: before each commit'
	@echo 'make test     everything that guards a commit: real engine, emulated clouds; at most 12 minutes'
	@echo 'make proof    the long counts of kills, faults and races; at most 60 minutes'
	@echo 'make clean    stop the local cloud and remove what these made here (docs/engine.md: what is elsewhere)'
	@echo
	@echo 'Python 3.11 or newer with venv is needed (PYTHON=$(PYTHON)); the rest is fetched.'

# Made again only when what is to be installed has changed.
.venv/synced: pyproject.toml uv.lock bootstrap/uv bootstrap/uv.txt bootstrap/environment
	@echo 'Installing what uv.lock says into .venv (a minute the first time)'
	@PYTHON='$(PYTHON)' sh bootstrap/environment

# Says where the engine is; the first time on a machine without Pulumi it builds one, and says how that goes.
engine: .venv/synced
	@$(BIN)/python -m infra.engine >/dev/null

# The emulators that are compiled: said here, since nobody sees what a test says meanwhile.
emulators: .venv/synced
	@$(BIN)/python -m infra.local_cloud

# What the report's page is opened in: said here, for the same reason, where one has to be installed.
browser: .venv/synced
	@$(BIN)/python -m tests.browser

demo: .venv/synced
	@$(BIN)/kb demo

up: .venv/synced
	@$(BIN)/kb up -s '$(STACK)'

# On the user's own accounts: asks, or wants KB_SMOKE_CONSENT=$(STACK).
smoke: .venv/synced
	@$(BIN)/kb smoke -s '$(STACK)'

down: .venv/synced
	@$(BIN)/kb down -s '$(STACK)'

check: .venv/synced
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -m '$(QUICK)'

test: engine emulators browser
	$(PYTEST) -m '$(TEST)'

proof: engine emulators browser
	$(PYTEST) -m proof

# What benchmarks measure beside this package: rclone, s5cmd and AzCopy.
peers:
	@PYTHON='$(PYTHON)' sh benchmarks/install-peers

clean:
	@sh bootstrap/clean

.PHONY: help engine emulators browser demo up smoke down check test proof peers clean
