# How tests start the programs of this house, wait for them and end them; source it after check.sh.
# $programs is the folder they were built into; the file ends with run_house_tests.
programs=${PROGRAMS:-$project/.build/debug}
start_seconds=20
running=()
# Nothing of python3's is left in the tree.
export PYTHONDONTWRITEBYTECODE=1
# What a daemon remembers when it is killed is the test's, not that of whoever runs it.
export XDG_STATE_HOME=$work/state-home
# Only this machine ever sees them.
auth_token=token-of-no-account
public=https://callbridge.test

before_each() {
    unset agent_port daemon phone settings
}

# exits CODE CMD…: true when the command ends with this code; keeps what it said.
exits() {
    local code=0 expected=$1
    shift
    tried "$@" || code=$?
    [[ $code == "$expected" ]] && return
    echo "it ended with $code instead of $expected"
    return 1
}

# start LOG COMMAND…: in the background, its words into $work/LOG; its process id is $!.
start() {
    local log=$work/$1
    shift
    "$@" >"$log" 2>&1 &
    running+=($!)
}

# until_true WHAT CONDITION…: waits for a condition.
until_true() {
    local what=$1 end=$((SECONDS + start_seconds))
    shift
    until "$@"; do
        if ((SECONDS >= end)); then
            echo "never: $what"
            tail -n 20 "$work"/*.log
            return 1
        fi
        sleep 0.05
    done
}

# ends PROCESS CODE: waits until it has ended and compares how.
ends() {
    local code=0
    until_true "process $1 ended" gone "$1"
    wait "$1" || code=$?
    [[ $code == "$2" ]] && return
    echo "it ended with $code instead of $2"
    return 1
}
gone() { ! kill -0 "$1" 2>/dev/null; }

# Ends what was started and still runs.
end_all() {
    local process
    for process in "${running[@]}"; do
        kill -KILL "$process" 2>/dev/null || continue
        wait "$process" 2>/dev/null || true
    done
    running=()
}

# Nobody listens on this port at the moment; below 32768, where the kernel hands out none by itself.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# get PATH: what callbridge answers on $port.
get() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&3
        cat <&3
    ) 2>/dev/null
}
answers() { [[ $(get "$1") == *"$2"* ]]; }

# agentsim OPTION…: plays ElevenLabs; its port is $agent_port.
agentsim() {
    rm -f "$work/agent.port"
    start agentsim.log "$programs/agentsim" serve --listen 127.0.0.1:0 \
        --port-file "$work/agent.port" --api-key key_test "$@"
    until_true "agentsim listens" test -s "$work/agent.port"
    agent_port=$(<"$work/agent.port")
}

# Settings that every daemon of a test has.
house_settings() {
    echo PUBLIC_URL="$public" METRICS_LISTEN=off LOOPS=1 ENVIRONMENT=development \
        TWILIO_AUTH_TOKEN="$auth_token" TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000 \
        TWILIO_BASE_URL=http://127.0.0.1:1 \
        ELEVENLABS_BASE_URL="http://127.0.0.1:${agent_port:-1}" ELEVENLABS_API_KEY=key_test \
        ELEVENLABS_AGENT_ID=agent_test CONTROL_SOCKET="$work/control.sock"
}

# callbridge VARIABLE=…: the daemon with these settings, and those of the file $settings if there is
# one; its process id is $daemon, its port $port.
callbridge() {
    port=$(free_port)
    # shellcheck disable=SC2046
    start callbridge.log env $(house_settings) HOST=127.0.0.1 PORT="$port" "$@" \
        "$programs/callbridge" serve ${settings:+--config "$settings"}
    daemon=$!
    until_true "callbridge is well" answers /health '"status"'
}

# kept [OPTION]…: the daemon as a service manager keeps it, which keeper.py plays with these options;
# its process id is in $work/daemon.pid, its keeper's is $keeper.
kept() {
    port=$(free_port)
    # shellcheck disable=SC2046
    start callbridge.log env $(house_settings) LISTEN=systemd STATE_DIRECTORY="$work/state" \
        python3 "$project/Tests/Programs/keeper.py" "$@" "$port" "$work/daemon.pid" \
        "$programs/callbridge" serve
    keeper=$!
    until_true "callbridge is well" answers /health '"status"'
}

# ctl WORDS…: asks that daemon.
ctl() { "$programs/callbridge" ctl --socket "$work/control.sock" "$@"; }

# phonesim OPTION…: one call to that daemon in the background; its process id is $phone.
phonesim() {
    start phonesim.log "$programs/phonesim" ring --url "http://127.0.0.1:$port/api/twilio/voice" \
        --public-url "$public/api/twilio/voice" --status-callback "$public/api/twilio/status" \
        --auth-token "$auth_token" "$@"
    phone=$!
}

# speech WORDS: a script whose agent says so many words, each of 0.8 s.
speech() {
    {
        echo "greeting"
        printf '  say "'
        for _ in $(seq "$1"); do printf 'conversation '; done
        echo '"'
    } >"$work/speech.txt"
    echo "$work/speech.txt"
}

# Runs all tests, each in a shell of its own, which ends what it started.
run_house_tests() {
    local name
    for name in $(compgen -A function test_); do
        eval "$(echo "body_of_$name ()"; declare -f "$name" | tail -n +2)"
        eval "$name() { trap end_all EXIT; body_of_$name; }"
    done
    trap 'rm -rf "$work"' EXIT
    run_tests
}
