# callbridge as the package installs it, in the box, with nginx in front of it as the operator's guide
# says, and both other sides; source it after box.sh and check.sh.
#
#   PROGRAMS=FOLDER     packs the programs built there, instead of building them (make deb)
token=token-of-no-account
account=AC00000000000000000000000000000000
public=https://callbridge.test
patience=20

# until_true WHAT CONDITION…: waits for a condition.
until_true() {
    local what=$1 end=$((SECONDS + patience))
    shift
    until "$@"; do
        if ((SECONDS >= end)); then
            echo "never: $what"
            in_box journalctl -q --no-pager -o short-precise --cursor-file=/srv/cursor | tail -n "${journal_lines:-30}"
            return 1
        fi
        sleep 0.05
    done
}

# Once for all tests: the package is made, a box booted, everything installed in it and told. What
# stands in the way of all is one failure, in one sentence.
move_in() {
    local root
    trap finish EXIT
    trap 'exit 130' INT TERM
    box_is_possible >"$work/why" || give_up "$(cat "$work/why")"
    make_package >"$work/package.txt" 2>&1 || no_package
    needs=$(dpkg-deb -f "$package" Depends | tr , '\n' | sed 's/^ *\([^ ]*\).*/\1/')
    # shellcheck disable=SC2086
    root=$("$project/Tests/Systemd/root.sh" $needs) || give_up "there is no Debian for the box"
    box_boot "$root" >"$work/why" || give_up "$(cat "$work/why")"
    { install_package && configure && without_start_limits && put_nginx_in_front &&
        start_agents; } >"$work/why" 2>&1 ||
        give_up "the package cannot be installed: $(tail -n 5 "$work/why")"
    cp "$box_root/etc/callbridge/callbridge.conf" "$work/callbridge.conf"
}
make_package() {
    programs=${PROGRAMS:-}
    if [[ -n ${PACKAGE:-} ]]; then
        package=$PACKAGE
    elif [[ -z $programs ]]; then
        make -C "$project" --silent deb SETUP=off || return
        programs=$project/.build/release
        package=$(echo "$project"/.build/deb/callbridge_*.deb)
    else
        package=$("$project/deploy/setup/deb.sh" "$programs" "$work/deb")
    fi
}
no_package() { give_up "the package cannot be built: $(tail -n 5 "$work/package.txt")"; }
give_up() {
    echo "✘ $*"
    echo "$(basename "$0"): 0 passed, 1 failed"
    exit 1
}
finish() {
    box_end
    rm -rf "$work"
}

# ---- Everything but the package ---------------------------------------------------------------

# An authority of this test's own, and what it vouches for: the proxy's name.
make_certificate() {
    local folder=$box_root/etc/nginx/callbridge
    mkdir -p "$folder"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=callbridge.test" -addext subjectAltName=DNS:callbridge.test \
        -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>"$work/openssl.txt"
}

# The site as it is shipped, with the operator's two replacements.
put_nginx_in_front() {
    make_certificate
    sed -e 's/bridge\.example\.net/callbridge.test/g' \
        -e 's|/etc/letsencrypt/live/callbridge.test|/etc/nginx/callbridge|' \
        "$project/deploy/nginx/callbridge.conf" >"$box_root/etc/nginx/sites-enabled/callbridge"
    rm -f "$box_root/etc/nginx/sites-enabled/default"
    echo "127.0.0.1 callbridge.test" >>"$box_root/etc/hosts"
    in_box systemctl restart nginx
}

# An agent that speaks for a quarter of a minute, whoever calls.
start_agents() {
    {
        echo greeting
        printf '  say "'
        printf 'conversation %.0s' {1..20}
        echo '"'
    } >"$box_root/srv/speech.txt"
    in_box systemd-run --quiet --unit=agentsim /opt/callbridge/agentsim serve \
        --listen 127.0.0.1:8444 --api-key key_test --script /srv/speech.txt --fault deaf
}

# ---- The package --------------------------------------------------------------------------------

# install_package [FILE]: as the operator does, also over another version of it, or the same.
install_package() {
    [[ -n ${1:-} ]] || cp "$package" "$box_root/srv/callbridge.deb"
    in_box apt-get --yes --quiet --reinstall --allow-downgrades install \
        "${1:-/srv/callbridge.deb}"
}

# Tests start and stop more often than systemd takes for sound.
without_start_limits() {
    local unit
    for unit in callbridge{,@blue,@green}.{service,socket}; do
        printf '[Unit]\nStartLimitIntervalSec=0\n' |
            in_box sh -c "mkdir -p /run/systemd/system/$unit.d; cat >/run/systemd/system/$unit.d/limit.conf"
    done
    in_box systemctl daemon-reload
}

# What the operator writes: the address, the agent, the account; and three secrets.
configure() {
    sed -i -e "s|^#PUBLIC_URL=.*|PUBLIC_URL=$public|" \
        -e "s|^#ELEVENLABS_AGENT_ID=.*|ELEVENLABS_AGENT_ID=agent_test|" \
        -e "s|^#ELEVENLABS_BASE_URL=.*|ELEVENLABS_BASE_URL=http://127.0.0.1:8444|" \
        -e "s|^#TWILIO_ACCOUNT_SID=.*|TWILIO_ACCOUNT_SID=$account|" \
        -e "s|^#LOOPS=.*|LOOPS=1|" "$box_root/etc/callbridge/callbridge.conf"
    secret twilio/auth-token "$token"
    secret elevenlabs/api-key key_test
    secret api/keys key_of_the_operator
}
secret() {
    echo "$2" >"$box_root/etc/callbridge/credentials/$1"
    chmod 600 "$box_root/etc/callbridge/credentials/$1"
}

