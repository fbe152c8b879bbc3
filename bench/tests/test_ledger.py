"""The judge is judged: what was lost, repeated or out of order is counted as that."""

import pytest

from bench.ledger import Arrivals, Ledger
from bench.machine import Vigil


def read(payload: bytes) -> Arrivals:
    """A frame with indexes, as Lobby sends them, or without, as others do."""
    if payload.startswith(b"#"):
        return [(int(it), int(it)) for it in payload[1:].split()]
    return [(None, int(it)) for it in payload.split()]


@pytest.fixture
async def ledger() -> Ledger:
    return Ledger(read, Vigil())


async def test_what_all_get_in_order_is_counted_and_timed(ledger: Ledger) -> None:
    one, other = ledger.arrive(0), ledger.arrive(0)
    ledger.expect(1, now=10.0, receivers=2)
    ledger.expect(2, now=11.0, receivers=2)
    ledger.take(b"#1 2", one, 11.5)
    ledger.take(b"#1", other, 12.0)
    assert not ledger.settled.is_set()
    ledger.take(b"#2", other, 14.0)
    assert ledger.settled.is_set()
    assert (ledger.deliveries, ledger.lost(), ledger.repeated, ledger.out_of_order) == (4, 0, 0, 0)
    assert ledger.latencies().tolist() == [2.0, 3.0]


async def test_what_one_of_them_misses_is_lost(ledger: Ledger) -> None:
    one, other = ledger.arrive(0), ledger.arrive(0)
    for number in (1, 2, 3):
        ledger.expect(number, now=0.0, receivers=2)
    ledger.take(b"#1 2 3", one, 1.0)
    ledger.take(b"#1", other, 1.0)
    ledger.take(b"#3", other, 1.0)
    assert ledger.lost() == 1


async def test_what_nobody_gets_is_lost_for_all(ledger: Ledger) -> None:
    people = [ledger.arrive(0) for _ in range(3)]
    ledger.expect(1, now=0.0, receivers=3)
    ledger.expect(2, now=0.0, receivers=3)
    for person in people:
        ledger.take(b"1", person, 1.0)
    assert ledger.lost() == 3


async def test_what_comes_twice_is_repeated_and_what_comes_late_is_out_of_order(
    ledger: Ledger,
) -> None:
    one, other = ledger.arrive(0), ledger.arrive(0)
    for payload in (b"1", b"2", b"3"):
        ledger.take(payload, one, 1.0)
    for payload in (b"2", b"1", b"3", b"3"):
        ledger.take(payload, other, 1.0)
    assert (ledger.lost(), ledger.repeated, ledger.out_of_order) == (0, 1, 1)


async def test_a_new_measurement_starts_where_the_room_is(ledger: Ledger) -> None:
    place = ledger.arrive(0)
    ledger.take(b"#1 2", place, 1.0)
    ledger.forget()
    ledger.expect(3, now=1.0, receivers=1)
    ledger.take(b"#3", place, 2.0)
    assert (ledger.deliveries, ledger.lost()) == (1, 0)
