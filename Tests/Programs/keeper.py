"""Keeps a program as a service manager does: holds its socket, starts it again when it is killed.

    keeper.py [--store MAX] PORT PID_FILE PROGRAM ARGUMENT...

The socket on 127.0.0.1:PORT is passed as systemd passes it (sd_listen_fds(3)) and stays open while
the program is away: whoever connects meanwhile waits. PID_FILE holds the program's process id. The
keeper ends with the program, when that ends otherwise than by SIGKILL, or when told to.

With --store it also keeps up to MAX descriptors that the program sends to $NOTIFY_SOCKET
(sd_notify(3), FDSTORE=1), and passes them to the next process.
"""

import os
import signal
import socket
import sys
import threading
import time

FIRST_PASSED = 3


def say(text):
    print(f"keeper: {text}", file=sys.stderr, flush=True)


class Store:
    """What systemd does with FDSTORE=1, FDNAME= and FDSTOREREMOVE=1."""

    def __init__(self, most):
        self.most = most
        self.kept = []
        self.lock = threading.Lock()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0callbridge-keeper-%d" % os.getpid())
        self.address = "@" + self.socket.getsockname()[1:].decode()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            data, descriptors, _, _ = socket.recv_fds(self.socket, 4096, 16)
            words = dict(line.split("=", 1) for line in data.decode().splitlines())
            name = words.get("FDNAME", "stored")
            with self.lock:
                if words.get("FDSTORE") == "1":
                    for each in descriptors:
                        if len(self.kept) < self.most:
                            # As systemd does: the newest is the first.
                            self.kept.insert(0, (name, each))
                        else:
                            os.close(each)
                if words.get("FDSTOREREMOVE") == "1":
                    for known, each in self.kept:
                        if known == name:
                            os.close(each)
                    self.kept = [pair for pair in self.kept if pair[0] != name]

    def wait_until_read(self):
        """What a dead process has sent is read before the next one starts."""
        time.sleep(0.01)

    def passed(self):
        with self.lock:
            return list(self.kept)


def start(listener, pid_file, command, store):
    began = time.monotonic()
    passed = [("http", listener.fileno())] + (store.passed() if store else [])
    # Out of the way of the numbers they are to have.
    high = [os.dup2(each, 1000 + index) for index, (_, each) in enumerate(passed)]
    child = os.fork()
    if child == 0:
        for index, each in enumerate(high):
            os.dup2(each, FIRST_PASSED + index, inheritable=True)
        os.closerange(FIRST_PASSED + len(high), 4000)
        os.environ.update(
            LISTEN_FDS=str(len(passed)),
            LISTEN_PID=str(os.getpid()),
            LISTEN_FDNAMES=":".join(name for name, _ in passed),
        )
        if store:
            os.environ["NOTIFY_SOCKET"] = store.address
        os.execv(command[0], command)
    for each in high:
        os.close(each)
    draft = pid_file + ".new"
    with open(draft, "w") as file:
        file.write(f"{child}\n")
    os.rename(draft, pid_file)
    say(f"started {child} at {began:.3f} with {len(passed)} descriptors")
    return child


def main():
    words = sys.argv[1:]
    store = None
    if words[0] == "--store":
        store = Store(int(words[1]))
        words = words[2:]
    port, pid_file, *command = words
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(128)
    while True:
        child = start(listener, pid_file, command, store)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            if store:
                store.wait_until_read()
                say(f"{len(store.passed())} descriptors are left")
            sys.exit(os.waitstatus_to_exitcode(status))
        if store:
            store.wait_until_read()


main()
