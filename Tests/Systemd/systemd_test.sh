#!/usr/bin/env bash
# The package, installed under a real systemd (box.sh), with nginx in front and calls through it: what
# the operator's guide promises. Two to three minutes, in two boxes at the same time, because most of it
# is waiting; needs root for systemd-nspawn.
#
#   Tests/Systemd/systemd_test.sh [WORD…]     only tests whose names have one of these words, in one box
. "$(dirname "$0")/box.sh"
alone_with_mounts "$0" "$@"
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

before_each() { start_anew; }

# ---- What is installed --------------------------------------------------------------------------

test_lintian_finds_nothing_in_the_package() {
    until_true "lintian is through" test -s "$work/lintian-status"
    [[ $(<"$work/lintian-status") == 0 ]] || { cat "$work/lintian"; return 1; }
}
# Meanwhile, for it takes a quarter of a minute.
start_lintian() {
    declare -F test_lintian_finds_nothing_in_the_package >/dev/null || return 0
    {
        nice lintian --fail-on error,warning "$package" >"$work/lintian" 2>&1
        echo $? >"$work/lintian-status"
    } &
}
test_the_image_has_the_libraries_that_the_package_needs() {
    local name
    for name in $needs; do
        [[ $name =~ ^(libc6|libgcc-s1|systemd)$ ]] ||
            grep -qwF -- "$name" "$project/deploy/Dockerfile" ||
            { echo "the Dockerfile lacks $name"; return 1; }
    done
}
test_what_units_and_explanations_refer_to_is_there() {
    local reference
    for reference in $(in_box sh -c 'cat /lib/systemd/system/callbridge* /usr/lib/systemd/catalog/callbridge.catalog' |
        sed -n 's|^[A-Z][a-z]*[=:] *file://||p' | sort -u); do
        in_box test -r "$reference" || { echo "$reference is not there"; return 1; }
    done
}
test_systemd_finds_nothing_wrong_with_the_units() {
    works in_box systemd-analyze verify --man=no callbridge.service callbridge.socket \
        callbridge@blue.service callbridge@green.socket callbridge.slice
    silent
}
test_the_sandbox_of_every_service_is_at_most_1_2() {
    local unit
    for unit in $(in_box sh -c 'cd /lib/systemd/system && ls -d callbridge*.service'); do
        works in_box systemd-analyze security --offline=true --threshold=12 "${unit/@./@blue.}"
    done
    [[ -n $unit ]]
}

# ---- Start, status, stop --------------------------------------------------------------------------

test_start_returns_when_calls_are_taken() {
    is callbridge active
    is callbridge@blue active
    is callbridge@green inactive
    answers /readyz '"ok"'
    [[ $(of callbridge@blue Type) == notify ]]
}
test_status_says_who_takes_the_calls_and_how_it_is() {
    works in_box systemctl status callbridge
    says "blue takes the calls ($(of callbridge@blue StatusText))"
    [[ -n $(of callbridge@blue StatusText) ]]
}
test_a_start_with_a_wrong_setting_fails_and_says_which() {
    in_box systemctl stop callbridge
    setting PORT x
    fails in_box systemctl start callbridge
    is callbridge failed
    is callbridge@blue failed || is callbridge@blue inactive
    [[ $(of callbridge@blue NRestarts) == 0 ]]
    until_true "it says why" journal "PORT is 'x'" -u callbridge@blue
}
test_stop_lets_the_last_call_end_and_shuts_the_door() {
    ring one --hang-up-after 4s
    until_true "the call is there" talking
    in_box systemctl stop callbridge &
    until_true "it drains" is callbridge@blue deactivating
    # Who rings now is told so at once by the proxy, and Twilio goes its own way from there.
    until_true "the door is shut" refused
    went_well one 1
    wait $!
    is callbridge inactive
    is callbridge@blue inactive
    [[ $(of callbridge@blue Result) == success ]]
    in_box test ! -e /run/callbridge/blue.sock
}
test_a_drain_outlasts_the_managers_patience() {
    # It asks for more time as long as calls last; as shipped the patience is 45 s.
    override 'TimeoutStopSec=3s'
    [[ $(of callbridge@blue TimeoutStopUSec) == 3s ]]
    ring one --hang-up-after "${DRAIN_SECONDS:-10}s"
    until_true "the call is there" talking
    in_box systemctl stop callbridge &
    until_true "it says what it waits for" shows "blue drains (draining: 1 call open, for at most"
    is callbridge deactivating
    went_well one 1
    wait $!
    [[ $(of callbridge@blue Result) == success ]]
    not journal "timed out" -u callbridge@blue -u callbridge
    no_override
}
refused() {
    [[ $(in_box curl -sk -o /dev/null -w '%{http_code}' "$public/health") == 502 ]]
}
test_a_first_connection_starts_it() {
    in_box systemctl stop callbridge
    in_box systemctl start callbridge.socket
    is callbridge@blue inactive
    answers /health '"status"'
    is callbridge@blue active
    until_true "the house is there too" is callbridge active
}

