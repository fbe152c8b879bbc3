"""Posts what comes in: lines of standard input, or what is posted to a port of this machine.

tail -F app.log | LOBBY=https://chat.example.com TOKEN=lobby_… python alert_bridge.py Ops
LOBBY=https://chat.example.com TOKEN=lobby_… python alert_bridge.py Ops --listen 8900

A line, or the body of a POST, is a text, or a JSON object with a "text" and perhaps an "id": what
comes again with the same id stands in the room once. Nothing is dropped: where Lobby is away, or a
rate is reached, lines wait, and a POST is answered 503 after 10 seconds, so that its sender tries
again. A service that can reach Lobby needs no bridge: docs/webhooks.md.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from lobby import BadToken, Lobby, Refused, Unreachable, run

TEXT_MAX_CHARACTERS = 8_000  # of a message
BODY_MAX_BYTES = 64 * 1024
PATIENCE_SECONDS = 10.0  # while a sender waits for its answer


def main(lobby: Lobby) -> None:
    parser = argparse.ArgumentParser(description="Posts alerts to a room of Lobby.")
    parser.add_argument("room", help="its address: a name, or ~ and an id")
    parser.add_argument("--listen", type=int, metavar="PORT", help="take POSTs, not lines")
    options = parser.parse_args()
    lobby.room(options.room)  # a wrong one is told at once
    if options.listen is None:
        post_lines(lobby, options.room, sys.stdin)
    else:
        lobby.patience = PATIENCE_SECONDS
        Listener(
            ("127.0.0.1", options.listen), partial(Handler, lobby, options.room)
        ).serve_forever()


def post_lines(lobby: Lobby, room: str, lines: Iterable[str]) -> None:
    for line in lines:
        try:
            post(lobby, room, line)
        except Refused as refused:
            print(f"not posted: {refused}", file=sys.stderr)


def post(lobby: Lobby, room: str, content: str) -> None:
    text, id = understand(content)
    if text.strip():
        lobby.post(room, text[:TEXT_MAX_CHARACTERS], id=id)


def understand(content: str) -> tuple[str, UUID]:
    """The text, and an id: the same for what has the same one."""
    try:
        alert = json.loads(content)
        text = str(alert["text"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return content, uuid4()
    return text, uuid5(NAMESPACE_URL, str(alert["id"])) if "id" in alert else uuid4()


class Listener(HTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hangs up is no matter; without a valid token, there is nothing to do."""
        if isinstance(sys.exception(), BadToken):
            raise


class Handler(BaseHTTPRequestHandler):
    timeout = 10  # for a sender that says nothing

    def __init__(self, lobby: Lobby, room: str, *args: Any) -> None:
        self._lobby, self._room = lobby, room
        super().__init__(*args)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > BODY_MAX_BYTES:
            return self._answer(413, f"at most {BODY_MAX_BYTES} bytes, of a length that is told")
        try:
            post(self._lobby, self._room, self.rfile.read(int(length)).decode(errors="replace"))
        except Refused as refused:
            return self._answer(422, str(refused))
        except Unreachable as error:
            return self._answer(503, str(error))
        return self._answer(200, "ok")

    def _answer(self, status: int, text: str) -> None:
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    run(main)
