"""Another person in a room, connected by a socket of `chat.v1` instead of a browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server


@contextmanager
def socket_person(server: Server, room: str) -> Iterator["SocketPerson"]:
    # A bounded queue that nobody reads from delays the end of the connection by ten seconds.
    with connect(
        server.socket_url(room), subprotocols=[Subprotocol("chat.v1")], max_queue=None
    ) as socket:
        yield SocketPerson(socket)


class SocketPerson:
    """Each method returns when the server has stored the change."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.name: str = json.loads(socket.recv())[0]["you"]["name"]

    def post(self, text: str, **fields: Any) -> int:
        """Returns the seq of the message."""
        id = str(uuid4())
        self._send("message.send", id=id, text=text, **fields)
        return next(int(it["seq"]) for it in self._messages() if it["id"] == id)

    def edit(self, seq: int, text: str) -> None:
        self._change("message.edit", seq, text=text)

    def delete(self, seq: int) -> None:
        self._change("message.delete", seq)

    def react(self, seq: int, emoji: str) -> None:
        self._change("message.react", seq, emoji=emoji, on=True)

    def send_typing(self) -> None:
        """Does not wait: the server does not answer this frame."""
        self._send("typing")

    def _change(self, type: str, seq: int, **fields: Any) -> None:
        self._send(type, id=str(uuid4()), seq=seq, **fields)
        next(it for it in self._messages() if it["seq"] == seq and it["version"] > seq)

    def _send(self, type: str, **fields: Any) -> None:
        self._socket.send(json.dumps({"type": type, **fields}))

    def _messages(self) -> Any:
        while True:
            for event in json.loads(self._socket.recv(timeout=TIMEOUT_SECONDS)):
                assert event["type"] != "error", event
                if event["type"] == "message":
                    self._send("ack", version=event["version"])
                    yield event
