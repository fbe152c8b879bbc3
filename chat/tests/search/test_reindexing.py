"""A new tokeniser, or the first start with search: a job indexes what is there."""

from typing import Any

import pytest
from django.db import connection

from chat.journal import Delete, Edit, database
from chat.journal.write.search_index import INDEX
from chat.models import Job, Member, Message, Room, SearchState
from chat.search import reindexing
from chat.tests.search.support import found_in, say, texts
from chat.tests.support.private_rooms import applied
from chat.words.tokens import VERSION


def empty_index() -> None:
    """As in an installation that is older than its search."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {INDEX}")


def found(member: Member, room: Room, typed: str) -> list[str]:
    return texts(member, typed, found_in(member, room))


def first_job() -> dict[str, Any]:
    reindexing.ensure()
    state: dict[str, Any] = Job.objects.get(kind=reindexing.KIND).state
    return state


async def reindex(state: dict[str, Any] | None) -> None:
    while state is not None:
        state = await reindexing.step(state)


async def test_the_first_start_indexes_what_is_there(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "STEP_MESSAGES", 2)
    for number in range(5):
        await database.write(say, lobby, alice, f"kettle number{number}")
    await database.write(empty_index)
    await reindex(await database.write(first_job))
    assert len(await database.read(found, alice, lobby, "kettle")) == 5
    assert await database.read(SearchState.objects.tokeniser) == VERSION


async def test_people_find_by_the_old_rows_meanwhile(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "STEP_MESSAGES", 1)
    for text in ("kettle one", "kettle two"):
        await database.write(say, lobby, alice, text)
    state = await reindexing.step(await database.write(first_job))
    assert len(await database.read(found, alice, lobby, "kettle")) == 2
    await reindex(state)
    assert len(await database.read(found, alice, lobby, "kettle")) == 2


async def test_a_step_that_is_repeated_after_a_crash_changes_nothing(
    lobby: Room, alice: Member
) -> None:
    await database.write(say, lobby, alice, "kettle")
    state = await database.write(first_job)
    await reindexing.step(state)
    await reindex(state)
    assert await database.read(found, alice, lobby, "kettle") == ["kettle"]


@pytest.mark.parametrize("words", ["the teapot", ""])
async def test_what_changes_between_reading_and_storing_stays_as_it_is_now(
    lobby: Room, alice: Member, words: str
) -> None:
    seq = await database.write(say, lobby, alice, "the kettle")
    state = await database.write(first_job)
    messages, _ = await database.read(reindexing._next, state)
    rows = await database.read(reindexing._rows, messages)
    change = Edit(lobby.pk, alice.pk, seq, words) if words else Delete(lobby.pk, alice.pk, seq)
    await database.write(applied, change)
    await database.write(reindexing._store, messages, rows)
    assert await database.read(rows_with, "kettle") == 0
    assert await database.read(found, alice, lobby, "teapot") == ([words] if words else [])


def rows_with(token: str) -> int:
    """How many rows the index has with this token."""
    asked = f"{INDEX} MATCH %s" if connection.vendor == "sqlite" else "tokens @@ %s::tsquery"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {INDEX} WHERE {asked}", [token])
        count: int = cursor.fetchone()[0]
    return count


async def test_what_processes_of_the_version_before_wrote_is_read_again(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "STEP_MESSAGES", 1)
    await database.write(say, lobby, alice, "kettle one")
    await reindex(await database.write(first_job))
    later = await database.read(Job.objects.latest, "due_at")
    for text in ("kettle two", "kettle three"):
        await database.write(say, lobby, alice, text)
    await database.write(empty_index)
    await reindex(later.state)
    assert await database.read(found, alice, lobby, "kettle") == ["kettle three", "kettle two"]


@pytest.mark.django_db
def test_an_index_of_this_tokeniser_is_left_alone() -> None:
    SearchState.objects.set_tokeniser(VERSION)
    reindexing.ensure()
    assert not Job.objects.filter(kind=reindexing.KIND).exists()


@pytest.mark.django_db
def test_an_empty_installation_needs_no_job() -> None:
    reindexing.ensure()
    assert SearchState.objects.tokeniser() == VERSION
    assert not Job.objects.filter(kind=reindexing.KIND).exists()


@pytest.mark.django_db
def test_two_starts_add_one_job(lobby_with_words: Message) -> None:
    reindexing.ensure()
    reindexing.ensure()
    assert Job.objects.filter(kind=reindexing.KIND).count() == 1


@pytest.fixture
def lobby_with_words(ada: Member) -> Message:
    room = Room.objects.create(key="kitchen", name="Kitchen")
    say(room, ada, "kettle")
    return Message.objects.get(room=room)