# ---- Reload ---------------------------------------------------------------------------------------

test_reload_waits_and_takes_the_new_setting() {
    local process
    process=$(main_process blue)
    ring one --hang-up-after 4s
    until_true "the call is there" talking
    setting CALLS_MAX 1
    works in_box systemctl reload callbridge
    # In force when it returns: with the one call it is full.
    answers /readyz "as many calls as allowed"
    [[ $(main_process blue) == "$process" ]]
    # The manager saw it happen: RELOADING=1, then READY=1.
    until_true "it says so" journal "Reloaded callbridge@blue.service" -u callbridge@blue
    until_true "it says what changed" journal "CALLS_MAX is 1" -u callbridge@blue
    went_well one 1
}
test_reload_of_a_wrong_configuration_fails_and_changes_nothing() {
    setting CALLS_MAX many
    fails in_box systemctl reload callbridge
    is callbridge active
    is callbridge@blue active
    answers /readyz '"ok"'
    until_true "it says why" journal "CALLS_MAX is 'many'" -u callbridge@blue
}
test_status_counts_the_calls() {
    ring one --calls 2 --rate 10 --hang-up-after 12s
    until_true "the calls are there" talking 2
    until_true "the house says so" shows "2 "
    works in_box callbridge ctl calls
    says "$(grep -oE 'CA[0-9a-f]{8}' "$work/one" | head -n1)"
    in_box callbridge ctl drain
    until_true "it says that it drains" shows "drain"
    # With nobody to leave the door to, it tells who rings now that the lines are busy.
    ring late --hang-up-after 5s
    wait "$phone" || true
    grep -qi "busy" "$work/late"
    ended_well one 2
}

test_status_says_how_the_agents_service_does() {
    ring one --hang-up-after 3s
    went_well one 1
    until_true "it is fine" shows "agent ok, first audio p99"
    in_box systemctl stop agentsim
    ring late --hang-up-after 3s
    wait "$phone" || true
    until_true "it is not" shows "agent failed"
    start_agents
}

# ---- Crashes --------------------------------------------------------------------------------------

test_killed_it_is_back_before_a_caller_is_refused() {
    local first
    first=$(main_process blue)
    in_box kill -KILL "$first"
    # Waits in the socket until somebody takes it.
    answers /health '"status"'
    [[ $(main_process blue) != "$first" ]]
    [[ $(of callbridge@blue NRestarts) == 1 ]]
    is callbridge active
}
test_callers_of_a_killed_instance_keep_their_streams() {
    ring kept --calls 5 --rate 20 --hang-up-after 10s
    until_true "they talk" talking 5
    until_true "the manager keeps them" kept 10
    in_box kill -KILL "$(main_process blue)"
    until_true "they talk again" talking 5
    # Good means that no stream was lost.
    went_well kept 5
    journal "goes on without having been closed" -u callbridge@blue
    [[ $(grep -c "goes on without having been closed" "$work/journal") == 5 ]]
    until_true "nothing is kept any more" kept 0
}
kept() { [[ $(of "callbridge@${2:-blue}" NFileDescriptorStore) == "$1" ]]; } # kept COUNT [COLOUR]
test_calls_of_one_killed_while_it_drains_go_on_in_the_other() {
    ring one --hang-up-after 10s
    until_true "the call is there" talking
    works in_box callbridge-deploy
    is callbridge@blue deactivating
    in_box kill -KILL "$(main_process blue)"
    # Nothing is started again that was told to stop: Twilio asks, and the other one knows.
    until_true "the call is in the other one" talking 1 green
    is callbridge@blue failed || is callbridge@blue inactive
    wait "$phone" || true
    until_true "the call ended well" journal "Call ended  AGENT=default REASON=caller_hung_up" -u callbridge@green
}
test_hanging_it_is_ended_by_the_watchdog_and_comes_back() {
    local first
    override 'WatchdogSec=2s' 'TimeoutAbortSec=1s'
    in_box systemctl restart callbridge
    until_true "the old one is gone" is callbridge@blue inactive
    first=$(main_process green)
    ring one --hang-up-after 12s
    until_true "the call is there" talking
    until_true "the manager keeps it" kept 2 green
    in_box kill -STOP "$first"
    until_true "it is another" another_than "$first"
    until_true "it takes calls" answers /health '"status"'
    journal "Watchdog timeout" -u callbridge@green
    # Its caller has kept the stream and heard the house again.
    in_box journalctl -b -q -o cat EVENT=stream.not_adopted
    went_well one 1
    no_override
}
another_than() { [[ $(main_process green) != 0 && $(main_process green) != "$1" ]]; }
test_the_house_itself_may_be_killed() {
    ring one --hang-up-after 4s
    until_true "the call is there" talking
    in_box systemctl kill --signal=KILL callbridge
    until_true "it is back" shows "blue takes the calls"
    went_well one 1
    is callbridge@blue active
}

