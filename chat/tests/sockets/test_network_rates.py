"""Rates of networks on sockets: connections, rooms, guests, bytes."""

from contextlib import AsyncExitStack
from secrets import randbelow
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from chat.journal import database
from chat.journal.write.search_index import INDEX
from chat.live.rates import (
    BYTES,
    CONNECTION,
    DELETION,
    EDIT,
    GUEST,
    MESSAGE,
    REACTION,
    ROOM,
    TOPIC,
)
from chat.models import Member, Message, Room, Subscription
from chat.protocol import Close
from chat.sockets import plain as plain_session
from chat.tests.support.sockets import Socket, joined, plain

HERE, THERE = "192.0.2.7", "192.0.2.8"
HOUR = 3_600


def only(settings: Settings, **rates: tuple[int, int]) -> None:
    settings.RATES = {action: (None, rate) for action, rate in rates.items()}


async def refused(socket: Socket) -> dict[str, Any]:
    """Connects and is refused: the error that comes before the close frame."""
    accepted, _ = await socket.connect()
    assert accepted
    error = await socket.event()
    assert (error["type"], error["code"], error["id"]) == ("error", "too_fast", None)
    assert error["retry_after"] > 0
    assert await socket.close_code() == Close.TOO_MANY
    return error


# --- Connections --------------------------------------------------------------------------------


async def test_a_connection_above_the_rate_is_told_when_to_come_back(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{CONNECTION: (2, HOUR)})
    for _ in range(2):
        async with joined("lobby", address=HERE) as socket:
            assert (await socket.event())["type"] == "hello"
    error = await refused(Socket("lobby", address=HERE))
    assert 3_590 < error["retry_after"] <= 3_600.1
    async with joined("lobby", address=THERE) as socket:
        assert (await socket.event())["type"] == "hello"


async def test_the_reason_is_in_the_language_of_the_handshake(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{CONNECTION: (1, HOUR)})
    headers = ((b"accept-language", b"de"),)
    async with joined("lobby", address=HERE):
        error = await refused(Socket("lobby", address=HERE, headers=headers))
        assert "Aus deinem Netz kommen zu viele Anfragen" in error["detail"]


async def test_a_plain_connection_above_the_rate_is_closed(lobby: Room, settings: Settings) -> None:
    only(settings, **{CONNECTION: (1, HOUR)})
    async with plain("lobby", address=HERE):
        socket = Socket("lobby", protocols=(), address=HERE)
        assert (await socket.connect())[0]
        assert await socket.close_code() == Close.TOO_MANY


async def test_connections_to_no_room_count_too(lobby: Room, settings: Settings) -> None:
    only(settings, **{CONNECTION: (2, HOUR)})
    for path in ("/nowhere/", "/ws/chat/%0A/"):
        socket = Socket("", path=path, address=HERE)
        await socket.connect()
        assert await socket.close_code() == Close.NO_SUCH_ROOM
    await refused(Socket("", path="/nowhere/", address=HERE))


async def test_open_connections_are_bounded_by_network_and_by_member(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.CONNECTIONS_MAX = 1, 2
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(joined("lobby", alice, address=HERE))
        await refused(Socket("lobby", alice, address=THERE))
        await stack.enter_async_context(joined("lobby", address=HERE))
        await refused(Socket("lobby", address=HERE))
        await stack.enter_async_context(joined("lobby", address=THERE))
    async with joined("lobby", alice, address=HERE):
        pass


async def test_a_refused_connection_and_one_that_fails_take_no_room(
    lobby: Room, settings: Settings
) -> None:
    settings.CONNECTIONS_MAX = None, 1
    for _ in range(3):
        socket = Socket("", path="/nowhere/", address=HERE)
        await socket.connect()
        assert await socket.close_code() == Close.NO_SUCH_ROOM
        await socket.wait()
    async with joined("lobby", address=HERE) as socket:
        assert (await socket.event())["type"] == "hello"


# --- Rooms and guests ---------------------------------------------------------------------------


async def test_new_rooms_have_a_rate_and_rooms_that_are_there_stay_open(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{ROOM: (2, HOUR)})
    for name in ("one", "two"):
        async with joined(name, address=HERE):
            pass
    await refused(Socket("three", address=HERE))
    for name in ("one", "lobby"):
        async with joined(name, address=HERE) as socket:
            assert (await socket.event())["type"] == "hello"
    assert await database.read(Room.objects.count) == 3


async def test_new_guests_have_a_rate_and_those_above_it_can_read(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{GUEST: (1, HOUR)})
    async with joined("lobby", address=HERE) as first, joined("lobby", address=HERE) as second:
        await first.event()
        await second.event()
        await first.say("one")
        assert (await second.event())["text"] == "one"
        assert (await second.say("two"))["code"] == "too_fast"
        assert (await first.say("three"))["text"] == "three"
    assert await database.read(Member.objects.count) == 1


async def test_a_browser_above_the_rate_of_guests_is_not_remembered_and_can_read(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{GUEST: (1, HOUR)})
    for _ in range(3):
        async with joined("lobby", uuid4(), address=HERE) as socket:
            assert (await socket.event())["type"] == "hello"
    assert await database.read(Member.objects.count) == 1
    assert await database.read(Subscription.objects.count) == 1


# --- Changes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "frame"),
    [
        (MESSAGE, {"type": "message.send", "text": "hi"}),
        (TOPIC, {"type": "message.send", "text": "Tea", "kind": "topic"}),
        (EDIT, {"type": "message.edit", "seq": 1, "text": "hi"}),
        (MESSAGE, {"type": "message.edit", "seq": 1, "text": "hi"}),
        (DELETION, {"type": "message.delete", "seq": 1}),
        (REACTION, {"type": "message.react", "seq": 1, "emoji": "🎉"}),
    ],
)
async def test_each_change_counts_for_its_network(
    lobby: Room, settings: Settings, action: str, frame: dict[str, Any]
) -> None:
    only(settings, **{action: (1, HOUR)})
    async with joined("lobby", address=HERE) as one, joined("lobby", address=HERE) as other:
        for socket in (one, other):
            await socket.event()
        await one.send(id=str(uuid4()), **frame)
        first = await one.event()
        assert first.get("code") != "too_fast"
        await other.send(id=str(uuid4()), **frame)
        while (event := await other.event())["type"] != "error":
            pass
        assert event["code"] == "too_fast"


