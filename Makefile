# make        安装所缺的一切，生成全部年报
# make test   同样先安装，再运行检查和测试
# 其余目标：make help
#
# What is there is not installed again: the Debian packages are looked up (tools/install-debian.sh),
# and .venv carries a stamp that is older than neither the lock file nor pyproject.toml.

SHELL := /bin/sh
BIN := .venv/bin
STAMP := .venv/nianbao.stamp
PYTEST_ARGS ?= -m "not slow"
BENCH_ARGS ?=
export PYTHON

# Where and with which Python .venv was made: a moved folder or a new Python makes it again.
IDENTITY := $(CURDIR) $(shell $(BIN)/python --version 2>/dev/null)
ifneq ($(IDENTITY),$(shell cat $(STAMP) 2>/dev/null))
$(STAMP): FORCE
endif

.DEFAULT_GOAL := build
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: archive bench build setup debian test unit lint doctor lock docs clean help FORCE

build: setup ## 生成全部年报（默认）
	$(BIN)/nianbao build

20%: setup ## 只生成某一年的年报，如 make 2021
	$(BIN)/nianbao build $@

archive: setup ## 归档：为每份已生成的报告做归档包，写入 build/archive/
	$(BIN)/nianbao archive

test: lint unit ## 检查和测试；连同慢测试：make test PYTEST_ARGS=

unit: setup
	$(BIN)/pytest -n auto --maxprocesses=4 $(PYTEST_ARGS)

lint: setup ## 检查代码：ruff、mypy、lint-imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

doctor: setup ## 列出程序、字体和软件包的状况
	$(BIN)/nianbao doctor

setup: debian $(STAMP) ## 只安装，不生成

debian:
	@sh tools/install-debian.sh

$(STAMP): requirements.txt pyproject.toml tools/make-venv.sh | debian
	@sh tools/make-venv.sh
	@printf '%s %s\n' "$$(pwd -P)" "$$($(BIN)/python --version)" > $@

lock: setup ## 按 pyproject.toml 重新固定 requirements.txt 中的版本
	$(BIN)/python -m pip install --quiet uv
	printf 'editables\nhatchling\n' | $(BIN)/uv pip compile --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --quiet \
	  --custom-compile-command 'make lock' --extra dev --output-file requirements.txt pyproject.toml - >/dev/null

bench: setup ## 测量速度，与 Typst、LibreOffice、ctex 比较，写入 bench/results.md；约一小时
	$(BIN)/python -m bench $(BENCH_ARGS)

docs: setup ## 由规则和格式重新生成 docs/findings.md、layouts/ 中的 JSON Schema
	@mkdir -p build
	$(BIN)/nianbao explain --format markdown > build/made && mv build/made docs/findings.md
	$(BIN)/nianbao schema agency > build/made && mv build/made layouts/agency.schema.json
	for form in layouts/*/form.toml; do folder=$${form%/form.toml}; \
	  $(BIN)/nianbao schema "$${folder#layouts/}" > build/made && \
	  mv build/made "$$folder/report.schema.json" || exit 1; done

clean: ## 删除 build/ 中可以重新生成的文件和各种缓存；已用印、已签名和已归档的保留
	@[ ! -d build ] || find build -type f ! -name stamped.pdf ! -name signed.pdf \
	  ! -path 'build/log/*' ! -path 'build/archive/*' -exec rm -f {} +
	@[ ! -d build ] || find build -depth -type d -empty -exec rmdir {} \;
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@echo '==> 已清理。'

help: ## 列出全部目标
	@sed -n 's/^\([a-z0-9%]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | sed 's/20%/2021/' | expand -t 18
