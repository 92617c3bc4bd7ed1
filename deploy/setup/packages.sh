#!/usr/bin/env bash
# Installs the Debian packages of the groups named (packages.txt lists them); says nothing and
# takes 20 ms when all are there. As root, or as a user who may use sudo; else it says what to ask for.
#
#   deploy/setup/packages.sh GROUP…            install what is missing
#   deploy/setup/packages.sh --list GROUP…     print the names
#
# SETUP=off leaves the machine alone: for other distributions, whose names differ.
set -euo pipefail
list=$(dirname "$0")/packages.txt

say() { echo "packages.sh: $*" >&2; }

names_of() {
    local group
    for group in "$@"; do
        grep -q "^$group " "$list" || { say "packages.txt has no group $group"; return 2; }
        sed -n "s/^$group  *\([^ ]*\).*/\1/p" "$list"
    done | sort -u
}

# dpkg-query fails when one name is unknown, and prints the others all the same.
missing_of() {
    local here
    here=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        sed -n 's/ installed$//p') || true
    comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$here")
}

# Prints what to put before a command that only root may run.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        echo env
    elif command -v sudo >/dev/null && { [[ -t 2 ]] || sudo -n true 2>/dev/null; }; then
        echo "sudo env"
    else
        return 1
    fi
}

[[ ${SETUP:-on} == off && ${1:-} != --list ]] && exit 0
if [[ ${1:-} == --list ]]; then
    shift
    names_of "$@"
    exit
fi
names=$(names_of "$@")
if ! command -v apt-get >/dev/null; then
    say "this is not Debian. Install what these packages of Debian 12 hold, then use SETUP=off:"
    say "" $names
    exit 1
fi
missing=$(missing_of $names)
[[ -z $missing ]] && exit 0

if ! root=$(as_root); then
    say "these packages are missing, and you are neither root nor allowed to use sudo here:"
    say "    apt-get install" $missing
    say "Ask whoever may to run that line, then come back."
    exit 1
fi
say "installing" $missing
said=$(mktemp)
trap 'rm -f "$said"' EXIT
# What apt has to say is shown only when it fails. Another apt may be running (a fresh machine
# updates itself): wait for its lock.
apt() {
    $root DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null >"$said" 2>&1 ||
        { cat "$said" >&2; return 1; }
}
apt update || say "apt-get update failed; trying with the lists that are here"
if ! apt install -y --no-install-recommends $missing; then
    say "apt-get could not install:" $missing
    exit 1
fi
