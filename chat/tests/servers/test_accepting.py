"""A listening socket that has few connections to accept in each turn."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mysite.servers import accepting
from mysite.servers.accepting import PacedListener


class Clock:
    now = 1_000.0

    def thread_time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(accepting, "time", clock)
    return clock


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def accept_all(listening: PacedListener, clients: ExitStack) -> int:
    """Accept until the turn is over. Returns how many were accepted."""
    count = 0
    while True:
        try:
            connection, _ = listening.accept()
        except BlockingIOError:
            return count
        clients.enter_context(connection)
        count += 1


def test_a_turn_accepts_one_connection_and_more_after_a_long_turn(
    clock: Clock, clients: ExitStack
) -> None:
    listening = clients.enter_context(PacedListener.of(socket.create_server(("127.0.0.1", 0))))
    for _ in range(60):
        clients.enter_context(socket.create_connection(listening.getsockname()))
    assert accept_all(listening, clients) == 1
    assert accept_all(listening, clients) == 1
    clock.now += 4.5 * accepting.SECONDS_EACH
    assert accept_all(listening, clients) == 1  # what the turn before took counts for the next
    assert accept_all(listening, clients) == 5
    clock.now += 3600
    assert accept_all(listening, clients) == 1
    assert accept_all(listening, clients) == accepting.ACCEPTED_AT_MOST
    assert accept_all(listening, clients) == 1