# ---- Secrets --------------------------------------------------------------------------------------

test_secrets_come_as_credentials_and_are_nowhere_else() {
    local process
    process=$(main_process blue)
    fails in_box grep -aE "$token|key_test" "/proc/$process/environ" "/proc/$process/cmdline"
    works in_box systemctl show callbridge@blue
    not says "$token"
    not says key_test
    not journal "$token|key_test|key_of_the_operator" -o export -u callbridge.slice
    # Whoever is not root, the daemon's own user included, cannot read the operator's files.
    fails in_box setpriv --reuid="$(in_box stat -c %u "/proc/$process")" --clear-groups \
        cat /etc/callbridge/credentials/twilio/auth-token
    says "Permission denied"
    [[ $(in_box stat -c %a /etc/callbridge/credentials) == 700 ]]
}
test_without_its_secret_it_does_not_start() {
    in_box systemctl stop callbridge
    in_box mv /etc/callbridge/credentials/twilio/auth-token /srv/auth-token
    fails in_box systemctl start callbridge
    in_box mv /srv/auth-token /etc/callbridge/credentials/twilio/auth-token
    until_true "it says why" journal "TWILIO_AUTH_TOKEN is missing" -u callbridge@blue
}

# ---- The journal ----------------------------------------------------------------------------------

test_the_call_is_told_under_its_own_name() {
    local call
    ring one --hang-up-after 3s
    went_well one 1
    call=$(grep -oE 'CA[0-9a-f]{32}' "$work/one" | head -n1)
    until_true "its end is told" told "$call" call.ended
    for event in call.incoming stream.connected agent.connected conversation.started call.ended; do
        told "$call" "$event"
    done
    works in_box journalctl -b -o cat -u callbridge@blue "CALL_SID=$call"
    says "[Twilio] Incoming call: $call from +1***01 to +1***02"
    says "[WebSocket] Connected to ElevenLabs"
    says "Call ended  AGENT=default REASON=caller_hung_up OWNER=caller "
    # The house's name finds it too, whichever instance had it.
    works in_box journalctl -b -o cat -u callbridge.slice "CALL_SID=$call"
    says "Call ended  AGENT=default REASON=caller_hung_up OWNER=caller "
}
told() { [[ -n $(in_box journalctl -b -q -o cat "CALL_SID=$1" "EVENT=$2") ]]; }
test_journalctl_x_explains_what_was_said() {
    works in_box journalctl -b -x -n 50 -u callbridge@blue EVENT=daemon.ready
    says "callbridge takes calls"
    says "Support: "
}
test_a_stalled_journal_is_not_heard() {
    local before
    ring one --hang-up-after 8s
    until_true "the call is there" talking
    in_box systemctl kill --signal=STOP systemd-journald
    before=$(frames)
    # More lines than the journal's socket holds: each of these is one.
    for _ in $(seq 700); do printf 'url = "http://localhost/none"\n-o /dev/null\n'; done \
        >"$box_root/srv/strangers"
    in_box timeout 20 curl -s --unix-socket /run/callbridge/http.sock -K /srv/strangers || true
    until_true "audio goes on" more_frames "$((before + 100))"
    in_box systemctl kill --signal=CONT systemd-journald
    went_well one 1
    is callbridge@blue active
}
frames() {
    ask /api/twilio/conversations | grep -oE '"frames_out": *[0-9]+' | grep -oE '[0-9]+$' || echo 0
}
more_frames() { (($(frames) > $1)); }

