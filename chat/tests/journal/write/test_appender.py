"""Changes are committed in order, together where possible, and each gets its outcome."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from chat import runtime
from chat.journal import Appended, Change, Edit, Post, React, Refused, Settled, database
from chat.journal.read import queries
from chat.journal.write import appender
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room, RoomName


def post(room: Room, author: Member, text: str = "hi", id: UUID | None = None) -> Post:
    return Post(room.pk, author.pk, id or uuid4(), text)


async def append_together(*changes: Change) -> list[Settled | BaseException]:
    """Append changes at the same time. Returns their outcomes."""
    return await asyncio.gather(
        *(runtime.current().journal.append(it) for it in changes), return_exceptions=True
    )


def seqs(outcomes: list[Settled | BaseException]) -> list[int]:
    return [it.entry.seq for it in outcomes if isinstance(it, Appended)]


def codes(outcomes: list[Settled | BaseException]) -> list[str]:
    return [it.code for it in outcomes if isinstance(it, Refused)]


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the batches that are committed."""
    sizes: list[int] = []

    def counting(changes: list[Change]) -> list[Settled | Refused]:
        sizes.append(len(changes))
        return commit(changes)

    monkeypatch.setattr(appender, "commit", counting)
    return sizes


# --- Order and batches --------------------------------------------------------------------------


async def test_versions_have_no_gaps_and_the_order_of_posting(lobby: Room, alice: Member) -> None:
    appended = await append_together(*(post(lobby, alice, str(number)) for number in range(50)))
    assert seqs(appended) == list(range(1, 51))
    stored = await database.read(lambda: list(Message.objects.order_by("seq")))
    assert [message.text for message in stored] == [str(number) for number in range(50)]
    await database.read(lobby.refresh_from_db)
    assert lobby.version == 50


async def test_waiting_changes_are_committed_together(
    lobby: Room, alice: Member, batches: list[int]
) -> None:
    await append_together(*(post(lobby, alice) for _ in range(40)))
    assert batches == [40]


async def test_a_batch_has_no_more_changes_than_its_bound(
    lobby: Room, alice: Member, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "BATCH_CHANGES", 3)
    appended = await append_together(*(post(lobby, alice) for _ in range(7)))
    assert batches == [3, 3, 1]
    assert seqs(appended) == [1, 2, 3, 4, 5, 6, 7]


async def test_each_room_of_a_batch_has_its_own_versions(lobby: Room, alice: Member) -> None:
    other = await database.write(Room.objects.ensure, RoomName.parse("other"))
    posts = [post(room, alice) for room in (lobby, other, lobby, other, lobby)]
    assert seqs(await append_together(*posts)) == [1, 1, 2, 2, 3]


