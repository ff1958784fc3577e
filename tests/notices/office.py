"""A mail server on this machine."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes


class Smtp(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for a client that sends."""

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.server.take(self.body())
                self.say("250 taken")
            elif verb == b"RCPT" and not self.server.knows(line.decode()):
                self.say("550 5.1.1 no such person")
            elif verb == b"QUIT":
                self.say("221 bye")
                break
            else:
                self.say("250 fine")

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        with suppress(OSError):  # the other side is dead, as it should be
            self.wfile.write(text.encode() + b"\r\n")


class Office(socketserver.ThreadingTCPServer):
    """A mail server that may do something when it has taken a letter, before it says so."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Smtp)
        self.taken: list[tuple[str, str]] = []
        self.then = lambda: None
        self.knows = lambda recipient: True

    def take(self, data: bytes) -> None:
        message = message_from_bytes(data)
        self.taken.append((message["To"], message["Message-ID"]))
        self.then()


@contextmanager
def office():
    server = Office()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
