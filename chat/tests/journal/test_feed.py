"""The door out: whatever the channel layer does, a feed has the whole journal, in order."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from pytest_django.fixtures import Settings

from chat import journal, layer
from chat.journal import Appended, Edit, Entry, Feed, Post, threads
from chat.journal.appender import commit
from chat.models import Member, Room, RoomName
from chat.tests.support.clients import PATIENCE_SECONDS


def store(room: Room, author: Member, count: int = 1) -> list[Entry]:
    """Messages another process appends, and does not announce."""
    posts = [Post(room.pk, author.pk, uuid4(), str(number)) for number in range(count)]
    return [outcome.entry for outcome in commit(posts) if isinstance(outcome, Appended)]


async def elsewhere(room: Room, author: Member, count: int = 1) -> list[Entry]:
    return await threads.write(store, room, author, count)


async def seen(feed: Feed, after: int, up_to: int) -> list[int]:
    """The versions a cursor is given, until it stands at `up_to`."""
    versions: list[int] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not versions or versions[-1] < up_to:
            await feed.beyond(after)
            slice = await feed.after(after)
            versions += [entry.version for entry in slice.entries]
            after = slice.version
    return versions


async def test_a_feed_starts_at_the_head(lobby: Room, alice: Member) -> None:
    await elsewhere(lobby, alice, 3)
    async with journal.listen(lobby) as feed:
        assert feed.head == 3
        assert await seen(feed, 0, 3) == [1, 2, 3]


async def test_entries_in_line_are_taken_as_they_come(lobby: Room, alice: Member) -> None:
    async with journal.listen(lobby) as feed:
        one, two = await elsewhere(lobby, alice, 2)
        feed.offer([one])
        assert feed.head == 1
        feed.offer([two])
        assert feed.head == 2


async def test_a_repeated_nudge_changes_nothing(lobby: Room, alice: Member) -> None:
    async with journal.listen(lobby) as feed:
        entries = await elsewhere(lobby, alice, 2)
        feed.offer(entries)
        feed.offer(entries)
        feed.offer(entries[:1])
        assert await seen(feed, 0, 2) == [1, 2]


async def test_a_nudge_beyond_a_hole_makes_it_read_the_hole(lobby: Room, alice: Member) -> None:
    async with journal.listen(lobby) as feed:
        entries = await elsewhere(lobby, alice, 5)
        feed.offer(entries[3:])
        assert await seen(feed, 0, 5) == [1, 2, 3, 4, 5]


async def test_nudges_in_the_wrong_order_arrive_in_the_right_one(
    lobby: Room, alice: Member
) -> None:
    async with journal.listen(lobby) as feed:
        for entry in reversed(await elsewhere(lobby, alice, 8)):
            feed.offer([entry])
        assert await seen(feed, 0, 8) == list(range(1, 9))


async def test_a_nudge_without_entries_is_enough(lobby: Room, alice: Member) -> None:
    async with journal.listen(lobby) as feed:
        await elsewhere(lobby, alice, 2)
        feed.hear(2)
        assert await seen(feed, 0, 2) == [1, 2]


async def test_a_nudge_that_comes_while_a_hole_is_read_is_not_forgotten(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, loop = journal.read.changes, asyncio.get_running_loop()
    async with journal.listen(lobby) as feed:
        entries = await elsewhere(lobby, alice, 2)

        def meanwhile(*args: Any) -> list[Entry]:
            found = changes(*args)
            if len(found) == 2:
                store(lobby, alice)
                loop.call_soon_threadsafe(feed.hear, 3)
            return found

        monkeypatch.setattr(journal.read, "changes", meanwhile)
        feed.offer(entries[1:])
        assert await seen(feed, 0, 3) == [1, 2, 3]


async def test_a_plain_reader_hears_a_post_that_was_read_as_edited(
    lobby: Room, alice: Member
) -> None:
    async with journal.listen(lobby) as feed:
        cursor = journal.PostCursor(feed, 0)
        await elsewhere(lobby, alice, 2)
        [edited] = await threads.write(commit, [Edit(lobby.pk, alice.pk, 1, "edited")])
        assert isinstance(edited, Appended)
        feed.hear(3)
        assert [entry.seq for entry in await cursor.next()] == [1, 2]


async def test_a_process_that_hears_nothing_listens_anew(
    lobby: Room, alice: Member, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RECONCILE_SECONDS = 0.2
    ours = layer.here()
    async with journal.listen(lobby) as feed, asyncio.timeout(30):
        channel = ours._channel
        while ours._channel == channel:  # a round that comes between two of these hears no news
            before = feed.head
            await elsewhere(lobby, alice)  # committed, and no nudge of it arrives
            await feed.beyond(before)
        head = feed.head
        await journal.append(Post(lobby.pk, alice.pk, uuid4(), "heard"))
        assert await seen(feed, head, head + 1) == [head + 1]
    assert "listening anew" in caplog.text


async def test_a_rumour_of_what_is_not_there_does_no_harm(lobby: Room, alice: Member) -> None:
    async with journal.listen(lobby) as feed:
        feed.hear(99)
        await asyncio.sleep(0.1)
        feed.offer(await elsewhere(lobby, alice))
        assert await seen(feed, 0, 1) == [1]


async def test_what_no_nudge_told_is_found_all_the_same(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    async with journal.listen(lobby) as feed:
        await elsewhere(lobby, alice, 3)
        assert await seen(feed, 0, 3) == [1, 2, 3]


async def test_a_lost_nudge_makes_it_join_the_group_again(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    layer = get_channel_layer()
    async with journal.listen(lobby) as feed:
        await layer.flush()  # a Redis that was emptied
        await elsewhere(lobby, alice)
        assert await seen(feed, 0, 1) == [1]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while lobby.group not in layer.groups:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_channel_layer_that_hangs_delays_none_of_our_own_people(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.layer.LAYER_SECONDS", 3_600)

    async def hang(*args: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(get_channel_layer(), "group_send", hang)
    async with journal.listen(lobby) as feed:
        for number in range(1, 4):
            await journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
            assert feed.head == number


async def test_rooms_hear_of_news_at_once_while_the_layer_hangs(
    lobby: Room, alice: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 0.1
    rooms = [
        await threads.write(Room.objects.enter, RoomName.parse(f"room {number}"))
        for number in range(5)
    ]
    async with AsyncExitStack() as stack:
        feeds = [await stack.enter_async_context(journal.listen(room)) for room in rooms]

        async def hang(*args: Any) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(get_channel_layer(), "group_add", hang)
        monkeypatch.setattr("chat.layer.LAYER_SECONDS", 3_600)
        for room, feed in zip(rooms, feeds, strict=True):  # also while it hangs over the one before
            await elsewhere(room, alice)
            assert await seen(feed, 0, 1) == [1]


async def test_without_a_channel_layer_our_own_people_hear_at_once(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*args: Any) -> None:
        raise ConnectionError("Redis is away")

    layer = get_channel_layer()
    for name in ("new_channel", "group_add", "group_send", "group_discard", "receive"):
        monkeypatch.setattr(layer, name, away)
    async with journal.listen(lobby) as feed:
        await journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        assert await seen(feed, 0, 1) == [1]


async def test_a_cursor_behind_the_tail_reads_the_journal(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.feed.TAIL_ENTRIES", 4)
    async with journal.listen(lobby) as feed:
        for _ in range(5):
            feed.offer(await elsewhere(lobby, alice, 2))
        assert not feed.holds(5)
        assert await seen(feed, 0, 10) == list(range(1, 11))


async def test_a_tail_is_bounded_in_bytes(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = await elsewhere(lobby, alice, 10)
    monkeypatch.setattr("chat.journal.feed.TAIL_BYTES", sum(it.size for it in entries[7:]))
    async with journal.listen(lobby) as feed:
        feed.head = feed._floor = 0
        feed.offer(entries)
        assert not feed.holds(6)
        assert feed.holds(7)


async def test_a_storm_of_returning_cursors_reads_the_journal_once(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    changes = journal.read.changes
    await elsewhere(lobby, alice, 100)

    def counting(*args: Any) -> list[Entry]:
        reads.append(args)
        return changes(*args)

    monkeypatch.setattr(journal.read, "changes", counting)
    async with journal.listen(lobby) as feed:
        back = await asyncio.gather(*(seen(feed, 20, 100) for _ in range(50)))
        assert back == [list(range(21, 101))] * 50
    assert len(reads) == 1


async def test_the_last_to_leave_closes_the_feed(lobby: Room) -> None:
    layer = get_channel_layer()
    async with journal.listen(lobby) as feed:
        async with journal.listen(lobby) as same:
            assert same is feed
        assert lobby.group in layer.groups
    await journal.aclose()
    assert lobby.group not in layer.groups


async def test_a_room_reopened_while_it_closes_stays_in_its_group(lobby: Room) -> None:
    layer = get_channel_layer()
    for _ in range(20):
        async with journal.listen(lobby):
            pass
    async with journal.listen(lobby):
        await asyncio.sleep(0.05)
        assert lobby.group in layer.groups
