#!/usr/bin/env bash
# callbridge ctl, as whoever types it sees it: what is printed, where, and how it ends.
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

# A call that lasts until somebody ends it; its SID is $call.
call_is_there() {
    agentsim --script "$(speech 40)" --fault deaf
    callbridge
    phonesim --wait --limit 60s
    until_true "the call is there" answers /api/twilio/conversations '"in-progress"'
    call=$(get /api/twilio/conversations | grep -o 'CA[0-9a-f]\{32\}' | head -n 1)
}

test_without_a_daemon_it_says_where_it_looked() {
    exits 69 env -i "$programs/callbridge" ctl --socket "$work/none.sock" calls
    says "no daemon answers; looked at"
    says "$work/none.sock: nobody"
    exits 69 env -i "$programs/callbridge" ctl --instance no-such-instance calls
    says "/run/callbridge/no-such-instance/control.sock: nobody"
}
test_called_wrongly_it_exits_64() {
    exits 64 "$programs/callbridge" ctl
    says "a command is missing: calls, call, end, drain, reload, tail"
    exits 64 "$programs/callbridge" ctl call
    says "ID is missing"
    exits 64 "$programs/callbridge" ctl clals
    says "did you mean 'calls'?"
}
test_without_a_name_it_looks_everywhere_it_knows() {
    mkdir -p "$work/run/callbridge"
    chmod 700 "$work/run/callbridge"
    callbridge CONTROL_SOCKET=auto XDG_RUNTIME_DIR="$work/run"
    exits 0 env -i XDG_RUNTIME_DIR="$work/run" "$programs/callbridge" ctl calls
    says "serving no calls"
    # The place of a service is looked at before all others when its variable is set.
    exits 69 env -i RUNTIME_DIRECTORY="$work/nowhere" XDG_RUNTIME_DIR="$work/run" \
        "$programs/callbridge" ctl calls
    says "$work/nowhere/control.sock"
}
test_further_daemons_of_one_person_are_all_found() {
    mkdir -p "$work/run/callbridge"
    chmod 700 "$work/run/callbridge"
    callbridge CONTROL_SOCKET=auto XDG_RUNTIME_DIR="$work/run"
    callbridge CONTROL_SOCKET=auto XDG_RUNTIME_DIR="$work/run"
    ! grep "No control socket" "$work/callbridge.log" || return 1
    exits 64 env -i XDG_RUNTIME_DIR="$work/run" "$programs/callbridge" ctl calls
    says "several daemons answer"
    says "--socket $work/run/callbridge/control-$port.sock"
    exits 0 "$programs/callbridge" ctl --socket "$work/run/callbridge/control-$port.sock" calls
}
test_a_second_daemon_on_one_socket_goes_on_without_it() {
    callbridge
    cp "$work/callbridge.log" "$work/first.log"
    callbridge
    grep -q "No control socket .*Address already in use" "$work/callbridge.log"
    answers /readyz '"status"'
    exits 0 ctl calls
}
test_the_socket_is_its_owners_alone_and_goes_with_the_daemon() {
    callbridge
    [[ $(stat -c %a "$work/control.sock") == 600 ]]
    kill -TERM "$daemon"
    ends "$daemon" 0
    [[ ! -e $work/control.sock ]]
}
test_calls_are_listed_shown_and_ended() {
    call_is_there
    exits 0 ctl calls
    says "serving 1 call, agent ok"
    says "in-progress"
    says "$call"
    exits 0 ctl call "${call:0:9}"
    says "call_sid"
    exits 0 ctl --json calls
    says '"call_sid": "'"$call"'"'
    exits 1 ctl call CAnobody
    says "no living call is CAnobody"
    exits 0 ctl end "$call"
    says "Ended $call"
    until_true "it is over" answers /api/twilio/conversations '"active": 0'
    grep -q "Call ended .* REASON=operator_ended OWNER=operator " "$work/callbridge.log"
}
test_a_reload_prints_what_is_new_and_what_waits() {
    settings=$work/settings.conf
    echo 'CALLS_MAX=20' >"$settings"
    callbridge
    exits 0 ctl reload
    says "Nothing has changed."
    printf 'CALLS_MAX=30\nCALL_DURATION_MAX=2m\nPRIVACY=strict\n' >"$settings"
    exits 0 ctl reload
    says "CALLS_MAX          20   30"
    says "CALL_DURATION_MAX  1h   2m"
    says "Only a restart brings the new PRIVACY."
}
test_a_reload_of_a_bad_configuration_exits_78_and_changes_nothing() {
    settings=$work/settings.conf
    echo 'CALLS_MAX=20' >"$settings"
    callbridge
    printf 'CALLS_MAX=30\nPRIVACY=loud\nCALS=1\n' >"$settings"
    exits 78 ctl reload
    says "configuration refused, nothing has changed"
    says "$settings:2: PRIVACY is 'loud'"
    says "$settings:3: CALS is no setting"
    echo 'CALLS_MAX=20' >"$settings"
    exits 0 ctl reload
    says "Nothing has changed."
}
test_a_drain_ends_the_daemon_with_its_last_call() {
    call_is_there
    exits 0 ctl drain
    says "Draining: 1 call is open, the daemon ends with it."
    until_true "it drains" answers /readyz draining
    exits 0 ctl calls
    says "draining: 1 call open"
    exits 0 ctl end "$call"
    ends "$daemon" 0
}
test_a_tail_shows_the_last_lines_and_goes_on() {
    callbridge
    start tail.log "$programs/callbridge" ctl --socket "$work/control.sock" tail --lines 50
    local tail=$!
    until_true "the first lines" grep -q "EVENT=daemon.ready" "$work/tail.log"
    exits 0 ctl reload
    until_true "the next" grep -q "EVENT=daemon.reload" "$work/tail.log"
    kill -TERM "$daemon"
    ends "$tail" 69
    grep -q "the daemon has gone" "$work/tail.log"
}
test_a_tail_that_nobody_reads_ends() {
    callbridge
    "$programs/callbridge" ctl --socket "$work/control.sock" tail --json --lines 50 |
        head -n 1 >"$work/first.json" &
    local pipe=$!
    # It learns of it with the next line.
    until_true "its one line" test -s "$work/first.json"
    ctl reload >"$work/reload.log"
    ends "$pipe" 0
    grep -q '"level":' "$work/first.json"
}
# managed NAME VARIABLE=…: the daemon with a socket that was passed under that name, and a manager
# who prints what it is told.
managed() {
    local name=$1
    shift
    port=$(free_port)
    start callbridge.log env METRICS_LISTEN=off LOOPS=2 PUBLIC_URL="$public" \
        CONTROL_SOCKET="$work/control.sock" "$@" \
        python3 "$project/Tests/Programs/manager.py" "$name" "$port" "$programs/callbridge" serve
    daemon=$!
}
manager_heard() { grep -q -- "$1" "$work/callbridge.log"; }

