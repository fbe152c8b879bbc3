"""The door in."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from chat import runtime
from chat.journal import Appended, Post, React, Refused, threads
from chat.journal.read import queries
from chat.journal.write import appender
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room, RoomName


def post(room: Room, author: Member, text: str = "hi", id: UUID | None = None) -> Post:
    return Post(room.pk, author.pk, id or uuid4(), text)


async def outcomes(*posts: Post) -> list[Appended | BaseException]:
    """Of posts that are under way together."""
    return await asyncio.gather(
        *(runtime.current().journal.append(it) for it in posts), return_exceptions=True
    )


def seqs(them: list[Appended | BaseException]) -> list[int]:
    return [it.entry.seq for it in them if isinstance(it, Appended)]


async def test_versions_are_dense_in_the_order_of_posting(lobby: Room, alice: Member) -> None:
    appended = await outcomes(*(post(lobby, alice, str(number)) for number in range(50)))
    assert seqs(appended) == list(range(1, 51))
    stored = await threads.read(lambda: list(Message.objects.order_by("seq")))
    assert [message.text for message in stored] == [str(number) for number in range(50)]
    await threads.read(lobby.refresh_from_db)
    assert lobby.version == 50


async def test_what_waits_is_committed_together(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []

    def counting(posts: list[Post]) -> list[Appended | Refused]:
        batches.append(len(posts))
        return commit(posts)

    monkeypatch.setattr("chat.journal.write.appender.commit", counting)
    await outcomes(*(post(lobby, alice) for _ in range(40)))
    assert batches == [40]


async def test_what_was_committed_together_is_announced_together(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudges = []

    async def group_send(group: str, nudge: dict[str, Any]) -> None:
        nudges.append((group, [version for _, version, _ in nudge["entries"]]))

    monkeypatch.setattr(get_channel_layer(), "group_send", group_send)
    await outcomes(*(post(lobby, alice) for _ in range(40)))
    await runtime.current().journal.drain()
    assert nudges == [(lobby.group, list(range(1, 41)))]


async def test_rooms_of_one_batch_each_count_for_themselves(lobby: Room, alice: Member) -> None:
    other = await threads.write(Room.objects.ensure, RoomName.parse("other"))
    posts = [post(room, alice) for room in (lobby, other, lobby, other, lobby)]
    assert seqs(await outcomes(*posts)) == [1, 1, 2, 2, 3]


async def test_the_same_id_in_one_batch_is_one_message(lobby: Room, alice: Member) -> None:
    id = uuid4()
    first, again = await outcomes(post(lobby, alice, id=id), post(lobby, alice, id=id))
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert first.entry == again.entry
    assert (first.is_duplicate, again.is_duplicate) == (False, True)
    assert await threads.read(Message.objects.count) == 1


async def test_the_same_id_from_another_member_is_another_message(
    lobby: Room, alice: Member, bob: Member
) -> None:
    id = uuid4()
    assert seqs(await outcomes(post(lobby, alice, id=id), post(lobby, bob, id=id))) == [1, 2]


async def test_one_that_cannot_be_stored_fails_alone(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_bad(posts: list[Post]) -> list[Appended | Refused]:
        if any(it.text == "bad" for it in posts):
            raise IntegrityError("no")
        return together(posts)

    together = appender._commit_together
    monkeypatch.setattr(appender, "_commit_together", refuse_bad)
    good, bad, fine = await outcomes(*(post(lobby, alice, text) for text in ("a", "bad", "b")))
    assert seqs([good, fine]) == [1, 2]
    assert isinstance(bad, Refused)
    assert bad.code == "not_stored"


async def test_a_room_that_is_gone_fails_its_own_post_only(lobby: Room, alice: Member) -> None:
    gone = Post(lobby.pk + 99, alice.pk, uuid4(), "hi")
    nobody = Post(lobby.pk, alice.pk + 99, uuid4(), "hi")
    good, *bad = await outcomes(post(lobby, alice), gone, nobody)
    assert seqs([good]) == [1]
    assert [it.code for it in bad if isinstance(it, Refused)] == ["gone", "gone"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OperationalError("database is locked"), "unavailable"),
        (InterfaceError("connection already closed"), "unavailable"),
        (RuntimeError("a bug"), "not_stored"),
    ],
)
async def test_a_fault_reaches_every_sender_as_a_clear_error(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    def fail(posts: list[Post]) -> None:
        raise fault

    monkeypatch.setattr(appender, "_commit_together", fail)
    refused = await outcomes(post(lobby, alice), post(lobby, alice))
    assert [it.code for it in refused if isinstance(it, Refused)] == [code] * 2
    monkeypatch.undo()
    assert seqs(await outcomes(post(lobby, alice))) == [1]


async def test_a_full_queue_says_so_at_once(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "QUEUE_CHANGES", 2)
    stored, also, refused = await outcomes(*(post(lobby, alice) for _ in range(3)))
    assert seqs([stored, also]) == [1, 2]
    assert isinstance(refused, Refused)
    assert refused.code == "busy"


async def test_a_sender_who_leaves_does_not_take_the_message_along(
    lobby: Room, alice: Member
) -> None:
    leaving = asyncio.create_task(runtime.current().journal.append(post(lobby, alice, "goodbye")))
    staying = asyncio.create_task(runtime.current().journal.append(post(lobby, alice, "hello")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).entry.seq == 2
    assert await threads.read(Message.objects.filter(text="goodbye").exists)


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_append_at_once_count_on(lobby_of_two: tuple[Room, Member]) -> None:
    """Two threads with connections of their own are to the database what two processes are."""
    from concurrent.futures import ThreadPoolExecutor

    room, author = lobby_of_two

    def process(_: int) -> list[int]:
        try:
            return [
                it.entry.seq
                for _ in range(20)
                for it in commit([post(room, author)])
                if isinstance(it, Appended)
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as processes:
        seen = [seq for seqs in processes.map(process, range(4)) for seq in seqs]
    assert sorted(seen) == list(range(1, 81))


@pytest.fixture
def lobby_of_two(db: None) -> tuple[Room, Member]:
    return Room.objects.ensure(RoomName.parse("lobby")), Member.objects.create(name="Alice")


async def test_reactions_are_told_as_they_are_read(lobby: Room, alice: Member, bob: Member) -> None:
    """To the letter: PostgreSQL keeps the fields of JSON in an order of its own."""
    await threads.write(commit, [Post(lobby.pk, alice.pk, uuid4(), "cake")])
    for member, emoji in ((alice, "🎉"), (bob, "🎉"), (bob, "👍")):
        [told] = await threads.write(commit, [React(lobby.pk, member.pk, 1, emoji)])
        assert isinstance(told, Appended)
        [read_again] = await threads.read(queries.changes, lobby.pk, 1, 10)
        assert told.entry.json == read_again.json
