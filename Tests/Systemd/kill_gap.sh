#!/usr/bin/env bash
# How long callers hear nothing when their instance is killed (kill -9) under a real systemd, and
# where the time goes. A measurement, no test: it prints figures and judges nothing.
#
#   Tests/Systemd/kill_gap.sh [CALLS [ROUNDS]]     10 calls that live through three kills, 3 rounds
#   PROGRAMS=FOLDER Tests/Systemd/kill_gap.sh      of these programs, instead of building them
#
# Needs root, and a machine that does nothing else; one minute, and what building takes.
. "$(dirname "$0")/box.sh"
alone_with_mounts "$0" "$@"
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

calls=${1:-10} rounds=${2:-3}
# A stream that outlives more than three processes within a minute is not gone on with.
kills=3
between_seconds=4

# Agents who never pause: whatever a caller does not hear then is the kill's doing.
start_talkers() {
    local words
    words=$(printf 'conversation %.0s' $(seq 60))
    printf 'greeting\n  say "%s"\nwhen "interrupted"\n  say "%s"\n' "$words" "$words" \
        >"$box_root/srv/talk.txt"
    in_box systemctl stop agentsim
    in_box systemd-run --quiet --unit=talker /opt/callbridge/agentsim serve \
        --listen 127.0.0.1:8444 --api-key key_test --script /srv/talk.txt --fault deaf
}

kept() { [[ $(of callbridge@blue NFileDescriptorStore) == "$1" ]]; }
restarts() { [[ $(of callbridge@blue NRestarts) == "$1" ]]; }

# At once, by the process's number here; prints the machine's clock just before.
kill_it() {
    python3 - "$(main_process blue)" "$box_first" <<'KILL'
import glob, os, signal, sys, time
inside, first = sys.argv[1:]
space = os.readlink(f"/proc/{first}/ns/pid")
def ours(path):
    try:
        lines = open(path + "/status").read().splitlines()
        number = [line for line in lines if line.startswith("NSpid:")][0].split()[-1]
        return number == inside and os.readlink(path + "/ns/pid") == space
    except (OSError, IndexError):
        return False
[path] = [path for path in glob.glob("/proc/[0-9]*") if ours(path)]
print(int(time.monotonic() * 1e6))
os.kill(int(path[6:]), signal.SIGKILL)
KILL
}

measure() {
    local round kill when
    for round in $(seq "$rounds"); do
        start_anew
        ring "gaps$round" --calls "$calls" --rate 50 --hang-up-after 22s
        until_true "they talk" talking "$calls" || return
        until_true "the manager keeps them" kept $((2 * calls)) || return
        for kill in $(seq "$kills"); do
            sleep "$between_seconds"
            when=$(kill_it)
            until_true "it is back" restarts "$kill" || return
            until_true "they talk again" talking "$calls" || return
            {
                echo "$when"
                of callbridge@blue ExecMainStartTimestampMonotonic
                of callbridge@blue ActiveEnterTimestampMonotonic
                in_box journalctl -b -q -o json -n 1000 -u callbridge@blue -u init.scope \
                    --output-fields=MESSAGE,EVENT,_PID,UNIT
            } >"$work/kill-$round-$kill"
        done
        wait "$phone" || { cat "$work/gaps$round"; return 1; }
        cp "$box_root/srv/gaps$round.json" "$work/"
    done
    [[ -z ${KEEP:-} ]] || cp -r "$work" "$KEEP"
    python3 "$project/Tests/Systemd/kill_gap.py" "$work" "$calls"
}

move_in
start_talkers
measure