async def test_a_reaction_is_announced_exactly_as_it_is_read(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """PostgreSQL does not keep the order of JSON fields."""
    await database.write(commit, [post(lobby, alice)])
    for member, emoji in ((alice, "🎉"), (bob, "🎉"), (bob, "👍")):
        [appended] = await database.write(commit, [React(lobby.pk, member.pk, 1, emoji)])
        assert isinstance(appended, Appended)
        [read] = await database.read(queries.changes, lobby.pk, 1, 10)
        assert appended.entry.json == read.json


# --- Resent messages ----------------------------------------------------------------------------


async def test_the_same_id_in_one_batch_is_one_message(lobby: Room, alice: Member) -> None:
    id = uuid4()
    first, resent = await append_together(post(lobby, alice, id=id), post(lobby, alice, id=id))
    assert isinstance(first, Appended)
    assert isinstance(resent, Appended)
    assert first.entry == resent.entry
    assert (first.is_duplicate, resent.is_duplicate) == (False, True)
    assert await database.read(Message.objects.count) == 1


async def test_the_same_id_from_another_member_is_another_message(
    lobby: Room, alice: Member, bob: Member
) -> None:
    id = uuid4()
    assert seqs(await append_together(post(lobby, alice, id=id), post(lobby, bob, id=id))) == [1, 2]


# --- Refusals and faults ------------------------------------------------------------------------


async def test_a_change_that_cannot_be_stored_fails_alone(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_bad(posts: list[Post]) -> list[Settled | Refused]:
        if any(it.text == "bad" for it in posts):
            raise IntegrityError("no")
        return commit_together(posts)

    commit_together = appender._commit_together
    monkeypatch.setattr(appender, "_commit_together", refuse_bad)
    posts = [post(lobby, alice, text) for text in ("a", "bad", "b")]
    good, bad, fine = await append_together(*posts)
    assert seqs([good, fine]) == [1, 2]
    assert codes([bad]) == ["not_stored"]


async def test_a_missing_room_or_author_fails_its_own_post_only(lobby: Room, alice: Member) -> None:
    no_room = Post(lobby.pk + 99, alice.pk, uuid4(), "hi")
    no_author = Post(lobby.pk, alice.pk + 99, uuid4(), "hi")
    outcomes = await append_together(post(lobby, alice), no_room, no_author)
    assert seqs(outcomes) == [1]
    assert codes(outcomes) == ["gone", "gone"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OperationalError("database is locked"), "unavailable"),
        (InterfaceError("connection already closed"), "unavailable"),
        (RuntimeError("a bug"), "not_stored"),
    ],
)
async def test_every_sender_of_a_failed_batch_is_refused(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    def fail(posts: list[Post]) -> None:
        raise fault

    monkeypatch.setattr(appender, "_commit_together", fail)
    outcomes = await append_together(post(lobby, alice), post(lobby, alice))
    assert codes(outcomes) == [code] * 2
    monkeypatch.undo()
    assert seqs(await append_together(post(lobby, alice))) == [1]


async def test_every_sender_is_refused_if_the_commit_itself_has_a_bug(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(changes: list[Change]) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(appender, "commit", fail)
    outcomes = await append_together(post(lobby, alice), post(lobby, alice))
    assert codes(outcomes) == ["unavailable"] * 2


async def test_a_full_queue_refuses_at_once(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "QUEUE_CHANGES", 2)
    one, two, refused = await append_together(*(post(lobby, alice) for _ in range(3)))
    assert seqs([one, two]) == [1, 2]
    assert codes([refused]) == ["busy"]


async def test_the_message_of_a_sender_who_leaves_is_stored(lobby: Room, alice: Member) -> None:
    leaving = asyncio.create_task(runtime.current().journal.append(post(lobby, alice, "goodbye")))
    staying = asyncio.create_task(runtime.current().journal.append(post(lobby, alice, "hello")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).entry.seq == 2
    assert await database.read(Message.objects.filter(text="goodbye").exists)


# --- Floods -------------------------------------------------------------------------------------


async def test_a_flood_makes_only_its_own_room_busy(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "QUEUE_CHANGES", 5)
    den = await database.write(Room.objects.ensure, RoomName.parse("Den"))
    flood = [post(lobby, alice) for _ in range(20)]
    *flooded, quiet = await append_together(*flood, post(den, bob))
    assert codes(flooded) == ["busy"] * 15
    assert seqs([quiet]) == [1]


async def test_a_flood_of_reactions_makes_no_post_busy(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(commit, [post(lobby, alice)])
    monkeypatch.setattr(appender, "QUEUE_CHANGES", 5)
    flood = [React(lobby.pk, alice.pk, 1, "👍", on=bool(number % 2)) for number in range(20)]
    *flooded, said = await append_together(*flood, post(lobby, bob))
    assert codes(flooded) == ["busy"] * 15
    assert seqs([said]) == [2]


async def test_a_post_in_a_quiet_room_is_in_the_next_batch_whatever_waits_elsewhere(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appender, "BATCH_CHANGES", 4)
    batches: list[list[Change]] = []

    def recording(changes: list[Change]) -> list[Settled | Refused]:
        batches.append(changes)
        return commit(changes)

    monkeypatch.setattr(appender, "commit", recording)
    den = await database.write(Room.objects.ensure, RoomName.parse("Den"))
    quiet = post(den, bob)
    await append_together(*(post(lobby, alice) for _ in range(20)), quiet)
    assert quiet in batches[0]
    assert [len(batch) for batch in batches] == [4, 4, 4, 4, 4, 1]


async def test_posts_are_committed_with_few_of_the_reactions_that_wait(
    lobby: Room, alice: Member, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(commit, [post(lobby, alice)])
    monkeypatch.setattr(appender, "REACTIONS_BESIDE", 2)
    flood = [React(lobby.pk, alice.pk, 1, "👍", on=bool(number % 2)) for number in range(9)]
    await append_together(*flood, post(lobby, alice))
    assert batches == [3, 7]


async def test_reactions_rest_after_a_large_message_was_sent_again_and_nothing_else_does(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = await database.write(Room.objects.ensure, RoomName.parse("Den"))
    await database.write(commit, [post(lobby, alice), post(den, alice)])
    monkeypatch.setattr(appender, "GATHER_SECONDS", 0)
    monkeypatch.setattr(appender, "REACTED_BYTES_PER_SECOND", 0.001)
    journal = runtime.current().journal
    await journal.append(React(lobby.pk, alice.pk, 1, "👍"))
    resting = asyncio.create_task(journal.append(React(lobby.pk, alice.pk, 1, "🎉")))
    await journal.append(React(den.pk, alice.pk, 1, "👍"))
    await journal.append(post(lobby, alice))
    assert not resting.done()
    await journal.flush()
    assert resting.done()


async def test_a_batch_has_reactions_to_few_messages_of_one_room(
    lobby: Room, alice: Member, batches: list[int]
) -> None:
    await database.write(commit, [post(lobby, alice) for _ in range(10)])
    await append_together(*(React(lobby.pk, alice.pk, seq, "👍") for seq in range(1, 11)))
    assert batches == [4, 4, 2]


async def test_a_refusal_that_comes_as_its_sender_leaves_is_nobodys_error(
    lobby: Room, alice: Member, caplog: pytest.LogCaptureFixture
) -> None:
    edit = Edit(lobby.pk, alice.pk, seq=99, text="hm")

    async def be_told_first() -> None:
        with pytest.raises(Refused):
            await runtime.current().journal.append(edit)
        leaving.cancel()

    staying = asyncio.create_task(be_told_first())
    leaving = asyncio.create_task(runtime.current().journal.append(edit))
    await asyncio.wait([staying, leaving])
    assert leaving.cancelled()
    gc.collect()  # asyncio logs the exceptions of futures that nobody awaits
    assert caplog.records == []


# --- Several processes --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_processes_that_post_at_once_never_take_the_same_version(
    lobby_and_alice: tuple[Room, Member],
) -> None:
    """To the database, a thread with a connection of its own is like a process."""
    room, author = lobby_and_alice

    def process(_: int) -> list[int]:
        try:
            return [seq for _ in range(20) for seq in seqs([*commit([post(room, author)])])]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as processes:
        found = [seq for seqs in processes.map(process, range(4)) for seq in seqs]
    assert sorted(found) == list(range(1, 81))


@pytest.fixture
def lobby_and_alice(db: None) -> tuple[Room, Member]:
    return Room.objects.ensure(RoomName.parse("lobby")), Member.objects.create(name="Alice")
