#!/usr/bin/env bash
# deploy/setup/packages.sh on machines of several kinds: each is a folder of stand-ins for dpkg-query,
# apt-get, id and sudo, and the few real tools the script uses. No package is ever installed.
. "$(dirname "$0")/check.sh"

tools=$work/tools
mkdir -p "$tools"
for tool in bash sed grep sort comm dirname env true mktemp rm cat; do ln -s "$(type -P $tool)" "$tools/$tool"; done

stand_in() { # stand_in NAME SCRIPT
    printf '#!/bin/bash\n%s\n' "$2" >"$work/machine/$1"
    chmod +x "$work/machine/$1"
}
before_each() {
    rm -rf "$work/machine"
    mkdir "$work/machine"
    : >"$work/asked"
}
debian() { # debian USER_ID INSTALLED…
    stand_in id "echo $1"
    shift
    stand_in dpkg-query "for p in $*; do echo \"\$p installed\"; done; exit 1"
    stand_in apt-get "echo \"\$@\" >>'$work/asked'"
}
packages() { env -i PATH="$work/machine:$tools" "$project/deploy/setup/packages.sh" "$@"; }
setup() { env -i PATH="$work/machine:$tools" SETUP=off "$project/deploy/setup/packages.sh" "$@"; }

test_root_gets_only_what_is_missing() {
    debian 0 curl ca-certificates
    works packages toolchain
    grep -q ' update$' "$work/asked"
    grep -q ' install -y --no-install-recommends gpg$' "$work/asked"
}
test_nothing_missing_says_nothing_and_asks_nothing() {
    debian 0 curl ca-certificates gpg
    works packages toolchain
    silent
    [[ ! -s $work/asked ]]
}
test_a_removed_package_whose_settings_are_left_counts_as_missing() {
    debian 0 curl gpg
    stand_in dpkg-query 'echo "curl installed"; echo "gpg installed"; echo "ca-certificates config-files"'
    works packages toolchain
    grep -q ' ca-certificates$' "$work/asked"
}
test_a_user_without_rights_is_told_what_to_ask_for() {
    debian 1000 curl
    fails packages toolchain
    says "apt-get install ca-certificates gpg"
    [[ ! -s $work/asked ]]
}
test_a_user_whom_sudo_refuses_is_told_too() {
    debian 1000 curl
    stand_in sudo 'echo "a password is required" >&2; exit 1'
    fails packages toolchain
    says "apt-get install ca-certificates gpg"
    [[ ! -s $work/asked ]]
}
test_a_user_who_may_use_sudo_installs() {
    debian 1000 curl ca-certificates
    stand_in sudo '[[ $1 == -n ]] && shift; exec "$@"'
    works packages toolchain
    grep -q ' gpg$' "$work/asked"
}
test_an_install_that_fails_is_an_error() {
    debian 0 curl ca-certificates
    stand_in apt-get 'case "$*" in *install*) exit 100 ;; esac'
    fails packages toolchain
    says "could not install: gpg"
}
test_an_update_that_fails_is_not_the_end() {
    debian 0 curl ca-certificates
    stand_in apt-get "case \"\$*\" in *update) exit 100 ;; *) echo \"\$@\" >>'$work/asked' ;; esac"
    works packages toolchain
    grep -q ' gpg$' "$work/asked"
}
test_another_distribution_gets_the_list() {
    fails packages toolchain
    says "this is not Debian"
    says "ca-certificates curl gpg"
}
test_setup_off_leaves_the_machine_alone() {
    debian 0
    works setup toolchain
    silent
    [[ ! -s $work/asked ]]
}
test_an_unknown_group_is_an_error() {
    debian 0
    fails packages nonsense
    says "no group nonsense"
}
test_the_list_has_no_name_twice_in_a_group() {
    local twice
    twice=$(sed -n 's/^\([a-z]*  *[^ ]*\).*/\1/p' "$project/deploy/setup/packages.txt" | sort | uniq -d)
    [[ -z $twice ]] || { echo "twice: $twice"; return 1; }
}

trap 'rm -rf "$work"' EXIT
run_tests
