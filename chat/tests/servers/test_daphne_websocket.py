"""Daphne's WebSocket protocol, as we have it."""

import pytest

from mysite.servers.daphne_websocket import ChatWebSocketProtocol


def test_a_send_to_a_closed_socket_raises_an_os_error() -> None:
    """As ASGI's specification has it, and uvicorn does."""
    protocol = ChatWebSocketProtocol()
    protocol.state = protocol.STATE_CLOSED
    with pytest.raises(OSError, match="closed"):
        protocol.sendMessage(b"hello")
