"""Committed changes are announced by as few nudges as possible."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer

from chat import runtime
from chat.journal import Post
from chat.journal.write.announcer import NUDGE_MAX_BYTES, nudge
from chat.models import Member, Room
from chat.tests.journal.support import entries


@pytest.fixture
async def another_process(lobby: Room) -> str:
    """The channel of another process, which listens to the lobby."""
    layer = get_channel_layer()
    channel: str = await layer.new_channel()
    await layer.group_add(lobby.group, channel)
    return channel


async def test_changes_committed_together_are_announced_by_one_nudge(
    lobby: Room, alice: Member, another_process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudges = []

    async def group_send(group: str, nudge: dict[str, Any]) -> None:
        nudges.append((group, [version for _, version, _ in nudge["entries"]]))

    monkeypatch.setattr(get_channel_layer(), "group_send", group_send)
    journal = runtime.current().journal
    posts = [Post(lobby.pk, alice.pk, uuid4(), "hi") for _ in range(40)]
    await asyncio.gather(*(journal.append(it) for it in posts))
    await journal.drain()
    assert nudges == [(lobby.group, list(range(1, 41)))]


async def test_changes_committed_while_a_nudge_is_sent_share_the_next(
    lobby: Room, alice: Member, another_process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudges, gate = [], asyncio.Event()

    async def group_send(group: str, nudge: dict[str, Any]) -> None:
        nudges.append([version for _, version, _ in nudge["entries"]])
        await gate.wait()

    monkeypatch.setattr(get_channel_layer(), "group_send", group_send)
    journal = runtime.current().journal
    for _ in range(3):
        await journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
    gate.set()
    await journal.drain()
    assert nudges == [[1], [2, 3]]


async def test_no_nudge_is_sent_to_a_room_that_only_this_process_listens_to(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The in-memory layer knows. What is committed here reaches the feed without the layer."""
    nudges: list[str] = []

    async def group_send(group: str, nudge: dict[str, Any]) -> None:
        nudges.append(group)

    journal = runtime.current().journal
    async with journal.listen(lobby) as feed:
        monkeypatch.setattr(get_channel_layer(), "group_send", group_send)
        await journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        await journal.drain()
        assert (feed.head, nudges) == (1, [])
        await get_channel_layer().group_add(lobby.group, "specific.another!process")
        await journal.append(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        await journal.drain()
        assert (feed.head, nudges) == (2, [lobby.group])


def test_a_large_nudge_carries_its_head_only() -> None:
    room = Room(pk=7)
    fitting = entries(3, size=NUDGE_MAX_BYTES // 3)
    assert len(nudge(room, fitting)["entries"]) == 3
    message = nudge(room, entries(4, size=NUDGE_MAX_BYTES // 3))
    assert (message["head"], message["entries"]) == (4, [])
