"""Epochs: a cursor from before a restore, or of another room of the name, says nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Post, database
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room
from chat.models.room import SKIPPED_VERSIONS
from chat.tests.support.sockets import Socket, joined

Hello = dict[str, Any]


async def post(room: Room, author: Member, *texts: str) -> None:
    await database.write(commit, [Post(room.pk, author.pk, uuid4(), it) for it in texts])


async def lose(room: Room, *texts: str) -> None:
    """What a restore leaves: a backup is older than these messages, and the servers were down."""
    await runtime.current().stop()
    await database.write(lambda: Message.objects.filter(room=room, text__in=texts).delete())
    last = await database.read(lambda: Message.objects.filter(room=room).order_by("seq").last())
    seq = last.seq if last else 0
    await database.write(lambda: Room.objects.update(version=seq, last_seq=seq))
    await database.write(Room.objects.begin_anew)
    await room.arefresh_from_db()


@asynccontextmanager
async def resumed(member: Member, after: int, epoch: object) -> AsyncIterator[tuple[Hello, Socket]]:
    async with joined("lobby", member, query=f"?after={after}&epoch={epoch}") as socket:
        yield await socket.event(), socket


async def test_a_cursor_of_the_epoch_resumes(lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "one", "two")
    async with resumed(alice, 1, lobby.epoch) as (hello, socket):
        assert (hello["resumed"], hello["epoch"]) == (True, str(lobby.epoch))
        assert (await socket.event())["text"] == "two"


@pytest.mark.parametrize("epoch", [uuid4(), "undefined", "%00", "x" * 2_000])
async def test_a_cursor_of_another_epoch_starts_over(
    lobby: Room, alice: Member, epoch: object
) -> None:
    await post(lobby, alice, "one", "two")
    async with joined("lobby", alice, query=f"?after=1&epoch={epoch}") as socket:
        hello, *page = await socket.events()
        assert hello["resumed"] is False
        assert [it["text"] for it in page] == ["one", "two"]


async def test_an_empty_epoch_is_none(lobby: Room, alice: Member) -> None:
    """A page has it that was opened before its room was."""
    await post(lobby, alice, "one")
    async with resumed(alice, 0, "") as (hello, _):
        assert hello["resumed"] is True


async def test_after_a_restore_a_cursor_skips_nothing_and_repeats_nothing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """As many messages as were lost are there again, and are others."""
    epoch = lobby.epoch
    await post(lobby, alice, "kept", "lost", "lost too")
    await lose(lobby, "lost", "lost too")
    await post(lobby, alice, "new", "newer", "newest")
    async with joined("lobby", bob, query=f"?after=3&epoch={epoch}") as socket:
        hello, *page = await socket.events()
        assert hello["resumed"] is False
        assert hello["epoch"] == str(lobby.epoch) != str(epoch)
        assert [it["text"] for it in page] == ["kept", "new", "newer", "newest"]


async def test_after_a_restore_a_client_that_knows_no_epochs_starts_over(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await post(lobby, alice, "kept", "lost", "lost too")
    await lose(lobby, "lost", "lost too")
    await post(lobby, alice, "new", "newer", "newest")
    for after in (0, 1, 3):
        async with joined("lobby", bob, query=f"?after={after}") as socket:
            hello, *page = await socket.events()
            assert hello["resumed"] is False
            assert [it["text"] for it in page] == ["kept", "new", "newer", "newest"]


async def test_a_seq_that_was_lost_is_not_taken_again(lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "kept", "lost")
    await lose(lobby, "lost")
    async with joined("lobby", alice) as socket:
        await socket.events()
        await socket.send(type="message.delete", seq=2, id="d")
        assert (await socket.event())["code"] == "no_such_message"
        assert (await socket.say("new"))["seq"] == 1 + SKIPPED_VERSIONS + 1


async def test_what_waited_in_an_outbox_goes_once(lobby: Room, alice: Member) -> None:
    """One message is in the backup, though not confirmed to its author; one is not."""
    stored, waiting = uuid4(), uuid4()
    epoch = lobby.epoch
    await database.write(commit, [Post(lobby.pk, alice.pk, stored, "stored")])
    await lose(lobby)
    async with joined("lobby", alice, query=f"?after=0&epoch={epoch}") as socket:
        assert [it.get("text") for it in await socket.events()] == [None, "stored"]
        for id, text in ((stored, "stored"), (waiting, "waiting")):
            await socket.post(text, id)
        assert (await socket.event())["text"] == "waiting"
        assert await socket.receive_nothing()


async def test_a_client_in_the_versions_left_out_catches_up(lobby: Room, alice: Member) -> None:
    """No client of ours is: there is nothing between, and the cursor stands at the head."""
    await post(lobby, alice, "kept")
    await lose(lobby)
    async with joined("lobby", alice, query=f"?after={SKIPPED_VERSIONS - 5}") as socket:
        assert (await socket.event())["resumed"] is True
        assert (await socket.say("new"))["version"] == SKIPPED_VERSIONS + 2


async def test_another_room_of_the_name_has_another_epoch(lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "one")
    epoch = lobby.epoch
    await database.write(lobby.mark_deleted)
    async with joined("lobby", alice) as socket:
        assert (await socket.event())["epoch"] != str(epoch)
    async with resumed(alice, 1, epoch) as (hello, _):
        assert hello["resumed"] is False
