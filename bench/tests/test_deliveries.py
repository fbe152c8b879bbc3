"""The load generator counts lost, repeated and reordered deliveries, and latencies."""

import pytest

from bench.deliveries import Deliveries, Messages
from bench.machine import BusyPoller


def parse(payload: bytes) -> Messages:
    """A frame with indexes (#1 2), like Lobby's, or without (1 2), like other servers'."""
    if payload.startswith(b"#"):
        return [(int(it), int(it)) for it in payload[1:].split()]
    return [(None, int(it)) for it in payload.split()]


@pytest.fixture
async def deliveries() -> Deliveries:
    return Deliveries(parse, BusyPoller())


async def test_deliveries_in_order_are_counted_and_timed(deliveries: Deliveries) -> None:
    one, other = deliveries.add_client(0), deliveries.add_client(0)
    deliveries.expect(1, now=10.0, receivers=2)
    deliveries.expect(2, now=11.0, receivers=2)
    deliveries.receive(b"#1 2", one, 11.5)
    deliveries.receive(b"#1", other, 12.0)
    assert not deliveries.complete.is_set()
    deliveries.receive(b"#2", other, 14.0)
    assert deliveries.complete.is_set()
    assert (deliveries.count, deliveries.lost()) == (4, 0)
    assert (deliveries.repeated, deliveries.out_of_order) == (0, 0)
    assert deliveries.latencies().tolist() == [2.0, 3.0]


async def test_a_message_that_one_client_misses_is_lost(deliveries: Deliveries) -> None:
    one, other = deliveries.add_client(0), deliveries.add_client(0)
    for number in (1, 2, 3):
        deliveries.expect(number, now=0.0, receivers=2)
    deliveries.receive(b"#1 2 3", one, 1.0)
    deliveries.receive(b"#1", other, 1.0)
    deliveries.receive(b"#3", other, 1.0)
    assert deliveries.lost() == 1


async def test_a_message_that_no_client_gets_is_lost_for_all(deliveries: Deliveries) -> None:
    clients = [deliveries.add_client(0) for _ in range(3)]
    deliveries.expect(1, now=0.0, receivers=3)
    deliveries.expect(2, now=0.0, receivers=3)
    for client in clients:
        deliveries.receive(b"1", client, 1.0)
    assert deliveries.lost() == 3


async def test_repeated_and_late_messages_are_counted(deliveries: Deliveries) -> None:
    one, other = deliveries.add_client(0), deliveries.add_client(0)
    for payload in (b"1", b"2", b"3"):
        deliveries.receive(payload, one, 1.0)
    for payload in (b"2", b"1", b"3", b"3"):
        deliveries.receive(payload, other, 1.0)
    assert (deliveries.lost(), deliveries.repeated, deliveries.out_of_order) == (0, 1, 1)


async def test_a_new_measurement_starts_at_the_current_index(deliveries: Deliveries) -> None:
    client = deliveries.add_client(0)
    deliveries.receive(b"#1 2", client, 1.0)
    deliveries.reset()
    deliveries.expect(3, now=1.0, receivers=1)
    deliveries.receive(b"#3", client, 2.0)
    assert (deliveries.count, deliveries.lost()) == (1, 0)
