"""The bounds of connections, without a server."""

import pytest
from pytest_django.fixtures import Settings

from mysite.servers import connections
from mysite.servers.connections import Connection, Connections, bounded_network


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """A transport that says what was done to it."""

    def __init__(self) -> None:
        self.written = b""
        self.is_closed = self.is_aborted = False

    def is_closing(self) -> bool:
        return self.is_closed or self.is_aborted

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_aborted = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(connections, "_now", clock)
    return clock


@pytest.fixture
def open_ones(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Connections:
    """Connections that a test sweeps itself."""
    monkeypatch.setattr(Connections, "_sweep_soon", lambda self: None)
    return Connections()


def opened(open_ones: Connections, host: str = "198.51.100.7") -> tuple[Connection, Wire]:
    wire = Wire()
    return open_ones.open(wire, host), wire


def test_a_wait_ends(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.wait(connection, 10)
    clock.now += 9
    open_ones._sweep()
    assert not wire.is_closing()
    clock.now += 2
    open_ones._sweep()
    assert wire.is_closing()


def test_the_work_of_the_application_takes_its_time(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.work(connection)
    clock.now += 3600
    open_ones._sweep()
    assert not wire.is_closing()


def test_what_arrives_of_a_body_buys_time(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.wait(connection, 10)
    open_ones.wait_longer(connection, 5 * connections.BODY_BYTES_PER_SECOND)
    clock.now += 14
    open_ones._sweep()
    assert not wire.is_closing()
    clock.now += 2
    open_ones._sweep()
    assert wire.is_closing()


def test_bytes_that_came_quickly_buy_no_long_stall(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.wait(connection, 10)
    open_ones.wait_longer(connection, 10**9)
    clock.now += connections.BODY_STALL_SECONDS + 1
    open_ones._sweep()
    assert wire.is_closing()


def test_a_body_that_is_not_read_waits_for_the_application(
    open_ones: Connections, clock: Clock
) -> None:
    connection, wire = opened(open_ones)
    open_ones.wait(connection, 10)
    clock.now += 4
    open_ones.hold(connection)
    clock.now += 3600
    open_ones._sweep()
    assert not wire.is_closing()
    open_ones.release(connection)
    clock.now += 5
    open_ones._sweep()
    assert not wire.is_closing()
    clock.now += 2
    open_ones._sweep()
    assert wire.is_closing()


def test_a_body_that_is_through_leaves_no_wait(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.hold(connection)
    open_ones.work(connection)
    open_ones.release(connection)
    clock.now += 3600
    open_ones._sweep()
    assert not wire.is_closing()


def test_a_client_that_does_not_read_buys_no_time_with_further_requests(
    open_ones: Connections, clock: Clock
) -> None:
    connection, wire = opened(open_ones)
    open_ones.pause(connection)
    clock.now += connections.ANSWER_SECONDS - 1
    open_ones.work(connection)
    open_ones.wait(connection, 3600)
    open_ones._sweep()
    assert not wire.is_aborted
    clock.now += 2
    open_ones._sweep()
    assert wire.is_aborted


def test_a_client_that_reads_on_is_served_on(open_ones: Connections, clock: Clock) -> None:
    connection, wire = opened(open_ones)
    open_ones.pause(connection)
    open_ones.resume(connection)
    clock.now += 3600
    open_ones._sweep()
    assert not wire.is_closing()


def test_a_connection_that_cannot_close_is_cut(open_ones: Connections, clock: Clock) -> None:
    """Closing waits until the client has read the rest."""
    connection, wire = opened(open_ones)
    open_ones.work(connection)
    wire.close()
    open_ones._sweep()
    assert not wire.is_aborted
    clock.now += connections.ANSWER_SECONDS + 1
    open_ones._sweep()
    assert wire.is_aborted


def test_one_network_leaves_half_of_all_to_the_others(open_ones: Connections) -> None:
    open_ones.max = 4
    for host in ("198.51.100.7", "198.51.100.7", "198.51.100.8", "198.51.100.8"):
        open_ones.work(opened(open_ones, host)[0])
    refused, wire = opened(open_ones, "198.51.100.7")
    assert refused.is_refused
    assert wire.written.startswith(b"HTTP/1.1 429 ")
    refused, wire = opened(open_ones, "198.51.100.9")
    assert refused.is_refused
    assert wire.written.startswith(b"HTTP/1.1 503 ")
    assert wire.is_closed


def test_a_lost_connection_makes_room(open_ones: Connections) -> None:
    open_ones.max = 2
    lost, _ = opened(open_ones)
    open_ones.work(lost)
    open_ones.close(lost)
    open_ones.close(lost)
    assert not opened(open_ones)[0].is_refused


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.1.2.3", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("10.1.2.3", None),
        ("2001:db8:ffff::7", None),
        (None, None),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_64_and_a_proxy_is_none(
    host: str | None, network: str | None, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = ["unix", "10.0.0.0/8", "2001:db8:ffff::7/128"]
    assert bounded_network(host) == network
