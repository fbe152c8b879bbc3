"""A client's header cannot move Lobby to another path: daphne takes one from anybody."""

from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from chat.tests.support import raw_http
from chat.tests.support.servers import Server, serving

EVIL = {"Daphne-Root-Path": "/evil"}
PAGES = ["/", "/chat/lobby/", "/manifest.webmanifest", "/service-worker.js", "/admin/login/"]


@pytest.fixture
def daphne(tmp_path: Path) -> Iterator[Server]:
    """A fresh process: its first request decides what it caches."""
    with serving("daphne", tmp_path) as server:
        yield server
        assert "Traceback" not in server.log
        assert " ERROR " not in server.log


def text(server: Server, path: str, headers: dict[str, str]) -> str:
    with urlopen(Request(f"{server.url}{path}", headers=headers)) as answer:
        page: str = answer.read().decode()
        return page


def test_pages_link_to_where_they_are(daphne: Server) -> None:
    for headers in (EVIL, {}):
        for path in PAGES:
            assert "/evil" not in text(daphne, path, headers), path


def test_the_service_worker_is_the_same_for_everybody(daphne: Server) -> None:
    first = text(daphne, "/service-worker.js", EVIL)
    assert first == text(daphne, "/service-worker.js", {})
    assert '"offline": "/offline/' in first


def test_no_path_gets_past_the_rules_of_a_proxy(daphne: Server) -> None:
    header = b"Daphne-Root-Path: /evil"
    assert raw_http.status(daphne, raw_http.request(b"/evil/admin/login/", header)) == 404
    assert raw_http.status(daphne, raw_http.request(b"/admin/login/", header)) == 200


@pytest.mark.parametrize("value", [b"/evil", b"/ws", b"/", b"\xff", b"%ff", b""])
def test_pages_and_sockets_open_whatever_the_header_says(daphne: Server, value: bytes) -> None:
    header = b"daphne-root-path: " + value
    assert raw_http.status(daphne, raw_http.request(b"/", header)) == 200
    handshake = raw_http.request(b"/ws/chat/lobby/", *raw_http.HANDSHAKE, header)
    assert raw_http.status(daphne, handshake) == 101
