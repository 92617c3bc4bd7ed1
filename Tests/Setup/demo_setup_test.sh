#!/usr/bin/env bash
# deploy/setup/demo.sh with stand-ins for the three programs, each with the manners a test asks for.
# What counts: its exit status, what it tells, and that nothing it started outlives it.
. "$(dirname "$0")/check.sh"

stand_in() { # stand_in NAME SCRIPT; leaves its process id behind, to see whether it has ended
    printf '#!/usr/bin/env python3\n%s\n' "import os, signal, sys
open('$work/pids', 'a').write(str(os.getpid()) + '\n')
$2" >"$work/programs/$1"
    chmod +x "$work/programs/$1"
}

before_each() {
    rm -rf "$work/programs" "$work/tree"
    mkdir -p "$work/programs" "$work/tree/deploy"
    cp -r "$project/deploy/setup" "$work/tree/deploy/"
    : >"$work/pids"
    agentsim caller
    callbridge 200
    phonesim 0
}
agentsim() { # agentsim WHO: writes down a conversation in which WHO spoke
    stand_in agentsim "
value = lambda name: sys.argv[sys.argv.index(name) + 1]
os.makedirs(value('--out'))
open(value('--out') + '/conv_1.wav', 'w').write('sound')
open(value('--out') + '/conv_1.txt', 'w').write('1.0 s  $1: hello\\n')
open(value('--port-file'), 'w').write('20001')
while True: signal.pause()"
}
callbridge() { # callbridge STATUS: answers every request with it
    stand_in callbridge "
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response($1)
        self.end_headers()
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()"
}
phonesim() { # phonesim STATUS: says a line, ends with it
    stand_in phonesim "
print('caller: hello', flush=True)
open(sys.argv[sys.argv.index('--out') + 1], 'w').write('sound')
sys.exit($1)"
}
demo() { "$work/tree/deploy/setup/demo.sh" "$work/programs"; }
all_ended() {
    local pid
    while read -r pid; do
        if kill -0 "$pid" 2>/dev/null; then
            echo "process $pid is still there"
            return 1
        fi
    done <"$work/pids"
}

test_both_heard_each_other() {
    works demo
    says "caller: hello"
    says "both sides heard each other"
    [[ $(wc -l <"$work/pids") == 3 ]]
    all_ended
}
test_a_deaf_caller_fails() {
    phonesim 1
    fails demo
    says "the caller did not hear the agent"
    all_ended
}
test_a_deaf_agent_fails() {
    agentsim agent
    fails demo
    says "the agent did not hear the caller"
    all_ended
}
test_a_daemon_that_dies_is_told_with_its_last_words() {
    stand_in callbridge "sys.exit('PORT: not a number')"
    fails demo
    says "PORT: not a number"
    says "callbridge ended before it was ready"
    all_ended
}
test_a_program_that_was_not_built_is_told() {
    rm "$work/programs/phonesim"
    fails demo
    says "phonesim is missing; run make build"
}
test_an_interrupted_demo_leaves_nothing_running() {
    stand_in phonesim "
os.kill(os.getppid(), signal.SIGTERM)
signal.pause()"
    fails demo
    [[ $(wc -l <"$work/pids") == 3 ]]
    all_ended
}

trap 'rm -rf "$work"' EXIT
run_tests