# ---- Upgrades -------------------------------------------------------------------------------------

test_an_upgrade_under_load_drops_no_call() {
    # New ones every fifth of a second, before, during and after the swap.
    ring load --calls 50 --rate 5 --hang-up-after 6s
    until_true "many are talking" talking 15
    works in_box callbridge-deploy
    says "callbridge@green takes the calls, callbridge@blue drains"
    until_true "the new one has calls" talking 5 green
    is callbridge@blue deactivating
    went_well load 50
    until_true "the old one is gone" is callbridge@blue inactive
    [[ $(of callbridge@blue Result) == success ]]
    is callbridge@green active
    until_true "the house says so" shows "green takes the calls"
    # Both had their share.
    [[ -n $(in_box journalctl -b -q -o cat -u callbridge@green EVENT=call.ended) ]]
}
test_restart_is_an_upgrade_too() {
    ring one --calls 4 --rate 2 --hang-up-after 5s
    until_true "calls are there" talking 2
    in_box systemctl restart callbridge
    is callbridge active
    is callbridge@green active
    is callbridge@blue deactivating
    until_true "it says that the old one drains" shows "blue drains"
    went_well one 4
    until_true "the old one is gone" is callbridge@blue inactive
}
# RESTARTS=100 measures what three show: no webhook fails while one instance follows the other.
test_restarts_under_load_lose_no_webhook() {
    local restarts=${RESTARTS:-3} each first second
    rm -f "$work/enough"
    load first &
    first=$!
    load second &
    second=$!
    until_true "calls are there" talking 2
    for ((each = 0; each < restarts; each++)); do
        until_true "the other one is gone" one_alone
        works in_box callbridge-deploy
    done
    touch "$work/enough"
    wait "$first" && wait "$second"
    [[ -z ${RESTARTS:-} ]] ||
        echo "$restarts restarts, $(($(<"$work/first") + $(<"$work/second"))) calls, each with" \
            "three webhooks or more: none failed" >&9
}
# The same for kills: what one died of answering is asked of the next. A stream that had not begun is
# lost (31903), and its call has another one half a second later.
test_kills_under_load_lose_no_webhook() {
    local kills=${KILLS:-3} each first tolerated=31903
    rm -f "$work/enough"
    load first &
    first=$!
    for ((each = 1; each <= kills; each++)); do
        until_true "calls are there" talking 2 blue
        in_box kill -KILL "$(main_process blue)"
        until_true "it is back" killed "$each"
    done
    touch "$work/enough"
    wait "$first"
}
killed() { [[ $(of callbridge@blue NRestarts) == "$1" ]] && is callbridge@blue active; }
# load NAME: batch after batch of five calls a second, without a pause before all is over.
load() {
    local batch=0
    until [[ -e $work/enough ]]; do
        ring "$1-$batch" --calls 20 --rate 5 --hang-up-after 1s
        wait "$phone" || [[ -n ${tolerated:-} ]]
        ended_well "$1-$batch" 20 || { touch "$work/enough"; return 1; }
        batch=$((batch + 1))
    done
    echo $((batch * 20)) >"$work/$1"
}
# one_alone: one instance is there, and no other drains.
one_alone() {
    local blue green
    blue=$(of callbridge@blue ActiveState) green=$(of callbridge@green ActiveState)
    [[ $blue$green == activeinactive || $blue$green == inactiveactive ]]
}
test_while_the_old_one_drains_there_is_no_other_upgrade() {
    ring one --hang-up-after 5s
    until_true "the call is there" talking
    in_box callbridge-deploy
    local code=0
    tried in_box callbridge-deploy || code=$?
    [[ $code == 75 ]]
    says "callbridge@blue still drains"
    is callbridge@green active
    went_well one 1
    until_true "the old one is gone" is callbridge@blue inactive
    works in_box callbridge-deploy
    is callbridge@blue active
}
test_a_wrong_configuration_leaves_the_old_one() {
    local process code=0
    process=$(main_process blue)
    ring one --hang-up-after 4s
    until_true "the call is there" talking
    setting CALLS_MAX many
    tried in_box callbridge-deploy || code=$?
    [[ $code == 78 ]]
    says "CALLS_MAX is 'many'"
    fails in_box systemctl restart callbridge
    until_true "the house is back" is callbridge active
    [[ $(main_process blue) == "$process" ]]
    answers /readyz '"ok"'
    not is callbridge@green active
    went_well one 1
}
test_a_broken_program_leaves_the_old_one() {
    local process
    process=$(main_process blue)
    printf '#!/bin/sh\nexit 1\n' >"$box_root/usr/bin/callbridge.new"
    chmod +x "$box_root/usr/bin/callbridge.new"
    mv "$box_root/usr/bin/callbridge.new" "$box_root/usr/bin/callbridge"
    fails in_box callbridge-deploy
    says "callbridge@green did not become ready"
    [[ $(main_process blue) == "$process" ]]
    answers /readyz '"ok"'
    not is callbridge@green active
    is callbridge active
}
test_the_package_over_itself_leaves_calls_alone_and_keeps_the_configuration() {
    local process before
    process=$(main_process blue)
    before=$(md5sum <"$box_root/etc/callbridge/callbridge.conf")
    ring one --hang-up-after 5s
    until_true "the call is there" talking
    works install_package
    says "callbridge-deploy brings the new version in"
    [[ $(main_process blue) == "$process" ]]
    is callbridge active
    [[ $(md5sum <"$box_root/etc/callbridge/callbridge.conf") == "$before" ]]
    works in_box callbridge-deploy
    went_well one 1
}