async def test_a_network_of_guests_fills_the_disk_no_faster_than_allowed(
    lobby: Room, settings: Settings
) -> None:
    allowed = 3_000_000  # more than the index takes for words that it has not had yet
    only(settings, **{BYTES: (allowed, HOUR)})
    await database.write(give_room_back)
    before = await database.write(database_bytes)
    ideographs = [chr(0x4E00 + randbelow(20_000)) for _ in range(8_000)]  # PostgreSQL compresses
    texts = ["".join(ideographs), "🎉" * 8_000, "*a* `b` " * 250, "hi", "https://a.example/ " * 90]
    is_full = False
    while not is_full:
        async with joined("lobby", address=HERE) as socket:
            await socket.events()
            for text in texts:
                is_full |= (await socket.say(text)).get("code") == "too_fast"
    grown = await database.write(database_bytes) - before
    assert await database.read(Message.objects.count) > 20
    assert allowed / 10 < grown < 1.2 * allowed


async def test_small_messages_and_reactions_fill_no_more_than_is_counted(
    lobby: Room, settings: Settings
) -> None:
    allowed = 400_000
    only(settings, **{BYTES: (allowed, HOUR)})
    await database.write(give_room_back)
    async with joined("lobby", address=THERE) as socket:  # the first page of each index
        await socket.events()
        await socket.send(type="message.react", seq=(await socket.say("hi"))["seq"], emoji="🎉")
        await socket.events()
    before = await database.write(database_bytes)
    events: list[dict[str, Any]] = []
    while all(event["type"] != "error" for event in events):
        async with joined("lobby", address=HERE) as socket:
            await socket.events()
            events = [await socket.say("hi") for _ in range(50)]
            seqs = [event["seq"] for event in events if "seq" in event]
            for seq in seqs:
                await socket.send(type="message.react", seq=seq, emoji="🎉")
            while len(events) < 50 + len(seqs):
                events += await socket.events()
    grown = await database.write(database_bytes) - before
    assert allowed / 10 < grown < 1.2 * allowed


async def test_a_plain_client_that_would_wait_too_long_is_closed(
    lobby: Room, settings: Settings
) -> None:
    only(settings, **{MESSAGE: (1, plain_session.WAIT_MAX_SECONDS + 10)})
    async with plain("lobby", address=HERE) as socket:
        await socket.send(message="one")
        assert await socket.receive_json_from() == {"message": "one"}
        await socket.send(message="two")
        assert await socket.close_code() == Close.TOO_MANY


def give_room_back() -> None:
    """Earlier tests deleted rows, whose room is used again, or given back later."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM FULL")
        else:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('optimize')")


def database_bytes() -> int:
    """What the rows and indexes of the database take: not the catalogs, nor the maps of free space
    that PostgreSQL makes once for each table, 32 kB at any size.
    """
    if connection.vendor == "sqlite":
        pages, free, size = (_pragma(it) for it in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE oid >= 16384")
        return int(cursor.fetchone()[0])


def _pragma(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])
