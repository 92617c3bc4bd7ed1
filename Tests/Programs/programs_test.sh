#!/usr/bin/env bash
# The programs as whoever starts them sees them: exit codes, what is said, and what signals do.
. "$(dirname "$0")/../Setup/check.sh"
. "$(dirname "$0")/house.sh"

callbridge_program=$programs/callbridge

# with SETTINGS…: the program with these and no other settings, where no .env lies.
with() {
    env --chdir="$work" -i "$@"
}

test_check_of_nothing_set_is_fine() {
    exits 0 with "$callbridge_program" check
    says "PORT"
}
test_check_names_each_fault_with_its_line() {
    printf 'PORT=x\n\nPROT=1\n' >"$work/wrong.conf"
    exits 78 with "$callbridge_program" check --config "$work/wrong.conf"
    says "$work/wrong.conf:1: PORT is 'x'; expected a port from 0 to 65535"
    says "$work/wrong.conf:3: PROT is no setting; did you mean PORT?"
    says "2 faults; the daemon would not start."
}
test_check_of_production_without_what_it_needs_says_what() {
    exits 78 with ENVIRONMENT=production "$callbridge_program" check
    says "TWILIO_AUTH_TOKEN"
    says "ELEVENLABS_API_KEY"
}
test_a_configuration_file_that_is_not_there_is_78() {
    exits 78 with "$callbridge_program" check --config "$work/none.conf"
    says "$work/none.conf: cannot be read: No such file or directory"
}
test_serve_does_not_start_with_a_wrong_setting() {
    exits 78 with PORT=x "$callbridge_program" serve
    says "PORT is 'x'"
}
test_check_never_tells_a_secret() {
    exits 0 with TWILIO_AUTH_TOKEN=very-secret ELEVENLABS_API_KEY=quite-secret \
        ELEVENLABS_AGENT_ID=agent_test "$callbridge_program" check
    ! says "secret" >/dev/null
}
test_callbridge_called_wrongly_exits_64() {
    exits 64 "$callbridge_program" dance
    exits 64 "$callbridge_program" serve --bogus
    says "unknown option '--bogus'"
    exits 64 "$callbridge_program"
}
test_phonesim_called_wrongly_exits_64() {
    exits 64 "$programs/phonesim" ring --bogus
    says "unknown option '--bogus'"
    exits 64 "$programs/phonesim" ring --auth-token x
    says "--url is missing"
    exits 64 "$programs/phonesim" ring --url "not an address" --auth-token x
    exits 64 "$programs/phonesim" ring --url http://127.0.0.1:1/ --auth-token x --press 1
    says "--press 1 is not KEY@TIME"
}
test_agentsim_called_wrongly_exits_64() {
    exits 64 "$programs/agentsim" serve --fault dance
    says "there is no fault dance"
    exits 64 "$programs/agentsim" serve --format opus_48000
    exits 64 "$programs/agentsim" serve --tls-cert x
    says "--tls-cert and --tls-key go together"
    exits 64 "$programs/agentsim" serve --listen nowhere
}
test_every_program_shows_its_page_and_its_version() {
    local program
    for program in callbridge phonesim agentsim callbench; do
        exits 0 "$programs/$program" --help
        says "Usage: $program"
        exits 0 "$programs/$program" --version
    done
}
test_a_port_that_is_taken_is_said_and_exits_69() {
    callbridge
    exits 69 with HOST=127.0.0.1 PORT="$port" METRICS_LISTEN=off "$callbridge_program" serve
    says "Failed to start"
    says "127.0.0.1:$port"
    says "Address already in use"
    answers /health '"status"'
}
test_it_takes_the_descriptors_that_a_shell_holds_back() {
    local soft
    soft=$(ulimit -Sn)
    ulimit -Sn 256
    callbridge
    ulimit -Sn "$soft"
    [[ $(awk '/open files/ { print $4 == $5 }' "/proc/$daemon/limits") == 1 ]]
}
test_too_few_descriptors_for_its_calls_are_said() {
    port=$(free_port)
    start callbridge.log env --chdir="$work" -i PORT="$port" METRICS_LISTEN=off CONTROL_SOCKET=off \
        bash -c 'ulimit -n 600; exec "$@"' few "$callbridge_program" serve
    until_true "callbridge is well" answers /health '"status"'
    grep -q "CALLS_MAX is 500, which takes 1500 descriptors; there may be 600" "$work/callbridge.log"
}
test_a_metrics_port_that_is_taken_costs_no_call() {
    callbridge
    local first=$port
    callbridge METRICS_LISTEN="127.0.0.1:$first"
    grep -q "Metrics are not served" "$work/callbridge.log"
    answers /readyz '"status"'
}
test_an_idle_daemon_told_to_terminate_ends_at_once() {
    callbridge
    kill -TERM "$daemon"
    ends "$daemon" 0
}
# As README.md says it, besides the port: no key, no account, no signature.
test_without_a_key_the_built_in_agent_answers_and_the_log_tells_it() {
    local literal
    port=$(free_port)
    # Not `with`: what is ended afterwards must be the program, not a shell that waits for it.
    start callbridge.log env --chdir="$work" -i PORT="$port" METRICS_LISTEN=off \
        CONTROL_SOCKET=off JOURNAL_DIRECTORY=off LOOPS=1 \
        "$callbridge_program" serve
    daemon=$!
    until_true "callbridge is well" answers /health '"status"'
    exits 0 "$programs/phonesim" ring --url "http://127.0.0.1:$port/api/twilio/voice" \
        --public-url https://localhost/api/twilio/voice \
        --wav caller-en-request --hang-up-after 4s --out "$work/heard.wav"
    says "requests go unsigned"
    # What operators search for, to the letter.
    for literal in "\[Twilio\] Incoming call: CA[0-9a-f]* from +1\*\*\*[0-9]* to +1\*\*\*[0-9]*" \
        "\[WebSocket\] Twilio stream connected" "\[WebSocket\] Connected to ElevenLabs" \
        "\[ElevenLabs\] Started conversation: conv_"; do
        until_true "$literal" grep -q "$literal" "$work/callbridge.log"
    done
}
test_sigterm_lets_the_call_end_and_takes_no_other() {
    agentsim --script "$(speech 40)" --fault deaf
    callbridge
    phonesim --hang-up-after 6s
    until_true "the call is there" answers /api/twilio/conversations '"in-progress"'
    kill -TERM "$daemon"
    until_true "it drains" answers /readyz draining
    ends "$phone" 0 || { cat "$work/phonesim.log"; false; }
    ends "$daemon" 0
    grep -q "Call ended .* REASON=caller_hung_up OWNER=caller " "$work/callbridge.log"
}
test_sigterm_still_answers_what_comes_after_the_last_call() {
    agentsim --script <(printf 'greeting\n  say "goodbye goodbye"\n  end-call "done"\n')
    callbridge
    phonesim --wait --limit 60s
    until_true "the call is there" answers /api/twilio/conversations '"in-progress"'
    kill -TERM "$daemon"
    # All is well only when every webhook was answered.
    ends "$phone" 0 || { cat "$work/phonesim.log"; false; }
    ends "$daemon" 0
    grep -q "Call ended .* REASON=agent_ended OWNER=agent " "$work/callbridge.log"
    grep -q "The stream is over, .*REASON=agent_ended" "$work/callbridge.log"
}
test_sigint_ends_the_call_at_once() {
    agentsim --script "$(speech 40)" --fault deaf
    callbridge
    phonesim --wait --limit 60s
    until_true "the call is there" answers /api/twilio/conversations '"in-progress"'
    kill -INT "$daemon"
    ends "$daemon" 0
    grep -q "Call ended .* REASON=callbridge_stopped OWNER=callbridge " "$work/callbridge.log"
}
test_a_second_sigterm_ends_the_call_at_once() {
    agentsim --script "$(speech 40)" --fault deaf
    callbridge
    phonesim --wait --limit 60s
    until_true "the call is there" answers /api/twilio/conversations '"in-progress"'
    kill -TERM "$daemon"
    until_true "it drains" answers /readyz draining
    kill -TERM "$daemon"
    ends "$daemon" 0
    grep -q "Call ended .* REASON=callbridge_stopped OWNER=callbridge " "$work/callbridge.log"
}
test_sighup_reads_the_configuration_again() {
    callbridge
    kill -HUP "$daemon"
    until_true "it is said" grep -q "Configuration read again" "$work/callbridge.log"
    answers /health '"status"'
}

run_house_tests