# setting NAME VALUE: one line of the operator's file is another now.
setting() {
    sed -i -e "/^$1=/d" "$box_root/etc/callbridge/callbridge.conf"
    echo "$1=$2" >>"$box_root/etc/callbridge/callbridge.conf"
}

# override LINE…: settings of the instances' service, for one test, as systemctl edit makes them.
override() {
    printf '%s\n' '[Service]' "$@" | in_box sh -c "mkdir -p $overrides; cat >$overrides/test.conf"
    in_box systemctl daemon-reload
}
no_override() {
    in_box rm -rf "$overrides"
    in_box systemctl daemon-reload
}
overrides=/run/systemd/system/callbridge@.service.d

# As after its first start, whatever the test before has done.
start_anew() {
    in_box journalctl -q -n 0 --cursor-file=/srv/cursor >/dev/null
    in_box test -x /usr/sbin/callbridge-deploy || { install_package && configure; } >/dev/null 2>&1
    ! in_box test -e "$overrides" || no_override
    # Told to stop before they are killed: who is merely killed is started again at once.
    local all=(callbridge callbridge.socket callbridge@blue callbridge@green)
    in_box systemctl --quiet --no-block stop "${all[@]}" 2>/dev/null
    in_box systemctl kill --quiet --signal=KILL callbridge@blue callbridge@green 2>/dev/null
    in_box systemctl --quiet stop "${all[@]}" 2>/dev/null
    in_box systemctl reset-failed 'callbridge*' 2>/dev/null
    cp "$work/callbridge.conf" "$box_root/etc/callbridge/callbridge.conf"
    cp "$programs/callbridge" "$box_root/usr/bin/callbridge.new"
    mv -f "$box_root/usr/bin/callbridge.new" "$box_root/usr/bin/callbridge"
    in_box systemctl start callbridge
}

# ---- What can be asked --------------------------------------------------------------------------

of() { in_box systemctl show -P "$2" "$1.service"; }   # of UNIT PROPERTY
is() { [[ $(of "$1" ActiveState) == "$2" ]]; }         # is UNIT STATE
shows() { [[ $(of callbridge StatusText) == *"$1"* ]]; } # shows WORDS, in its status
main_process() { of "callbridge@$1" MainPID; }

# ask PATH: what the one who takes the calls answers, on the socket that nginx uses.
ask() {
    in_box curl --silent --max-time 5 --unix-socket "/run/callbridge/${2:-http}.sock" \
        -H "X-API-Key: key_of_the_operator" "http://localhost$1"
}
answers() { [[ $(ask "$1" "${3:-http}") == *"$2"* ]]; } # answers PATH WORDS [SOCKET]

# ring NAME OPTION…: calls through nginx in the background; what became of them is in $work/NAME.
ring() {
    local name=$1
    shift
    in_box /opt/callbridge/phonesim ring --url "$public/api/twilio/voice" \
        --status-callback "$public/api/twilio/status" --account-sid "$account" \
        --auth-token "$token" --ca-file /etc/nginx/callbridge/fullchain.pem \
        --json "/srv/$name.json" "$@" >"$work/$name" 2>&1 &
    phone=$!
}

# talking [N] [COLOUR]: so many calls are in conversation in that instance, or in both. By its meters,
# because a key may not be used twenty times a second.
talking() {
    local colour count=0
    for colour in ${2:-blue green}; do
        count=$((count + $(meter "$colour" 'callbridge_calls{.*state="in-progress"')))
    done
    ((count >= ${1:-1}))
}
# meter COLOUR NAME: what that meter of the instance shows, 0 where there is no instance.
meter() {
    local port=9300
    [[ $1 == blue ]] || port=9301
    in_box curl --silent --max-time 5 "http://127.0.0.1:$port/metrics" |
        awk -v name="^$2" '$0 ~ name { shown = int($NF) } END { print shown + 0 }'
}

# went_well NAME COUNT: all calls were heard and ended by their callers, and nobody was told anything.
went_well() {
    wait "$phone" || { cat "$work/$1"; return 1; }
    ended_well "$@"
}
# ended_well NAME COUNT: the same, when the calls may still be going on. $tolerated is a code of Twilio's
# debugger that is no fault then.
ended_well() {
    until_true "the calls are over" test -s "$box_root/srv/$1.json" || return 1
    python3 - "$box_root/srv/$1.json" "$2" "${tolerated:-0}" <<'JUDGE'
import json, sys
report = json.load(open(sys.argv[1]))
results = report["results"]
told = [r["call_sid"] for r in results if any(e["kind"] in ("say", "play") for e in r["events"])]
def is_fault(result):
    codes = {entry["code"] for entry in result["debugger"] if entry["level"] == "error"}
    is_tolerated = codes == {int(sys.argv[3])} and result["reason"] == "the caller hung up"
    return not result["good"] and (result["silent"] or not is_tolerated)
faults = [(r["call_sid"], r["reason"], r["debugger"]) for r in results if is_fault(r)]
if len(results) != int(sys.argv[2]) or told or faults:
    print(len(results), "calls; told instead of connected:", told, "faults:", faults)
    sys.exit(1)
JUDGE
}

# journal WORDS OPTION…: the journal has these words. Not by a pipe: one that is left early ends with an
# error of its own.
journal() {
    local words=$1
    shift
    in_box journalctl -b -q --no-pager -o cat "$@" >"$work/journal"
    grep -qaE -- "$words" "$work/journal"
}
# `!` alone fails no test.
not() { ! "$@"; }
