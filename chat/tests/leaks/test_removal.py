"""Who was taken out gets nothing more, whatever this process knows; and stores nothing more."""

import asyncio
import json
from collections.abc import Iterator
from unittest.mock import AsyncMock, patch
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Change, Markup, Post, React, Refused, database
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.appender import commit
from chat.journal.write.markup import mark_up
from chat.live.visits import Visit, record
from chat.models import Member, Membership, Message, Room, Subscription
from chat.models.room_address import RoomId
from chat.protocol import Close
from chat.sockets.session import ProtocolSession
from chat.tests.leaks.conftest import People, new_people, session_of
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.private_rooms import add, append, applied, new_members_room
from chat.tests.support.sockets import Socket, joined, plain

PROTOCOLS = {"chat.v1": joined, "plain": plain}


@pytest.fixture
def lost_nudges() -> Iterator[None]:
    """No process reads a revocation."""
    with patch("chat.live.revocations.Revocations.read", AsyncMock()):
        yield


async def den_with_ben() -> tuple[People, Room]:
    people = await database.write(new_people)
    return people, await database.write(new_members_room, people.ada, [people.ben])


async def frames_until_closed(socket: Socket) -> tuple[str, int]:
    frames = ""
    while (message := await socket.receive_output(TIMEOUT_SECONDS))["type"] == "websocket.send":
        frames += message["text"]
    return frames, message["code"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_nothing_after_the_removal_reaches_the_socket_if_the_nudge_is_lost(
    lobby: Room, lost_nudges: None, protocol: str
) -> None:
    people, den = await den_with_ben()
    key = await database.write(session_of, people.ben)
    async with PROTOCOLS[protocol](den.address, session=key) as socket:
        if protocol == "chat.v1":
            await socket.events()
        changes: list[Change] = [
            Post(den.pk, people.ada.pk, uuid4(), "before"),
            RemovePerson(den.pk, people.ada.pk, people.ben.pk),
            Post(den.pk, people.ada.pk, uuid4(), "after"),
        ]
        await asyncio.gather(*(runtime.current().journal.append(it) for it in changes))
        frames, code = await frames_until_closed(socket)
    assert code == Close.NOT_ALLOWED
    assert "before" in frames
    assert "after" not in frames
    assert "removed" not in frames


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_who_is_taken_out_while_coming_in_is_not_let_in(
    lobby: Room, lost_nudges: None, protocol: str
) -> None:
    """The removal is stored after the right was asked, and before the cursor stands."""
    people, den = await den_with_ben()
    key = await database.write(session_of, people.ben)
    ensure_still_in = ProtocolSession._ensure_still_in

    async def remove_first(session: ProtocolSession) -> None:
        await append(RemovePerson(den.pk, people.ada.pk, people.ben.pk))
        await ensure_still_in(session)

    with patch.object(ProtocolSession, "_ensure_still_in", remove_first):
        protocols = ("chat.v1",) if protocol == "chat.v1" else ()
        socket = Socket(den.address, session=key, protocols=protocols, query="?after=0")
        await socket.connect(timeout=TIMEOUT_SECONDS)
        assert await frames_until_closed(socket) == ("", Close.NO_SUCH_ROOM)


async def test_none_of_many_posts_in_flight_is_stored_after_the_removal(lobby: Room) -> None:
    people, den = await den_with_ben()
    journal = runtime.current().journal

    async def post(number: int) -> bool:
        try:
            await journal.append(Post(den.pk, people.ben.pk, uuid4(), f"{number}"))
        except Refused:
            return False
        return True

    posting = [asyncio.create_task(post(number)) for number in range(150)]
    await asyncio.sleep(0)  # they are under way
    await journal.append(RemovePerson(den.pk, people.ada.pk, people.ben.pk))
    posting += [asyncio.create_task(post(number)) for number in range(50)]
    stored = await asyncio.gather(*posting)
    removal = await database.read(lambda: Message.objects.get(event__type="removed"))
    his = await database.read(lambda: list(Message.objects.filter(author=people.ben)))
    assert len(his) == sum(stored)
    assert not any(stored[150:])
    assert [it.seq for it in his if it.version > removal.seq] == []


async def test_an_ending_never_changes(lobby: Room) -> None:
    """A View finds the end where it was stored."""
    people, den = await den_with_ben()
    removal = await append(RemovePerson(den.pk, people.ada.pk, people.ben.pk))
    with pytest.raises(Refused):
        await append(React(den.pk, people.ada.pk, removal.entry.seq, "👍"))


# --- what is left over --------------------------------------------------------------------------


async def test_a_visit_does_not_outlive_a_removal(lobby: Room) -> None:
    """Many visits and removals race: no row is left of who is out."""
    people, den = await den_with_ben()
    key = await database.write(session_of, people.ben)
    visit = Visit(RoomId(den.key), None, key)
    for _ in range(5):
        removal = RemovePerson(den.pk, people.ada.pk, people.ben.pk)
        await asyncio.gather(
            *(database.read(record, [visit]) for _ in range(3)),
            append(removal),
            return_exceptions=True,
        )
        assert await database.read(left_over, people.ben, den) == (0, 0)
        await database.write(add, den, people.ada, people.ben)


def left_over(member: Member, room: Room) -> tuple[int, int]:
    rows = {"member": member, "room": room}
    return Membership.objects.filter(**rows).count(), Subscription.objects.filter(**rows).count()


@pytest.mark.django_db
def test_keeping_a_room_that_is_no_longer_mine_stores_nothing() -> None:
    people = new_people()
    den = new_members_room(people.ada, [people.ben])
    commit([RemovePerson(den.pk, people.ada.pk, people.ben.pk)])
    Subscription.objects.keep(people.ben, den, read=0)
    assert left_over(people.ben, den) == (0, 0)


@pytest.mark.django_db
def test_who_is_out_is_not_mentioned() -> None:
    people = new_people()
    den = new_members_room(people.ada, [people.ben])
    assert mark_up(den, "hi @Ben").member_ids == {people.ben.pk}
    applied(RemovePerson(den.pk, people.ada.pk, people.ben.pk))
    Subscription.objects.create(member=people.ben, room=den)
    assert mark_up(den, "hi @Ben").member_ids == set()


# --- the sidebar --------------------------------------------------------------------------------


async def test_no_news_of_a_room_follow_once_the_removal_is_read(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the word that the list has changed is lost."""
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)
    people, den = await den_with_ben()
    key = await database.write(session_of, people.ben)
    async with joined("Lobby", session=key) as socket:
        await socket.events()
        await socket.send(type="rooms")
        assert den.name in {it["name"] for it in (await socket.soft("rooms"))["rooms"]}
        with patch("chat.journal.activity.LISTED", "lost"):
            await append(RemovePerson(den.pk, people.ada.pk, people.ben.pk))
        await runtime.current().revocations.read()
        post = Post(den.pk, people.ada.pk, uuid4(), "psst", markup=Markup(everybody=True))
        await runtime.current().journal.append(post)
        await runtime.current().bus.flush()
        await runtime.current().journal.append(Post(lobby.pk, people.ada.pk, uuid4(), "end"))
        seen = await frames_until(socket, "end")
        await socket.send(type="rooms")
        seen += json.dumps(await socket.soft("rooms"))
    assert den.name not in seen
    assert str(den.uid) not in seen


async def frames_until(socket: Socket, text: str) -> str:
    frames = ""
    while f'"text":"{text}"' not in frames:
        message = await socket.receive_output(TIMEOUT_SECONDS)
        frames += message["text"]
    return frames
