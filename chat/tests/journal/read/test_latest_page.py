"""The page of latest messages is read once for many connections."""

import asyncio
from typing import Any

import pytest

from chat.journal import Edit, database
from chat.journal.read import queries
from chat.journal.read.latest_page import PAGE_CHANGES, LatestPage
from chat.journal.read.tail import Tail
from chat.journal.write.appender import commit
from chat.models import Member, Room
from chat.tests.journal.support import commit_elsewhere, tombstone


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The calls of the query for a page."""
    calls: list[Any] = []
    page = queries.page

    def counting(*args: Any, **options: Any) -> Any:
        calls.append(args)
        return page(*args, **options)

    monkeypatch.setattr(queries, "page", counting)
    return calls


async def page_of(room: Room, author: Member, count: int) -> LatestPage:
    tail = Tail()
    tail.extend(await commit_elsewhere(room, author, count))
    return LatestPage(room.pk, tail)


async def test_connections_that_join_together_share_one_read(
    lobby: Room, alice: Member, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", 3600)
    latest = await page_of(lobby, alice, 3)
    pages = await asyncio.gather(*(latest.get() for _ in range(50)))
    assert [entry.seq for entry in pages[0].entries] == [1, 2, 3]
    assert all(page is pages[0] for page in pages)
    assert len(reads) == 1


async def test_an_old_page_is_read_again(
    lobby: Room, alice: Member, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", -1)
    latest = await page_of(lobby, alice, 3)
    await latest.get()
    await latest.get()
    assert len(reads) == 2


async def test_a_page_from_before_a_deletion_is_read_again(
    lobby: Room, alice: Member, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", 3600)
    latest = await page_of(lobby, alice, 3)
    await latest.get()
    latest._tail.extend([tombstone(seq=1, version=4)])
    assert (await latest.get()).version == 4
    assert len(reads) == 2


async def test_a_page_that_much_has_changed_since_is_read_again(
    lobby: Room, alice: Member, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", 3600)
    latest = await page_of(lobby, alice, 3)
    await latest.get()
    latest._tail.extend(await commit_elsewhere(lobby, alice, PAGE_CHANGES))
    assert (await latest.get()).version == 3
    latest._tail.extend(await commit_elsewhere(lobby, alice, 1))
    page = await latest.get()
    assert page.version == page.entries[-1].version == 3 + PAGE_CHANGES + 1
    assert len(reads) == 2


async def test_a_page_is_bounded_in_bytes_and_keeps_the_latest(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = await page_of(lobby, alice, 5)
    size = (await latest.get()).entries[-1].size
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", -1)
    monkeypatch.setattr("chat.journal.read.latest_page.PAGE_BYTES", 2 * size)
    assert [entry.seq for entry in (await latest.get()).entries] == [4, 5]


async def test_a_page_says_when_its_cursor_has_brought_what_it_leaves_out(
    lobby: Room, alice: Member
) -> None:
    latest = await page_of(lobby, alice, 3)
    await database.write(commit, [Edit(lobby.pk, alice.pk, 2, "edited")])
    page = await latest.get()
    assert [entry.seq for entry in page.entries] == [1, 3]
    assert (page.version, page.complete_at) == (3, 4)
