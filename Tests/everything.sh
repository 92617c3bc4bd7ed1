#!/usr/bin/env bash
# Runs all tests of a tree that `make check` has built and ends with one line: N passed, N failed.
# Every suite is run, whatever became of those before it; a suite that dies counts as one failure.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

passed=0 failed=0
results=.build/test-results
mkdir -p "$results"
# A test that waits for ever is ended; all of them together take a fraction of this.
seconds_max=900

count() { # count NAME STATUS PASSED FAILED
    passed=$((passed + $3)) failed=$((failed + $4))
    if [[ $2 != 0 && $4 == 0 ]]; then
        echo "✘ $1 ended with status $2 before it was through"
        failed=$((failed + 1))
    fi
}

# Swift Testing leaves what became of each test in an XML file, which a crash leaves out. Shown are
# failures and the closing line, and the end of everything when it died; all of it is in swift.txt.
swift_tests() {
    local status=0 figures
    rm -f "$results"/swift*.xml
    echo "running all Swift tests"
    timeout --kill-after=10 "$seconds_max" \
        swift test --skip-build --parallel --disable-xctest --xunit-output "$results/swift.xml" \
        >"$results/swift.txt" 2>&1 || status=$?
    grep -aE '^(✘|↳|✔ Test run|error: )' "$results/swift.txt" |
        grep -avE '^↳ (Testing Library|Target Platform)'
    grep -aqE '^(✔|✘) Test run' "$results/swift.txt" || tail -n 60 "$results/swift.txt"
    figures=$(cat "$results"/swift*.xml 2>/dev/null | awk '
        /<testcase / { tests++; open = 1 }
        /<skipped/ { tests-- }
        /<failure/ && open { failures++; open = 0 }
        END { print tests - failures, failures + 0 }')
    [[ $figures == "0 0" && $status == 0 ]] && status=1
    # Two words: passed, failed.
    # shellcheck disable=SC2086
    count "swift test" "$status" $figures
}

# Every other suite is a program whose last line says "…: N passed, N failed".
suite() {
    local status=0 last
    "$1" | tee "$results/${1##*/}.txt" || status=$?
    last=$(tail -n1 "$results/${1##*/}.txt")
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        count "$1" "$status" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    else
        count "$1" 1 0 0
    fi
}

swift_tests
for each in Tests/*/*_test.sh; do suite "$each"; done

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
