"""The feeds of a process open, close, and find what the channel layer lost."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from pytest_django.fixtures import Settings

from chat import runtime
from chat.journal import Post, database
from chat.journal.read import queries
from chat.journal.write.announcer import nudge
from chat.models import Member, Room, RoomName
from chat.tests.journal.support import commit_elsewhere, commit_silently, versions_read
from chat.tests.support.clients import TIMEOUT_SECONDS


async def some_rooms(count: int) -> list[Room]:
    names = [RoomName.parse(f"room {number}") for number in range(count)]
    return [await database.write(Room.objects.ensure, name) for name in names]


async def hang(*args: Any) -> None:
    await asyncio.Event().wait()


# --- Opening and closing ------------------------------------------------------------------------


async def test_the_last_listener_closes_the_feed(lobby: Room) -> None:
    channel_layer = get_channel_layer()
    async with runtime.current().journal.listen(lobby) as feed:
        async with runtime.current().journal.listen(lobby) as same:
            assert same is feed
        assert lobby.group in channel_layer.groups
    await runtime.current().stop()
    assert lobby.group not in channel_layer.groups


async def test_a_room_reopened_while_it_closes_stays_in_its_group(lobby: Room) -> None:
    channel_layer = get_channel_layer()
    for _ in range(20):
        async with runtime.current().journal.listen(lobby):
            pass
    async with runtime.current().journal.listen(lobby):
        await asyncio.sleep(0.05)
        assert lobby.group in channel_layer.groups


async def test_rooms_that_open_together_are_read_together(
    lobby: Room, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 3600
    heads, sizes = queries.heads, []

    def counting(room_ids: Iterable[int]) -> dict[int, queries.Head]:
        sizes.append(len(list(room_ids)))
        return heads(room_ids)

    monkeypatch.setattr(queries, "heads", counting)
    rooms, listen = [lobby, *await some_rooms(4)], runtime.current().journal.listen
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(listen(it)) for it in rooms))
    assert sum(sizes) == len(rooms)
    assert len(sizes) <= 2  # the first may be read alone


async def test_a_message_committed_while_a_feed_starts_arrives(
    lobby: Room, alice: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 3600
    heads, loop, layer = queries.heads, asyncio.get_running_loop(), get_channel_layer()

    def commit_after_reading(room_ids: Iterable[int]) -> dict[int, queries.Head]:
        before = heads(room_ids)
        message = nudge(lobby, commit_silently(lobby, alice))
        asyncio.run_coroutine_threadsafe(layer.group_send(lobby.group, message), loop).result()
        return before

    monkeypatch.setattr(queries, "heads", commit_after_reading)
    async with runtime.current().journal.listen(lobby) as feed:
        assert await versions_read(feed, 0, 1) == [1]


# --- Reconciling --------------------------------------------------------------------------------


async def test_a_lost_nudge_is_found_by_reconciling(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    async with runtime.current().journal.listen(lobby) as feed:
        await commit_elsewhere(lobby, alice, 3)
        assert await versions_read(feed, 0, 3) == [1, 2, 3]


async def test_rooms_are_reconciled_together(
    lobby: Room, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 0.01
    monkeypatch.setattr("chat.journal.read.feeds.ROOMS_PER_QUERY", 3)
    heads, sizes = queries.heads, []

    def counting(room_ids: Iterable[int]) -> dict[int, queries.Head]:
        sizes.append(len(list(room_ids)))
        return heads(room_ids)

    async with AsyncExitStack() as stack:
        for room in await some_rooms(5):
            await stack.enter_async_context(runtime.current().journal.listen(room))
        monkeypatch.setattr(queries, "heads", counting)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while len(sizes) < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert sorted(sizes[:4]) == [2, 2, 3, 3]


async def test_reconciling_goes_on_after_errors_and_logs_the_first(
    lobby: Room,
    alice: Member,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.RECONCILE_SECONDS = 0.01
    heads, errors = queries.heads, iter([RuntimeError("one"), RuntimeError("two")])

    def failing_twice(room_ids: Iterable[int]) -> dict[int, queries.Head]:
        if error := next(errors, None):
            raise error
        return heads(room_ids)

    async with runtime.current().journal.listen(lobby) as feed:
        monkeypatch.setattr(queries, "heads", failing_twice)
        await commit_elsewhere(lobby, alice)
        assert await versions_read(feed, 0, 1) == [1]
    assert [it.getMessage() for it in caplog.records if "journal" in it.getMessage()] == [
        "the journal cannot be read, will retry: one"
    ]


async def test_a_lost_nudge_makes_the_process_join_the_group_again(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    channel_layer = get_channel_layer()
    async with runtime.current().journal.listen(lobby) as feed:
        await channel_layer.flush()  # as if Redis had been emptied
        await commit_elsewhere(lobby, alice)
        assert await versions_read(feed, 0, 1) == [1]
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while lobby.group not in channel_layer.groups:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_process_that_receives_no_nudges_reconnects_to_the_layer(
    lobby: Room, alice: Member, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RECONCILE_SECONDS = 0.2
    ours = runtime.current().layer
    async with runtime.current().journal.listen(lobby) as feed, asyncio.timeout(30):
        channel = ours._channel
        while ours._channel == channel:  # a round between two commits finds no change
            before = feed.head
            await commit_elsewhere(lobby, alice)
            await feed.wait_beyond(before)
        head = feed.head
        await runtime.current().journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        assert await versions_read(feed, head, head + 1) == [head + 1]
    assert "reconnecting to the channel layer" in caplog.text


# --- Without the channel layer ------------------------------------------------------------------


async def test_a_hanging_layer_does_not_delay_the_messages_of_this_process(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.transport.channel_layer.ANSWER_SECONDS", 3_600)
    monkeypatch.setattr(get_channel_layer(), "group_send", hang)
    async with runtime.current().journal.listen(lobby) as feed:
        for number in range(1, 4):
            await runtime.current().journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
            assert feed.head == number


async def test_a_hanging_layer_does_not_delay_reconciling(
    lobby: Room, alice: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    rooms = await some_rooms(5)
    async with AsyncExitStack() as stack:
        feeds = [
            await stack.enter_async_context(runtime.current().journal.listen(room))
            for room in rooms
        ]
        monkeypatch.setattr(get_channel_layer(), "group_add", hang)
        monkeypatch.setattr("chat.transport.channel_layer.ANSWER_SECONDS", 3_600)
        for room, feed in zip(rooms, feeds, strict=True):  # the rejoin of the first hangs on
            await commit_elsewhere(room, alice)
            assert await versions_read(feed, 0, 1) == [1]


async def test_a_failing_layer_does_not_delay_the_messages_of_this_process(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*args: Any) -> None:
        raise ConnectionError("Redis is away")

    channel_layer = get_channel_layer()
    for name in ("new_channel", "group_add", "group_send", "group_discard", "receive"):
        monkeypatch.setattr(channel_layer, name, away)
    async with runtime.current().journal.listen(lobby) as feed:
        await runtime.current().journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        assert await versions_read(feed, 0, 1) == [1]
