#!/bin/sh
# Fill .venv with the packages of requirements.txt and the project itself; `make` decides when.
set -eu
cd -P "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*"; }

unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_USER || true
export PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# An environment that was moved, or whose Python was replaced, is made anew.
if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    ! grep -qF "$PWD/.venv/bin/" .venv/bin/pip; then
    if ! python=$(sh tools/find-python.sh); then
        say "需要 Python 3.11 或更新（含 venv 和 ensurepip）。装好后再运行 make，或用 make PYTHON=路径 指定。"
        exit 1
    fi
    say "建立 Python 环境 .venv（$("$python" --version)）"
    "$python" -m venv --clear .venv
fi

say "安装 requirements.txt 中固定版本的 Python 软件包"
.venv/bin/python -m pip install --quiet --require-hashes -r requirements.txt
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
say "Python 环境已就绪。"
