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
# Begun all at once, as they are unless told otherwise, every step of one test would come after a step
# of all others, a minute later on a busy machine. So many keep the processors busy all the same.
tests_at_once=16

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
    local status=0 figures bundle
    bundle=$(swift build --show-bin-path)/callbridgePackageTests.xctest
    : >"$results/swift.xml"
    echo "running all Swift tests"
    # What `swift test` runs, without its lock on .build: something else is built meanwhile.
    timeout --kill-after=10 "$seconds_max" \
        "$bundle" --testing-library swift-testing --xunit-output "$results/swift.xml" \
        --experimental-maximum-parallelization-width "$tests_at_once" \
        >"$results/swift.txt" 2>&1 || status=$?
    grep -aE '^(✘|↳|✔ Test run|error: )' "$results/swift.txt" |
        grep -avE '^↳ (Testing Library|Target Platform)'
    grep -aqE '^(✔|✘) Test run' "$results/swift.txt" || tail -n 60 "$results/swift.txt"
    figures=$(awk '
        /<testcase / { tests++; open = 1 }
        /<skipped/ { tests-- }
        /<failure/ && open { failures++; open = 0 }
        END { print tests - failures, failures + 0 }' "$results/swift.xml")
    [[ $figures == "0 0" && $status == 0 ]] && status=1
    # Two words: passed, failed.
    # shellcheck disable=SC2086
    count "swift test" "$status" $figures
}

# Every other suite is a program whose last line says "…: N passed, N failed".
suites_of() { # suites_of FOLDER
    local each
    for each in "$1"/*_test.sh; do
        "$each" >"$results/${each##*/}.txt" 2>&1 || echo $? >"$results/${each##*/}.status"
    done
}

# They wait more than they work: those of one folder follow each other, folders go side by side.
all_suites() {
    local folder each name last status
    for folder in $(printf '%s\n' Tests/*/*_test.sh | xargs -n 1 dirname | sort -u); do
        suites_of "$folder" &
    done
    wait
    for each in Tests/*/*_test.sh; do
        name=${each##*/}
        cat "$results/$name.txt"
        last=$(tail -n1 "$results/$name.txt")
        status=$(cat "$results/$name.status" 2>/dev/null || echo 0)
        if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
            count "$each" "$status" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
        else
            count "$each" 1 0 0
        fi
    done
}

rm -f "$results"/*.status
# What some suites need is built with whatever time the Swift tests leave, which wait for the most part.
nice -n 19 make --silent build SETUP=off >"$results/build.txt" 2>&1 &
swift_tests
echo "running all other tests"
wait
all_suites

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
