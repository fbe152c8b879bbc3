"""A page that was open when its installation was restored from a backup starts over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import (
    NewPage,
    enter_room,
    expect_confirmed,
    expect_connected,
    go_offline,
    go_online,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server, serving
from ops.tests.installations import Installation

RECONNECT_MS = 60_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving("uvicorn", tmp_path / "lobby") as server:
        yield server


def restored(server: Server, archive: Path) -> None:
    """The server's installation, made anew from a backup."""
    for path in server.data_dir.glob("lobby.sqlite3*"):
        path.unlink()
    (server.data_dir / "secret_key").unlink()
    Installation(server.data_dir).do("restore", str(archive))


def expect_restored(page: Page) -> None:
    expect_connected(page, RECONNECT_MS)
    expect_confirmed(page, ["kept", "new", "written without a connection"])


def test_a_page_shows_what_there_is_and_sends_what_waits_once(
    server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    alice = new_page("Alice")
    enter_room(alice, server, "Alice", "lobby")
    send_message(alice, "kept")
    expect_confirmed(alice, ["kept"])
    Installation(server.data_dir).do("backup", str(tmp_path / "lobby.tar"))
    send_message(alice, "lost")
    expect_confirmed(alice, ["kept", "lost"])
    go_offline(alice)
    send_message(alice, "written without a connection")

    server.terminate()
    restored(server, tmp_path / "lobby.tar")
    server.start()
    with socket_person(server, "lobby") as bob:
        bob.post("new")
        go_online(alice)
        expect_restored(alice)
        bob.post("newer")
        expect(alice.get_by_text("newer", exact=True)).to_be_visible()
    alice.reload()
    expect_confirmed(alice, ["kept", "new", "written without a connection", "newer"])
