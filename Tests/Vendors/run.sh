#!/usr/bin/env bash
# Tests the simulators with the vendors' own client libraries; prints "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.build/vendors
stamp=$venv/requirements.txt
if ! cmp -s Tests/Vendors/requirements.txt "$stamp"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r Tests/Vendors/requirements.txt
    cp Tests/Vendors/requirements.txt "$stamp"
fi

swift build --product agentsim >&2
swift build --product phonesim >&2
CALLBRIDGE_BIN=$(swift build --show-bin-path)
export CALLBRIDGE_BIN PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" Tests/Vendors/run.py
