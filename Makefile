# Everything here is done by bootstrap.py, which does the same where make is missing.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if "$$p" -c "" >/dev/null 2>&1; then echo "$$p"; break; fi; done)

.PHONY: help demo test check serve bundle bench lock clean
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1  /p' Makefile

demo: ## set up and plan the built-in example
test: ## set up and run the fast tests
check: ## lint, format, types, imports, docs and tests
serve: ## show the example in a browser on this computer
bundle: ## make a folder that installs without a network
bench: ## measure speed beside the peers
lock: ## renew the lock files
clean: ## remove what the other commands made

demo test check serve bundle bench lock clean:
	@"$(or $(PYTHON),python3)" bootstrap.py $@ $(ARGS)
