"""Starts the simulators for a test, and ends them with it."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading

BIN = pathlib.Path(os.environ["CALLBRIDGE_BIN"])
PATIENCE = 30  # seconds a test waits for what must happen


class Program:
    """A running program and the lines it says."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [str(word) for word in arguments], stdout=subprocess.PIPE, text=True
        )
        self.lines = []
        self.bell = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with self.process.stdout as lines:
            for line in lines:
                with self.bell:
                    self.lines.append(line.rstrip("\n"))
                    self.bell.notify_all()

    def line(self, wanted):
        """The first line for which `wanted` holds; waits for it."""
        with self.bell:
            found = self.bell.wait_for(lambda: next(filter(wanted, self.lines), None), PATIENCE)
            assert found, f"no such line in {self.lines}"
            return found

    def end(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0, "the program did not end well"


@contextlib.contextmanager
def agentsim(*options, script=None):
    """A running agentsim: its origin, and the program."""
    with tempfile.TemporaryDirectory() as folder:
        words = [BIN / "agentsim", "serve", "--json", *options]
        if script:
            path = pathlib.Path(folder) / "script"
            path.write_text(script)
            words += ["--script", path]
        program = Program(*words)
        try:
            origin = program.line(lambda line: "listening on" in line).split()[-1]
            yield origin, program
        finally:
            program.end()


def outcome(program):
    """What agentsim says about its first finished conversation."""
    return json.loads(program.line(lambda line: line.startswith("{")))
