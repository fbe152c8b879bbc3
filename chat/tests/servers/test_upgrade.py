"""A WebSocket request whose Upgrade header a proxy lost: the client and the operator are told."""

from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from chat.tests.support import raw_http
from chat.tests.support.prefix_proxy import behind_a_proxy
from chat.tests.support.servers import Server, serving

HELP = "The proxy must speak HTTP/1.1 to Lobby, and pass on the headers Upgrade and Connection."
WITHOUT_UPGRADE = raw_http.HANDSHAKE[1:]
WITHOUT_CONNECTION = [it for it in raw_http.HANDSHAKE if not it.startswith(b"Connection")]


async def test_a_proxy_that_loses_the_header_is_told_of_once(tmp_path: Path, kind: str) -> None:
    with serving(kind, tmp_path) as server:
        with behind_a_proxy(server, "/ws", strips=False, upgrades=False) as address:
            for _ in range(3):
                with pytest.raises(InvalidStatus) as refusal:
                    await connect(f"{address.replace('http', 'ws', 1)}chat/lobby/")
                response = refusal.value.response
                assert response.status_code == 426
                assert response.headers["Upgrade"] == "websocket"
                assert response.body is not None
                assert response.body.decode() == f"This address is for WebSockets only. {HELP}\n"
        assert server.log.count(HELP) == 1
        assert "Traceback" not in server.log


@pytest.mark.parametrize(
    "headers",
    [(), WITHOUT_UPGRADE, WITHOUT_CONNECTION, (*WITHOUT_CONNECTION, b"Connection: close")],
    ids=["none", "no Upgrade", "no Connection", "another Connection"],
)
def test_every_request_without_an_upgrade_is_refused(
    shared_server: Server, headers: tuple[bytes, ...]
) -> None:
    for path in (b"/ws/chat/lobby/", b"/ws/chat/", b"/ws/"):
        assert raw_http.status(shared_server, raw_http.request(path, *headers)) == 426


def test_who_opens_the_address_in_a_browser_leaves_no_line(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        assert raw_http.status(server, raw_http.request(b"/ws/chat/lobby/")) == 426
        assert HELP not in server.log


def test_a_room_called_ws_is_a_page(shared_server: Server) -> None:
    assert raw_http.status(shared_server, raw_http.request(b"/chat/ws/")) == 200
