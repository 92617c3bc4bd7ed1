"""A tiny bridge on one port: webhooks by a handler, media streams by another."""

import socket
import threading
import urllib.parse

from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol


class Hit:
    """A request that came."""

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = headers
        self.form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))


class Stream:
    """The bridge's end of a media stream."""

    def __init__(self, connection, protocol, rest):
        self.connection = connection
        self.protocol = protocol
        self.closed = False
        self.events = []
        self.protocol.receive_data(rest)

    def send(self, text):
        self.protocol.send_text(text.encode())
        self._flush()

    def close(self, code=1000):
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(code)
            self._flush()

    def _flush(self):
        for data in self.protocol.data_to_send():
            try:
                self.connection.sendall(data)
            except OSError:
                self.closed = True

    def messages(self):
        """Every text message until the other side is gone."""
        while not self.closed:
            for event in self.protocol.events_received():
                if not isinstance(event, Request) and event.opcode is Opcode.TEXT:
                    yield event.data.decode()
            self._flush()
            try:
                data = self.connection.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.protocol.receive_data(data)


class Bridge:
    """Answers POST with `answer(hit)` and hands upgrades to `talk(stream, hit)`.

    `upgrading()` may take its time before an upgrade is answered.
    """

    def __init__(self, answer, talk=None, upgrading=lambda: None):
        self.answer = answer
        self.talk = talk
        self.upgrading = upgrading
        self.hits = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more:
                    return
                data += more
            head, rest = data.split(b"\r\n\r\n", 1)
            lines = head.decode().split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = {}
            for line in lines[1:]:
                name, value = line.split(":", 1)
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", 0))
            if "upgrade" in headers:
                self._upgrade(connection, data, Hit(method, target, headers, b""))
                return
            while len(rest) < length:
                rest += connection.recv(65536)
            hit = Hit(method, target, headers, rest[:length])
            self.hits.append(hit)
            body = self.answer(hit).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
                + f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )

    def _upgrade(self, connection, data, hit):
        self.hits.append(hit)
        self.upgrading()
        protocol = ServerProtocol()
        protocol.receive_data(data)
        request = next(event for event in protocol.events_received() if isinstance(event, Request))
        protocol.send_response(protocol.accept(request))
        for out in protocol.data_to_send():
            connection.sendall(out)
        stream = Stream(connection, protocol, b"")
        self.talk(stream, hit)
        stream.close()
        # Unread bytes would turn the end of the connection into a reset.
        for _ in stream.messages():
            pass
