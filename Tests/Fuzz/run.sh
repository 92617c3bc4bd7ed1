#!/usr/bin/env bash
# Feeds every reader random bytes under libFuzzer and AddressSanitizer: FUZZ_SECONDS (20) for each
# Tests/Fuzz/Fuzz*.swift. Such a file imports the rooms it needs and has one function
#
#     @_cdecl("LLVMFuzzerTestOneInput")
#     func fuzzSomething(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt { …; return 0 }
#
# and may have a folder Seeds/Fuzz… of inputs to begin with. What turned out to be interesting is
# kept in .build/fuzz/corpus for the next run, what made it fail in .build/fuzz/failures.
#
#   Tests/Fuzz/run.sh [FuzzName…]      those only
#   FUZZ_INPUT=FILE Tests/Fuzz/run.sh FuzzName    that input once: to look at a failure
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=.build/fuzz
seconds=${FUZZ_SECONDS:-20}
# A reader that takes longer than this, or more memory, for 4 KiB of input has a fault of its own.
options=(-max_len=4096 -timeout=5 -rss_limit_mb=2048 -print_final_stats=1)
# Optimised as in a release, or it would try a fiftieth of the inputs; assertions stay in.
build=(-c release --scratch-path "$scratch" --sanitize=address
    -Xswiftc -sanitize=fuzzer -Xswiftc -assert-config -Xswiftc Debug)

# Swift's own crash report reads freed memory, which AddressSanitizer would report in its place.
export SWIFT_BACKTRACE=enable=no

names=("$@")
if ((${#names[@]} == 0)); then
    for file in Tests/Fuzz/Fuzz*.swift; do
        [[ -e $file ]] && names+=("$(basename "$file" .swift)")
    done
fi
((${#names[@]})) || { echo "run.sh: there is no Tests/Fuzz/Fuzz*.swift" >&2; exit 1; }

# The rooms a fuzzer imports: those of its imports that are folders of Sources.
rooms_of() {
    local module
    sed -n 's/^\(package \)\{0,1\}import \([A-Za-z]*\)$/\2/p' "$1" | while read -r module; do
        [[ ! -d Sources/$module ]] || echo "$module"
    done
}

# compile NAME ROOM…: links the fuzzer with its rooms, and what they need, as SwiftPM built them.
compile() {
    local name=$1 room objects libraries identity
    shift
    for room in "$@"; do
        [[ -z ${built[$room]:-} ]] || continue
        swift build "${build[@]}" --target "$room" >"$scratch/$room.log" 2>&1 ||
            { cat "$scratch/$room.log"; return 1; }
        built[$room]=yes
    done
    # The rooms' `package` declarations are open to a file compiled under the same package name.
    identity=$(sed -n 's/.*"-package-name","\([^"]*\)".*/\1/p' "$scratch/release.yaml" | head -n1)
    # What became of a source that is no more still lies there.
    mapfile -t objects < <(find "$scratch/release/" -path '*.build/*.o' ! -path '*Tests*' |
        awk -F / 'NR == FNR { known[$0]; next } $NF in known' <(find Sources -printf '%f.o\n') -)
    mapfile -t libraries < <(sed -n '/ door("/ s/.*links: //p' Package.swift |
        grep -o '"[^"]*"' | sed 's/"\(.*\)"/-l\1/')
    swiftc -O -g -assert-config Debug -parse-as-library -swift-version 6 \
        -package-name "$identity" -module-name "$name" \
        -sanitize=fuzzer,address -use-ld=lld -I "$scratch/release/Modules" \
        $(printf -- '-I %s ' Sources/CLibraries/*/include) \
        "Tests/Fuzz/$name.swift" "${objects[@]}" "${libraries[@]}" -lstdc++ -o "$scratch/bin/$name"
}

fuzz() {
    local name=$1 corpus=$scratch/corpus/$1 seeds=()
    mkdir -p "$corpus"
    [[ -d Tests/Fuzz/Seeds/$name ]] && seeds=("Tests/Fuzz/Seeds/$name")
    if [[ -n ${FUZZ_INPUT:-} ]]; then
        "$scratch/bin/$name" "${options[@]}" "$FUZZ_INPUT"
    else
        rm -f "$scratch/failures/$name"-*
        "$scratch/bin/$name" "${options[@]}" -max_total_time="$seconds" \
            -artifact_prefix="$scratch/failures/$name-" "$corpus" "${seeds[@]}" \
            >"$scratch/$name.log" 2>&1
    fi
}

mkdir -p "$scratch"/{bin,failures}
passed=0 failed=0
declare -A built
for name in "${names[@]}"; do
    rm -f "$scratch/$name.log"
    mapfile -t rooms < <(rooms_of "Tests/Fuzz/$name.swift")
    if compile "$name" "${rooms[@]}" && fuzz "$name"; then
        passed=$((passed + 1))
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$name.log" 2>/dev/null)
        echo "✔ $name: ${runs:-1} inputs"
    else
        failed=$((failed + 1))
        tail -n 60 "$scratch/$name.log" 2>/dev/null || true
        echo "✘ $name"
        for input in "$scratch/failures/$name"-*; do
            [[ ! -e $input ]] || echo "    FUZZ_INPUT=$input Tests/Fuzz/run.sh $name"
        done
    fi
done
echo "fuzz: $passed passed, $failed failed"
[[ $failed == 0 ]]
