# The few words the setup tests are written in; source it. A test is a function whose name is its
# sentence; it fails with the first command that does.
set -uo pipefail

passed=0 failed=0
work=$(mktemp -d)
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# says WORDS: the command tried last said these words, on either stream.
says() {
    grep -qF -- "$*" "$work/said" && return
    echo "expected it to say: $*"
    return 1
}

# fails CMD…: true when the command ends with an error; keeps what it said.
fails() { ! tried "$@"; }
works() { tried "$@"; }
tried() { "$@" >"$work/said" 2>&1; }

# silent: the command tried last said nothing at all.
silent() { [[ ! -s $work/said ]]; }

# What a test file does before each of its tests; it may define its own.
before_each() { :; }

# Runs every function whose name begins with test_, each in a subshell that stops at an error.
# TIMES=on tells how many seconds each of them took.
run_tests() {
    local name status began
    for name in $(compgen -A function test_); do
        : >"$work/said"
        began=$SECONDS
        before_each
        # Not inside the `if`: bash ignores set -e there.
        (set -e; "$name") >"$work/why" 2>&1
        status=$?
        [[ ${TIMES:-} != on ]] || echo "$((SECONDS - began)) s  ${name#test_}"
        if [[ $status == 0 ]]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "✘ ${name#test_}"
            sed 's/^/    /' "$work/why" "$work/said"
        fi
    done
    echo "$(basename "$0"): $passed passed, $failed failed"
    [[ $failed == 0 ]]
}
