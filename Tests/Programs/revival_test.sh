#!/usr/bin/env bash
# Callers whose daemon is killed in the middle of their call speak with an agent again.
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

calls=5
kills=2

# The practice's agent: greets, hears what the caller wants, and goes on when told to.
practice() {
    {
        printf 'greeting\n  say agent-en-greeting\n'
        printf 'turn caller-en-request\n  say agent-en-offer\n'
        printf 'when "interrupted"\n  say agent-en-offer\n'
        printf 'otherwise\n  say agent-en-confirmation\n'
    } >"$work/practice.txt"
    agentsim --script "$work/practice.txt" --out "$work/outcomes"
}

# in_talk TURNS: every call has had so many turns.
in_talk() {
    local list
    list=$(get /api/twilio/conversations)
    [[ $(grep -oE "\"turns\": ?[$1-9]" <<<"$list" | wc -l) == "$calls" ]]
}
ended() { [[ $(grep -c "Call ended" "$work/callbridge.log") -ge $1 ]]; }
remembered() { find "$work/state" -name '*.json' | wc -l; }
forgotten() { [[ $(remembered) == 0 ]]; }

test_callers_of_a_killed_daemon_speak_with_an_agent_again() {
    practice
    # shellcheck disable=SC2119
    kept
    phonesim --calls "$calls" --rate 20 --wav caller-en-request --wait --limit 24s \
        --out "$work/heard.wav" --json "$work/results.json"
    until_true "all callers were answered" in_talk 3
    [[ $(remembered) == "$calls" ]]
    kill -KILL "$(<"$work/daemon.pid")"
    until_true "all callers were answered again" in_talk 2
    # What is told then was learnt by the first process, and kept by the second.
    kill -KILL "$(<"$work/daemon.pid")"
    # Not good in Twilio's eyes: their streams were lost.
    ends "$phone" 1 || { cat "$work/phonesim.log"; false; }
    until_true "every call ended" ended "$calls"
    kill -TERM "$keeper"
    ends "$keeper" 0
    [[ $(grep -c "Call ended" "$work/callbridge.log") == "$calls" ]]
    [[ $(grep -c "Call ended .* REASON=caller_hung_up " "$work/callbridge.log") == "$calls" ]]
    [[ $(grep -c "EVENT=journal.opened FOUND=$calls " "$work/callbridge.log") == "$kills" ]]
    python3 "$project/Tests/Programs/heard.py" "$work/results.json" "$work/outcomes" \
        "$work/heard.wav" "$calls" "$kills" >"$work/figures"
    cat "$work/figures" >&9
    forgotten
}

# Figures are shown whatever becomes of the tests.
exec 9>&1

run_house_tests
