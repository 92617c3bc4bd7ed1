#!/usr/bin/env bash
# Callers whose daemon is killed under them keep their stream, where a service manager keeps it.
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

calls=${CALLS:-5}

# An agent that speaks all the time, and goes on when told to.
talker() {
    local words
    words=$(printf 'conversation %.0s' $(seq 40))
    {
        printf 'greeting\n  say "%s"\n' "$words"
        printf 'when "interrupted"\n  say "%s"\n' "$words"
    } >"$work/talker.txt"
    agentsim --script "$work/talker.txt" --out "$work/outcomes"
}

count() { grep -c -- "$1" "$work/callbridge.log" || true; }
told() { [[ $(count "$1") -ge $2 ]]; }

# kill_it AGENTS: once so many conversations in all have begun, and a while after that.
kill_it() {
    until_true "$1 conversations" told "Started conversation" "$1"
    until_true "they speak" speak_again
    kill -KILL "$(<"$work/daemon.pid")"
}
# A second of talk, counted by what the daemon answers.
speak_again() {
    local since=${spoke_at:=$SECONDS}
    ((SECONDS >= since + 2)) || return 1
    unset spoke_at
}

# talk STREAMS KILLS: callers listen while their daemon is killed so often.
talk() {
    local kill
    phonesim --calls "$calls" --rate 20 --limit 24s --out "$work/heard.wav" \
        --json "$work/results.json"
    for kill in $(seq "$2"); do kill_it $((calls * kill)); done
    ends "$phone" "$([[ $1 == 1 ]] && echo 0 || echo 1)" || { cat "$work/phonesim.log"; false; }
    until_true "every call ended" told "Call ended" "$calls"
    kill -TERM "$keeper"
    ends "$keeper" 0
    [[ $(count "Call ended .* REASON=caller_hung_up ") == "$calls" ]]
    [[ $(count " 0 descriptors are left") == 1 ]]
    python3 "$project/Tests/Programs/unbroken.py" "$work/results.json" "$work/outcomes" \
        "$work/heard.wav" "$calls" "$1" $(($2 + 1)) >"$work/figures"
    cat "$work/figures" >&9
}

test_callers_of_a_killed_daemon_keep_their_streams() {
    talker
    kept --store 512
    talk 1 2
    [[ $(count "goes on without having been closed") == $((2 * calls)) ]]
    # None lost on the way in either, by Twilio's own numbers.
    [[ $(count "FRAMES_LOST=0 ") == "$calls" ]]
}

test_a_stream_that_outlives_three_processes_is_closed_after_the_fourth() {
    calls=1
    talker
    kept --store 512
    talk 2 4
    [[ $(count "goes on without having been closed") == 3 ]]
    [[ $(count "it has outlived too many processes") == 1 ]]
}

test_where_nothing_is_kept_they_get_another_stream() {
    talker
    kept --store 0
    talk 2 1
    [[ $(count "goes on without having been closed") == 0 ]]
}

# Figures are shown whatever becomes of the tests.
exec 9>&1

run_house_tests
