"""A mail server that keeps what it is sent: RFC 5321 without extensions."""

import email
import queue
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from threading import Thread


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1. Mails arrive in `mails`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: queue.Queue[Message] = queue.Queue()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            match line.split()[0].upper():
                case b"DATA":
                    self._take_mail()
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _take_mail(self) -> None:
        self._say("354 go on")
        lines = [line.removeprefix(b".") for line in iter(self.rfile.readline, b".\r\n")]
        self.server.mails.put(email.message_from_bytes(b"".join(lines)))  # type: ignore[attr-defined]
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
