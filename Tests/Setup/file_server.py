"""Serves a folder on a loopback port, with a server's bad habits on request.

file_server.py FOLDER PORT_FILE LOG_FILE

The first part of a path names the habit, the rest is a file of FOLDER:
/whole/   as it should be, ranges included
/cut/     half of the file, told as if it were all of it
/drops/   closes the connection after half of what was asked for, every time
/drops1/  the same, but only the first time a file is asked for; ranges work
/plain/   closes after half the first time; does not know ranges
Every request is a line in LOG_FILE: path, first byte asked for.
"""

import http.server
import os
import sys

folder, port_file, log_file = sys.argv[1:]
asked_before = set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, habit, name = self.path.split("/", 2)
        start = 0
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes=") and habit != "plain":
            start = int(wanted[len("bytes=") :].split("-")[0])
        with open(log_file, "a") as log:
            log.write(f"{self.path} {start}\n")
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        if habit == "cut" and name.endswith(".gz"):
            data = data[: len(data) // 2]
        data = data[start:]
        first_time = self.path not in asked_before
        asked_before.add(self.path)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data)))
        if start:
            end = start + len(data)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
        self.end_headers()
        if habit == "drops" or (habit in ("drops1", "plain") and first_time):
            data = data[: len(data) // 2]
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as out:
    out.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
