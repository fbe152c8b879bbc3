"""Deleted words leave the pages of the index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from chat import runtime
from chat.journal import Delete, Edit, database
from chat.journal.write.search_index import INDEX, PURGE
from chat.models import Job, Member, Room, RoomName
from chat.search import purging
from chat.search.purging import Purging
from chat.tests.search.support import found_in, say, texts
from chat.tests.support.private_rooms import applied

# FTS5 leaves out with what the word before begins, so no two have the same letter there.
SECRET, CHANGED, STAYS = "ksecretk", "lformerl", "mstaysm"


def bytes_of_files() -> bytes:
    """The files of the database; of PostgreSQL, that of the index."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        log = path.with_name(f"{path.name}-wal")
        return path.read_bytes() + (log.read_bytes() if log.exists() else b"")
    return bytes_of_index()


def bytes_of_index() -> bytes:
    """What of the files the index is: a former text is elsewhere, for moderators."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT block FROM {INDEX}_data UNION SELECT c0 FROM {INDEX}_content")
            rows = [it for (it,) in cursor.fetchall()]
        return b"".join(it.encode() if isinstance(it, str) else it for it in rows)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [f"{INDEX}_tokens"])
        return bytes(cursor.fetchone()[0])


def prepare(room: Room, member: Member) -> None:
    """Say much, so that the index has several segments, and take some of it back."""
    seqs = [say(room, member, f"{word} {uuid4().hex}") for word in (SECRET, CHANGED, STAYS)]
    for number in range(40):
        say(room, member, f"word{number} {uuid4().hex}")
    applied(Delete(room.pk, member.pk, seqs[0]))
    applied(Edit(room.pk, member.pk, seqs[1], "something else"))


@pytest.fixture(autouse=True)
def merged_by_purging_alone(transactional_db: None) -> Iterator[None]:
    """SQLite merges as it writes, too: a word may go before anybody asks for that."""

    def merge_by_itself(segments: int) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('automerge', %s)", [segments]
                )

    merge_by_itself(0)
    yield
    merge_by_itself(4)  # as it is in a new index


async def purge() -> None:
    state: dict[str, Any] | None = {}
    steps = Purging()
    while state is not None:
        state = await steps.step(state)


async def test_the_words_are_gone_from_the_files(lobby: Room, alice: Member) -> None:
    await database.write(prepare, lobby, alice)
    for word in (SECRET, CHANGED):
        assert word.encode() in await database.read(bytes_of_index)
    await purge()
    content = await database.read(bytes_of_index)
    assert STAYS.encode() in content
    assert CHANGED.encode() not in content
    assert SECRET.encode() not in content + await database.read(bytes_of_files)


async def test_what_is_left_is_still_found(lobby: Room, alice: Member) -> None:
    await database.write(prepare, lobby, alice)
    await purge()
    found = await database.read(texts, alice, STAYS, await database.read(found_in, alice, lobby))
    assert len(found) == 1


async def test_what_is_said_meanwhile_is_found(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "MERGED_PAGES", 1)
    monkeypatch.setattr(purging, "MERGES", 1)
    await database.write(prepare, lobby, alice)
    state = await Purging().step({})
    await database.write(say, lobby, alice, "meanwhile")
    while state is not None:
        state = await Purging().step(state)
    in_room = await database.read(found_in, alice, lobby)
    assert await database.read(texts, alice, "meanwhile", in_room)


@pytest.mark.django_db
def test_the_first_deletion_asks_for_it_within_a_day(gus: Member) -> None:
    room = Room.objects.ensure(RoomName.parse("kitchen"))
    seqs = [say(room, gus, f"word{number}") for number in range(3)]
    say(room, gus, "an answer for @Gus", reply_to=seqs[0])
    assert not Job.objects.filter(kind=PURGE).exists()
    for seq in seqs:
        applied(Delete(room.pk, gus.pk, seq))
    [job] = Job.objects.filter(kind=PURGE)
    assert (job.due_at - job.created_at).total_seconds() < 24 * 3_600


@pytest.mark.django_db
def test_a_deletion_during_the_work_asks_for_it_again(gus: Member) -> None:
    room = Room.objects.ensure(RoomName.parse("kitchen"))
    seqs = [say(room, gus, f"word{number}") for number in range(2)]
    applied(Delete(room.pk, gus.pk, seqs[0]))
    Job.objects.filter(kind=PURGE).update(state={"merging": True})
    applied(Delete(room.pk, gus.pk, seqs[1]))
    assert Job.objects.filter(kind=PURGE, state={}).count() == 1


async def test_the_runtime_does_it(lobby: Room, alice: Member) -> None:
    await database.write(prepare, lobby, alice)
    await database.write(Job.objects.update, due_at=timezone.now())
    await runtime.current().search_jobs.run_due()
    assert SECRET.encode() not in await database.read(bytes_of_files)
