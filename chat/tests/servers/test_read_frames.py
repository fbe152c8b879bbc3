"""How much of what a client sends one turn of the event loop parses."""

from unittest.mock import MagicMock

import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne.ws_protocol import WebSocketProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from mysite.servers import daphne_websocket, uvicorn_websocket
from mysite.servers.frames import READ_MAX_BYTES

PING = Frame(Opcode.PING, b"").serialize(mask=True)
CLOSE = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)


def test_uvicorn_reads_few_frames_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebSocketsSansIOProtocol, "connection_made", MagicMock())
    protocol = uvicorn_websocket.ChatWebSocketProtocol.__new__(
        uvicorn_websocket.ChatWebSocketProtocol
    )
    transport = MagicMock(max_size=256 * 1024)
    protocol.connection_made(transport)
    assert transport.max_size == READ_MAX_BYTES < 1_000 * len(PING)


def test_daphne_reads_few_frames_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebSocketProtocol, "onOpen", MagicMock())
    protocol = daphne_websocket.ChatWebSocketProtocol()
    protocol.transport = MagicMock(bufferSize=64 * 1024)
    protocol.onOpen()
    assert protocol.transport.bufferSize == READ_MAX_BYTES


def test_uvicorn_parses_nothing_after_a_flood_of_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = MagicMock()
    monkeypatch.setattr(WebSocketsSansIOProtocol, "data_received", parse)
    protocol = uvicorn_websocket.ChatWebSocketProtocol.__new__(
        uvicorn_websocket.ChatWebSocketProtocol
    )
    protocol.transport = MagicMock()
    protocol.data_received(PING)
    assert parse.call_count == 1
    protocol.is_flooded = True
    protocol.data_received(PING * 100)
    assert parse.call_count == 1
    protocol.transport.close.assert_not_called()
    protocol.data_received(CLOSE)
    protocol.transport.close.assert_called_once()


def test_daphne_parses_nothing_after_a_flood_of_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = MagicMock()
    monkeypatch.setattr(WebSocketServerProtocol, "dataReceived", parse)
    protocol = daphne_websocket.ChatWebSocketProtocol()
    protocol.transport = MagicMock()
    protocol.dataReceived(PING)
    assert parse.call_count == 1
    protocol.is_flooded = True
    protocol.dataReceived(PING * 100)
    assert parse.call_count == 1
    protocol.transport.loseConnection.assert_not_called()
    protocol.dataReceived(CLOSE)
    protocol.transport.loseConnection.assert_called_once()
