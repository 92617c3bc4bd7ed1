#!/usr/bin/env bash
# The audio of a call costs no memory: the released daemon is counted, allocation by allocation,
# while agentsim and phonesim hold a call through it. What is left is the marks, about one a second.
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/../Programs/house.sh"

programs=$project/.build/release
seconds=5
# Allocations for a thousand media frames.
thousandth_max=100
counter=$work/allocations.so

allocations() { od -An -t u8 -N 8 "$work/allocations" | tr -d ' '; }

# frames NAME: of the one living call, as the operator sees them.
frames() {
    get /api/twilio/conversations | grep -oE "\"$1\": *[0-9]+" | grep -oE '[0-9]+$' || echo 0
}
in_conversation() { (($(frames frames_in) > 100 && $(frames frames_out) > 100)); }

# measure FORMAT: prints the figures, and fails when they are too high.
measure() {
    local before after heard said count
    agentsim --format "$1" --script "$(speech 30)" --fault deaf
    callbridge LD_PRELOAD="$counter" ALLOCATIONS="$work/allocations"
    phonesim --wait --limit 60s
    until_true "audio flows both ways" in_conversation
    # The agent sends at least three times faster than it is heard: by then all of its 24 s are here,
    # and what is measured is the pace of the call, not the taking in of replies.
    sleep 8
    heard=$(frames frames_in) said=$(frames frames_out)
    before=$(allocations)
    sleep "$seconds"
    after=$(allocations)
    heard=$(($(frames frames_in) - heard)) said=$(($(frames frames_out) - said))
    count=$((after - before))
    echo "$1: $count allocations in $seconds s, $heard frames heard, $said frames said:" \
        "$(awk -v n="$count" -v frames=$((heard + said)) \
            'BEGIN { printf "%.3f", frames ? n / frames : -1 }') a frame" | tee -a "$work/figures"
    end_all
    # A daemon that has started has asked for memory: whoever counted none did not count.
    ((before > 1000))
    # Half of what fifty frames a second each way would be: a call that stood still proves nothing.
    ((heard > seconds * 25 && said > seconds * 25))
    ((count * 1000 <= (heard + said) * thousandth_max))
}

test_mu_law_both_ways_costs_no_allocation() { measure ulaw_8000; }
test_wideband_both_ways_costs_no_allocation() { measure pcm_16000; }

finish() {
    end_all
    rm -rf "$work"
}
trap finish EXIT
: >"$work/figures"
make -C "$project" --silent build SETUP=off >"$work/build.txt" 2>&1 || {
    tail -n 20 "$work/build.txt"
    exit 1
}
cc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$counter" \
    "$(dirname "$0")/allocations.c" || exit 1
run_tests >"$work/verdict" || failed=1
cat "$work/figures" "$work/verdict"
[[ $failed == 0 ]]
