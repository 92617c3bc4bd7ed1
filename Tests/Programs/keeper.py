"""Keeps a program as a service manager does: holds its socket, starts it again when it is killed.

    keeper.py PORT PID_FILE PROGRAM ARGUMENT...

The socket on 127.0.0.1:PORT is passed as systemd passes it (sd_listen_fds(3)) and stays open while
the program is away: whoever connects meanwhile waits. PID_FILE holds the program's process id. The
keeper ends with the program, when that ends otherwise than by SIGKILL, or when told to.
"""

import os
import signal
import socket
import sys
import time

FIRST_PASSED = 3


def start(listener, pid_file, command):
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(listener.fileno(), FIRST_PASSED)
        # Also when it had that number before.
        os.set_inheritable(FIRST_PASSED, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="http")
        os.execv(command[0], command)
    draft = pid_file + ".new"
    with open(draft, "w") as file:
        file.write(f"{child}\n")
    os.rename(draft, pid_file)
    print(f"keeper: started {child} at {began:.3f}", file=sys.stderr, flush=True)
    return child


def main():
    port, pid_file, *command = sys.argv[1:]
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(128)
    while True:
        child = start(listener, pid_file, command)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            sys.exit(os.waitstatus_to_exitcode(status))


main()
