"""A server that answers what it is told to, or breaks the line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

HALF = b"half of it is missing"


@dataclass(frozen=True)
class Told:
    """An answer. Without a status, the line breaks; with `is_cut`, it does so in the body."""

    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Scripted(ThreadingHTTPServer):
    """Gives the answers in turn, and the last one from then on."""

    def __init__(self, *answers: Told) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = list(answers), list[Asked]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(content) if content else None
        script = self.server
        script.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        told = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
        if told.status is None:
            self.close_connection = True
            return
        text = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text) * (2 if told.is_cut else 1)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        """The test says what was wrong."""


@contextmanager
def scripted(*answers: Told) -> Iterator[Scripted]:
    with Scripted(*answers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
