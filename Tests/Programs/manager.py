"""Plays the service manager: manager.py NAME PORT COMMAND…

Listens at the port and passes the socket to the command under that name, as systemd.socket does;
prints what the command tells at $NOTIFY_SOCKET, each message on a line; passes SIGTERM and SIGHUP
on. When the command has ended it says whether the socket, which it still holds, still listens: one
that was shut down does not, and its socket unit would fail."""

import os
import select
import signal
import socket
import sys

name, port, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]

listener = socket.create_server(("127.0.0.1", port))
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("\0callbridge-manager-%d" % os.getpid())
address = "@" + notify.getsockname()[1:].decode()

child = os.fork()
if child == 0:
    os.dup2(listener.fileno(), 3)
    # Where it had that number already nothing was duplicated.
    os.set_inheritable(3, True)
    environment = dict(
        os.environ,
        LISTEN_PID=str(os.getpid()),
        LISTEN_FDS="1",
        LISTEN_FDNAMES=name,
        NOTIFY_SOCKET=address,
    )
    os.execvpe(command[0], command, environment)

for each in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, lambda number, frame: os.kill(child, number))


def tell_what_is_told():
    while select.select([notify], [], [], 0.05)[0]:
        print(notify.recv(4096).decode().replace("\n", " "), flush=True)


status = None
while status is None:
    tell_what_is_told()
    ended, code = os.waitpid(child, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(code)
tell_what_is_told()

with socket.create_connection(("127.0.0.1", port), timeout=5):
    heard = select.select([listener], [], [], 5)[0]
    print("the socket still listens" if heard and listener.accept() else "the socket is dead")
sys.exit(status)
