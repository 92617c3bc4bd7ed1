#!/usr/bin/env bash
# Tests the simulators, as `make check` built them, with the vendors' own client libraries; the
# last line says "vendors: N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.build/vendors
stamp=$venv/requirements.txt
if ! cmp -s Tests/Vendors/requirements.txt "$stamp"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r Tests/Vendors/requirements.txt
    cp Tests/Vendors/requirements.txt "$stamp"
fi

# Not built here: other flags than those of `make check` would build everything anew.
CALLBRIDGE_BIN=$(swift build --show-bin-path)
for program in agentsim phonesim; do
    [[ -x $CALLBRIDGE_BIN/$program ]] || { echo "$program is missing; run make check" >&2; exit 1; }
done
export CALLBRIDGE_BIN PYTHONDONTWRITEBYTECODE=1
# What each test says goes to standard error; the figures are all there is on standard output.
exec "$venv/bin/python" Tests/Vendors/run.py
