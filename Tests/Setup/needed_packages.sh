#!/usr/bin/env bash
# Says which packages of packages.txt's group build could be left out: takes them away one at a
# time, dependencies or not, and builds from nothing without each. To be run where that does no harm:
#
#   Tests/Setup/newcomer.sh --swift /path/to/swift Tests/Setup/needed_packages.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

[[ -e /etc/callbridge-newcomer ]] || { echo "needed_packages.sh: only inside newcomer.sh" >&2; exit 2; }
apt-get -qq update
apt-get -qq install -y make >/dev/null 2>&1
deploy/setup/packages.sh build

builds() { rm -rf .build && SETUP=off make build >.log 2>&1 && swift build --build-tests >.log 2>&1; }
builds || { tail -n 20 .log; echo "needed_packages.sh: it does not even build with all of them" >&2; exit 1; }
for package in $(deploy/setup/packages.sh --list build); do
    dpkg --remove --force-depends "$package" >/dev/null 2>&1
    if builds; then
        echo "could go    $package"
    else
        echo "needed      $package: $(grep -v '^swift build' .log | grep -m1 -iE 'error|not found|cannot')"
    fi
    apt-get -qq install -y --no-install-recommends "$package" >/dev/null 2>&1
done
