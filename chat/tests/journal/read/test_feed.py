"""A feed has the whole journal in order, whatever nudges it gets."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chat import runtime
from chat.journal import Appended, Edit, Entry, Feed, PostCursor, React, database
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.models import Member, Room
from chat.tests.journal.support import commit_elsewhere, commit_silently, versions_read
from chat.tests.support.clients import TIMEOUT_SECONDS


@pytest.fixture
async def feed(lobby: Room) -> AsyncIterator[Feed]:
    async with runtime.current().journal.listen(lobby) as feed:
        yield feed


async def test_a_feed_starts_at_the_head(lobby: Room, alice: Member) -> None:
    await commit_elsewhere(lobby, alice, 3)
    async with runtime.current().journal.listen(lobby) as feed:
        assert feed.head == 3
        assert await versions_read(feed, 0, 3) == [1, 2, 3]


# --- Nudges -------------------------------------------------------------------------------------


async def test_entries_that_follow_the_head_move_it_at_once(
    feed: Feed, lobby: Room, alice: Member
) -> None:
    one, two = await commit_elsewhere(lobby, alice, 2)
    feed.offer([one])
    assert feed.head == 1
    feed.offer([two])
    assert feed.head == 2


async def test_a_repeated_nudge_changes_nothing(feed: Feed, lobby: Room, alice: Member) -> None:
    entries = await commit_elsewhere(lobby, alice, 2)
    feed.offer(entries)
    feed.offer(entries)
    feed.offer(entries[:1])
    assert await versions_read(feed, 0, 2) == [1, 2]


async def test_a_gap_before_a_nudge_is_read(feed: Feed, lobby: Room, alice: Member) -> None:
    entries = await commit_elsewhere(lobby, alice, 5)
    feed.offer(entries[3:])
    assert await versions_read(feed, 0, 5) == [1, 2, 3, 4, 5]


async def test_entries_dropped_after_a_large_gap_are_read(
    feed: Feed, lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.feed.EARLY_ENTRIES", 2)
    entries = await commit_elsewhere(lobby, alice, 5)
    feed.offer(entries[1:])
    assert await versions_read(feed, 0, 5) == [1, 2, 3, 4, 5]


async def test_nudges_in_the_wrong_order_become_the_right_order(
    feed: Feed, lobby: Room, alice: Member
) -> None:
    for entry in reversed(await commit_elsewhere(lobby, alice, 8)):
        feed.offer([entry])
    assert await versions_read(feed, 0, 8) == list(range(1, 9))


async def test_a_nudge_without_entries_makes_the_feed_read_them(
    feed: Feed, lobby: Room, alice: Member
) -> None:
    await commit_elsewhere(lobby, alice, 2)
    feed.announce_head(2)
    assert await versions_read(feed, 0, 2) == [1, 2]


async def test_a_nudge_that_arrives_while_a_gap_is_read_counts(
    feed: Feed, lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, loop = queries.changes, asyncio.get_running_loop()
    entries = await commit_elsewhere(lobby, alice, 2)

    def nudge_after_reading(*args: Any) -> list[Entry]:
        found = changes(*args)
        if len(found) == 2:
            commit_silently(lobby, alice)
            loop.call_soon_threadsafe(feed.announce_head, 3)
        return found

    monkeypatch.setattr(queries, "changes", nudge_after_reading)
    feed.offer(entries[1:])
    assert await versions_read(feed, 0, 3) == [1, 2, 3]


async def test_an_announced_head_that_does_not_exist_does_no_harm(
    feed: Feed, lobby: Room, alice: Member
) -> None:
    feed.announce_head(99)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while feed.announced_head > 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    feed.offer(await commit_elsewhere(lobby, alice))
    assert await versions_read(feed, 0, 1) == [1]


# --- Reading ------------------------------------------------------------------------------------


async def test_a_plain_client_is_sent_a_message_that_was_edited_before_it_was_read(
    feed: Feed, lobby: Room, alice: Member
) -> None:
    cursor = PostCursor(feed, 0)
    await commit_elsewhere(lobby, alice, 2)
    [edited] = await database.write(commit, [Edit(lobby.pk, alice.pk, 1, "edited")])
    assert isinstance(edited, Appended)
    feed.announce_head(3)
    assert [entry.seq for entry in await cursor.next()] == [1, 2]


async def test_a_cursor_behind_the_tail_reads_the_journal(
    feed: Feed, lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.tail.TAIL_ENTRIES", 4)
    for _ in range(5):
        feed.offer(await commit_elsewhere(lobby, alice, 2))
    assert not feed.tail.holds(5)
    assert await versions_read(feed, 0, 10) == list(range(1, 11))


async def test_many_resuming_cursors_read_the_journal_once(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    changes = queries.changes
    await commit_elsewhere(lobby, alice, 100)

    def counting(*args: Any) -> list[Entry]:
        reads.append(args)
        return changes(*args)

    monkeypatch.setattr(queries, "changes", counting)
    async with runtime.current().journal.listen(lobby) as feed:
        resumed = await asyncio.gather(*(versions_read(feed, 20, 100) for _ in range(50)))
        assert resumed == [list(range(21, 101))] * 50
    assert len(reads) == 1


# --- Changes of messages ------------------------------------------------------------------------


async def test_a_client_that_missed_an_edit_gets_the_message_whole_with_a_later_reaction(
    lobby: Room, alice: Member
) -> None:
    """The journal keeps the latest state only, so what was read back lacks the edit."""
    await commit_elsewhere(lobby, alice, 1)
    edit = Edit(lobby.pk, alice.pk, 1, "more tea" * 100)
    await database.write(commit, [edit])
    async with runtime.current().journal.listen(lobby) as feed:
        outcomes = await database.write(commit, [React(lobby.pk, alice.pk, 1, "\N{PARTY POPPER}")])
        feed.offer([it.entry for it in outcomes if isinstance(it, Appended)])
        [missed], [seen] = [(await feed.after(it)).as_changes.entries for it in (1, 2)]
    assert json.loads(missed.json)["text"] == edit.text
    assert json.loads(seen.json)["type"] == "change"