test_the_manager_hears_of_readiness_reload_and_the_end() {
    managed http LISTEN=systemd:http
    until_true "it is ready" manager_heard "^READY=1 STATUS=serving no calls"
    answers /health '"status"'
    manager_heard "ADDRESSES=inherited:http"
    exits 0 ctl reload
    until_true "it was told" manager_heard "^RELOADING=1 MONOTONIC_USEC=[0-9]"
    kill -TERM "$daemon"
    ends "$daemon" 0
    manager_heard "^STOPPING=1 STATUS=draining: no calls open"
    manager_heard "^EXTEND_TIMEOUT_USEC=30000000"
}
test_a_passed_socket_is_closed_and_never_shut_down() {
    managed http LISTEN=systemd
    until_true "it is ready" manager_heard "^READY=1"
    answers /health '"status"'
    kill -TERM "$daemon"
    ends "$daemon" 0
    manager_heard "^the socket still listens"
}
test_a_socket_of_another_name_is_said_to_be_missing() {
    managed http LISTEN=systemd:other
    ends "$daemon" 69
    manager_heard "none was passed as other"
    manager_heard "^the socket still listens"
}
test_the_watchdog_is_fed() {
    managed http LISTEN=systemd WATCHDOG_USEC=2000000
    until_true "it beats" manager_heard "^WATCHDOG=1"
    kill -TERM "$daemon"
    ends "$daemon" 0
}

run_house_tests
