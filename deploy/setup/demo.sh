#!/usr/bin/env bash
# One whole telephone call on this machine: agentsim plays the voice agent's provider, callbridge
# answers, phonesim plays the telephone network and rings. All on 127.0.0.1; no account, no key, no
# network. Prints the transcript and the latencies phonesim measured; leaves in out/:
#
#   heard-by-caller.wav, heard-by-agent.wav   what each side heard
#   transcript.txt, result.json               what was said, what phonesim measured
#   callbridge.log, agentsim.log              what the others said
#
#   deploy/setup/demo.sh PROGRAMS     the folder the programs were built into
#
# Exits 0 only if both sides heard each other.
set -euo pipefail
cd "$(dirname "$0")/../.."

programs=${1:-.build/release}
language=${DEMO_LANGUAGE:-en}
out=out
start_seconds=20 end_seconds=10
voices=(--wav "caller-$language-request" --wav "caller-$language-answer" --wav "caller-$language-goodbye")
# Only this machine ever sees them.
account=AC00000000000000000000000000000000
auth_token=demo-token-of-no-account-at-all
running=()

say() { echo "demo: $*"; }
fail() {
    echo "demo: $*" >&2
    echo "demo: the logs are in $out/" >&2
    exit 1
}

# Ends what this script started, the youngest first, and nothing else.
end() {
    local code=$? index process deadline
    trap - EXIT INT TERM
    for ((index = ${#running[@]} - 1; index >= 0; index--)); do
        process=${running[index]}
        kill -TERM "$process" 2>/dev/null || continue
        deadline=$((SECONDS + end_seconds))
        while kill -0 "$process" 2>/dev/null; do
            ((SECONDS < deadline)) || kill -KILL "$process"
            sleep 0.02
        done
    done
    exit "$code"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start LOG COMMAND…: in the background; its process id is $!.
start() {
    local log=$out/$1
    shift
    "$@" >"$log" 2>&1 &
    running+=($!)
}

# until_true WHAT PROCESS LOG CONDITION…: waits for a condition as long as the process lives.
until_true() {
    local what=$1 process=$2 log=$3 end=$((SECONDS + start_seconds))
    shift 3
    until "$@"; do
        if ! kill -0 "$process" 2>/dev/null; then
            tail -n 20 "$out/$log" >&2
            fail "$what ended before it was ready"
        fi
        ((SECONDS < end)) || fail "$what was not ready after $start_seconds s"
        sleep 0.05
    done
}

# Nobody listens on these ports at the moment; below 32768, where the kernel hands out none by itself.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# True when callbridge says it is well. Plain bash: a bare machine has no curl.
healthy() {
    local answer
    answer=$(
        exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$port" || exit 0
        printf 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
        read -r -t 2 line <&3 && echo "$line"
    ) || true
    [[ $answer == *" 200 "* ]]
}

for program in callbridge agentsim phonesim; do
    [[ -x $programs/$program ]] || fail "$programs/$program is missing; run make build"
done
rm -rf "$out"
mkdir -p "$out"

say "starting the agent's side"
start agentsim.log "$programs/agentsim" serve --listen 127.0.0.1:0 --port-file "$out/agent.port" \
    --api-key demo-key --out "$out/agent"
agent=$!
until_true agentsim "$agent" agentsim.log test -s "$out/agent.port"
agent_port=$(<"$out/agent.port")

port=$(free_port)
url=http://127.0.0.1:$port
until twilio_port=$(free_port) && [[ $twilio_port != "$port" ]]; do :; done
# As in the field the public address is another one, signed and never dialled here.
public=https://callbridge.test
number=+15550100002
[[ $language != de ]] || number=+4930555010
say "starting callbridge on $url"
# Whom it would ask at Twilio is phonesim too; and it leaves alone what another daemon of yours keeps.
start callbridge.log env HOST=127.0.0.1 PORT="$port" PUBLIC_URL="$public" METRICS_LISTEN=off \
    ENVIRONMENT=development JOURNAL_DIRECTORY=off CONTROL_SOCKET=off \
    ELEVENLABS_BASE_URL="http://127.0.0.1:$agent_port" ELEVENLABS_API_KEY=demo-key \
    ELEVENLABS_AGENT_ID=agent_test_demo \
    TWILIO_BASE_URL="http://127.0.0.1:$twilio_port" \
    TWILIO_ACCOUNT_SID="$account" TWILIO_AUTH_TOKEN="$auth_token" \
    "$programs/callbridge" serve
bridge=$!
until_true callbridge "$bridge" callbridge.log healthy

say "ringing"
# In the background too: bash hears a signal while it waits, not while a program has the floor.
"$programs/phonesim" ring --url "$url/api/twilio/voice" --public-url "$public/api/twilio/voice" \
    --status-callback "$public/api/twilio/status" --to "$number" \
    --account-sid "$account" --auth-token "$auth_token" --listen "127.0.0.1:$twilio_port" \
    "${voices[@]}" --wait --limit 60s --out "$out/heard-by-caller.wav" --json "$out/result.json" &
running+=($!)
rang=0
wait $! || rang=$?
[[ $rang == 0 ]] || fail "the caller did not hear the agent (phonesim ended with status $rang)"

# The agent's side writes what it heard when the conversation is over, which the caller's end is.
until_true "the agent's record" "$agent" agentsim.log compgen -G "$out/agent/*.txt" >/dev/null
mv "$out"/agent/*.wav "$out/heard-by-agent.wav" 2>/dev/null || fail "the agent heard nothing"
mv "$out"/agent/*.txt "$out/transcript.txt"
say "what was said, as the agent's side has it:"
cat "$out/transcript.txt"
# A turn of the caller is written down only when speech was heard in it.
grep -q ' caller: ' "$out/transcript.txt" || fail "the agent did not hear the caller"

say "both sides heard each other: $out/heard-by-caller.wav, $out/heard-by-agent.wav"