# ---- The end --------------------------------------------------------------------------------------

test_a_newer_package_brings_its_units_and_leaves_calls_alone() {
    local process
    process=$(main_process blue)
    rm -rf "$work/newer"
    dpkg-deb -R "$package" "$work/newer"
    sed -i 's/^Version: .*/&+1/' "$work/newer/DEBIAN/control"
    sed -i 's/^Description=.*/Description=the newer one, %i/' \
        "$work/newer/lib/systemd/system/callbridge@.service"
    dpkg-deb --root-owner-group -Znone -b "$work/newer" "$box_root/srv/newer.deb" >/dev/null
    ring one --hang-up-after 5s
    until_true "the call is there" talking
    works in_box dpkg --install /srv/newer.deb
    [[ $(main_process blue) == "$process" ]]
    [[ $(of callbridge@blue NeedDaemonReload) == no ]]
    works in_box callbridge-deploy
    [[ $(of callbridge@green Description) == "the newer one, green" ]]
    went_well one 1
    in_box dpkg --force-downgrade --install /srv/callbridge.deb 2>/dev/null
}
test_removed_and_purged_it_leaves_nothing() {
    # Not before the last call has ended.
    ring one --hang-up-after 4s
    until_true "the call is there" talking
    works in_box apt-get --yes remove callbridge
    went_well one 1
    is callbridge inactive
    is callbridge@blue inactive
    in_box test -e /etc/callbridge/callbridge.conf
    in_box test -e /etc/callbridge/credentials/twilio/auth-token
    works in_box dpkg --purge callbridge
    works in_box sh -c 'find / -xdev -name "*callbridge*" -not -path "/proc/*" -not -path "/srv/*" \
        -not -path "/opt/*" -not -path "/etc/nginx/*" -not -path "/sys/*"'
    silent
    works in_box systemctl list-units --all --no-legend 'callbridge*'
    silent
}

# ---- Everything together --------------------------------------------------------------------------

# Figures are shown, not judged.
exec 9>&1

# Every other test in a box of its own; both are told together.
in_two_boxes() {
    local names half each last
    mapfile -t names < <(compgen -A function test_)
    make_package >"$work/package.txt" 2>&1 || no_package
    export PACKAGE=$package PROGRAMS=$programs
    for half in 0 1; do
        for ((each = half; each < ${#names[@]}; each += 2)); do echo "^${names[each]}\$"; done |
            xargs "$0" >"$work/half$half" 2>&1 &
    done
    wait
    for half in 0 1; do
        last=$(tail -n1 "$work/half$half")
        if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
            sed '$d' "$work/half$half"
            passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        else
            cat "$work/half$half"
            failed=$((failed + 1))
        fi
    done
    rm -rf "$work"
    echo "$(basename "$0"): $passed passed, $failed failed"
    [[ $failed == 0 ]]
}
if (($# == 0)); then
    in_two_boxes
    exit
fi
for name in $(compgen -A function test_); do
    grep -qE "$(IFS='|'; echo "$*")" <<<"$name" || unset -f "$name"
done
move_in
start_lintian
run_tests
