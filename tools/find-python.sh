#!/bin/sh
# Print a Python that can make the virtual environment: 3.11 or newer, with venv and ensurepip.
# PYTHON in the environment names the only one to try.
set -u

for python in ${PYTHON:-python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1 </dev/null; then
        echo "$python"
        exit 0
    fi
done
exit 1
