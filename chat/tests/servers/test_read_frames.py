"""How much of what a client sends one turn of the event loop parses."""

from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne.ws_protocol import WebSocketProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from mysite.servers import daphne_websocket, uvicorn_websocket
from mysite.servers.frames import READ_MAX_BYTES

PING = Frame(Opcode.PING, b"").serialize(mask=True)
PONG = (
    b"\x8a" + b"\x88" * 13
)  # a pong of 8 bytes, whose mask is four times the start of a close frame
CLOSE = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)


def uvicorn_protocol() -> Any:
    kind = uvicorn_websocket.ChatWebSocketProtocol
    protocol: Any = kind.__new__(kind)
    protocol.transport = MagicMock(max_size=256 * 1024)
    return protocol


def daphne_protocol() -> Any:
    protocol: Any = daphne_websocket.ChatWebSocketProtocol()
    protocol.transport = MagicMock(bufferSize=64 * 1024)
    return protocol


def test_a_turn_reads_few_frames() -> None:
    assert READ_MAX_BYTES // len(PING) <= 170


def test_uvicorn_reads_few_frames_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebSocketsSansIOProtocol, "connection_made", MagicMock())
    protocol = uvicorn_protocol()
    protocol.connection_made(protocol.transport)
    assert protocol.transport.max_size == READ_MAX_BYTES


def test_daphne_reads_few_frames_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebSocketProtocol, "onOpen", MagicMock())
    protocol = daphne_protocol()
    protocol.onOpen()
    assert protocol.transport.bufferSize == READ_MAX_BYTES


@pytest.mark.parametrize(
    ("protocol", "server", "receive", "close"),
    [
        (uvicorn_protocol, WebSocketsSansIOProtocol, "data_received", "close"),
        (daphne_protocol, WebSocketServerProtocol, "dataReceived", "loseConnection"),
    ],
    ids=["uvicorn", "daphne"],
)
def test_nothing_is_parsed_after_a_flood_of_pings(
    monkeypatch: pytest.MonkeyPatch,
    protocol: Callable[[], Any],
    server: type,
    receive: str,
    close: str,
) -> None:
    parse = MagicMock()
    monkeypatch.setattr(server, receive, parse)
    client = protocol()
    take, close_connection = getattr(client, receive), getattr(client.transport, close)
    take(PING)
    assert parse.call_count == 1
    client.is_over = True
    take(PING * 100)
    take(PONG[1:] + PONG * 100)
    assert parse.call_count == 1
    close_connection.assert_not_called()
    take(PING + CLOSE)
    close_connection.assert_called_once()
