#!/usr/bin/env bash
# Runs all tests of a tree that `make check` has built and ends with one line: N passed, N failed.
# Every suite is run, whatever became of those before it; a suite that dies counts as one failure.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0
results=.build/test-results
mkdir -p "$results"

count() { # count NAME STATUS PASSED FAILED
    passed=$((passed + $3)) failed=$((failed + $4))
    if [[ $2 != 0 && $4 == 0 ]]; then
        echo "✘ $1 ended with status $2 before it was through"
        failed=$((failed + 1))
    fi
}

# Swift Testing leaves its figures in an XML file, which a crash leaves out.
swift_tests() {
    local file=$results/swift.xml status=0 suite tests=0 wrong=0
    rm -f "$results"/swift*.xml
    swift test --skip-build --parallel --disable-xctest --xunit-output "$file" || status=$?
    suite=$(grep -h '<testsuite ' "$results"/swift*.xml 2>/dev/null | head -n1)
    if [[ $suite =~ tests=\"([0-9]+)\" ]]; then tests=${BASH_REMATCH[1]}; fi
    if [[ $suite =~ failures=\"([0-9]+)\" ]]; then wrong=${BASH_REMATCH[1]}; fi
    [[ $status == 0 && $tests == 0 ]] && status=1
    count "swift test" "$status" "$((tests - wrong))" "$wrong"
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
