"""The rounds of the job, and what pages, lists and feeds learn of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat import runtime
from chat.journal import database
from chat.live.jobs import Later
from chat.models import ImportedRoom, Job, Member, Message, Room, RoomName, Subscription
from chat.models.job import EXPIRE_MESSAGES, RECURRING
from chat.retention import jobs, removing
from chat.retention.jobs import ROUND, Expiring
from chat.tests.journal.support import commit_silently, versions_read
from chat.tests.retention.support import age
from chat.tests.support.sockets import joined


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0)


@pytest.fixture
async def lobby(lobby: Room, alice: Member) -> Room:
    """Three messages, two of them sent 31 days ago."""
    await database.write(commit_silently, lobby, alice, 3)
    await database.write(age, lobby, 31, 1, 2)
    return lobby


async def run_round() -> None:
    step = Expiring(runtime.current().bus).step
    state: Any = {}
    while not isinstance(state, Later):
        state = await step(state)
    assert state == Later(ROUND, {})


async def left(room: Room) -> list[int]:
    rows = Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True)
    return await database.read(lambda: list(rows))


async def keep(room: Room, days: int | None) -> None:
    await database.write(Room.objects.filter(pk=room.pk).update, kept_days=days)


async def test_messages_are_kept_for_ever_if_nobody_says_otherwise(lobby: Room) -> None:
    await database.write(age, lobby, 10_000)
    await run_round()
    assert await left(lobby) == [1, 2, 3]


@pytest.mark.parametrize(
    ("installation", "room", "stay"),
    [(30, None, [3]), (None, 30, [3]), (40, 30, [3]), (30, 40, [3]), (40, None, [1, 2, 3])],
)
async def test_the_shorter_of_room_and_installation_counts(
    lobby: Room, settings: Settings, installation: int | None, room: int | None, stay: list[int]
) -> None:
    settings.RETENTION_DAYS = installation
    await keep(lobby, room)
    await run_round()
    assert await left(lobby) == stay


async def test_a_room_with_its_own_days_changes_no_other(lobby: Room, alice: Member) -> None:
    den = await database.write(Room.objects.ensure, RoomName.parse("Den"))
    await database.write(commit_silently, den, alice)
    await database.write(age, den, 31)
    await keep(lobby, 30)
    await run_round()
    assert (await left(lobby), await left(den)) == ([3], [1])


async def test_a_room_that_an_import_fills_is_left_alone_until_it_is_complete(lobby: Room) -> None:
    await keep(lobby, 30)
    arriving = await database.write(lambda: ImportedRoom.objects.create(room=lobby))
    await run_round()
    assert await left(lobby) == [1, 2, 3]
    arriving.completed_at = timezone.now()
    await database.write(arriving.save)
    await run_round()
    assert await left(lobby) == [3]


async def test_a_large_room_takes_several_steps(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP_REMOVALS", 1)
    monkeypatch.setattr(removing, "STEP_MESSAGES", 1)
    await keep(lobby, 30)
    step = Expiring(runtime.current().bus).step
    state = await step({})
    assert await left(lobby) == [2, 3]
    assert isinstance(state, dict)
    await step(state)
    assert await left(lobby) == [3]


async def test_all_rooms_are_looked_at(
    lobby: Room, alice: Member, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP_ROOMS", 1)
    settings.RETENTION_DAYS = 30
    den = await database.write(Room.objects.ensure, RoomName.parse("Den"))
    await database.write(commit_silently, den, alice)
    await database.write(age, den, 31)
    await run_round()
    assert (await left(lobby), await left(den)) == ([3], [])


# --- the job -------------------------------------------------------------------------------------


async def test_a_start_adds_the_job_once_and_it_is_due_again_after_each_round(lobby: Room) -> None:
    await keep(lobby, 30)
    for _ in range(2):
        await database.write(Job.objects.ensure_recurring)
    assert await database.read(Job.objects.count) == len(RECURRING)
    await runtime.current().upkeep_jobs.run_due()
    assert await left(lobby) == [3]
    job = await database.read(Job.objects.get, kind=EXPIRE_MESSAGES)
    assert job.due_at > timezone.now() + ROUND - timedelta(minutes=5)
    assert (job.state, job.error) == ({}, "")


async def test_the_database_lets_one_such_job_be(lobby: Room) -> None:
    await database.write(Job.objects.add, EXPIRE_MESSAGES)
    with pytest.raises(IntegrityError):
        await database.write(Job.objects.add, EXPIRE_MESSAGES)


# --- who learns of it ----------------------------------------------------------------------------


async def test_an_open_page_learns_up_to_which_seq_messages_are_gone(
    lobby: Room, bob: Member
) -> None:
    await keep(lobby, 30)
    async with joined("lobby", bob) as bobs:
        hello, *_ = await bobs.events()
        assert "expired" not in hello["room"]
        assert hello["room"]["kept_days"] == 30
        await run_round()
        assert (await bobs.soft("room"))["room"]["expired"] == 2
    async with joined("lobby", bob) as bobs:
        hello, *messages = await bobs.events()
    assert hello["room"]["expired"] == 2
    assert [it["seq"] for it in messages if it["type"] == "message"] == [3]


async def test_a_cursor_from_before_resumes_without_what_is_gone(lobby: Room, bob: Member) -> None:
    await keep(lobby, 30)
    await run_round()
    async with joined("lobby", bob, query="?after=1") as bobs:
        [hello] = await bobs.events()
        messages = await bobs.events()
    assert hello["resumed"]
    assert [it["version"] for it in messages] == [3]


async def test_a_process_that_has_the_messages_in_memory_sends_them_no_more(lobby: Room) -> None:
    await keep(lobby, 30)
    async with runtime.current().journal.listen(lobby) as feed:
        assert await versions_read(feed, 0, 3) == [1, 2, 3]
        await run_round()
        assert await versions_read(feed, 0, 3) == [3]
        assert [it.seq for it in (await feed.page()).entries] == [3]


async def test_a_lost_event_is_found_by_reconciling(
    lobby: Room, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_SECONDS = 0.05
    await keep(lobby, 30)
    async with runtime.current().journal.listen(lobby) as feed:
        await versions_read(feed, 0, 3)
        monkeypatch.setattr(jobs.Expiring, "_tell", _tell_nobody)
        await run_round()
        while len((await feed.after(0)).entries) > 1:
            pass
        assert await versions_read(feed, 0, 3) == [3]


async def _tell_nobody(*_: Any) -> None: ...


async def test_a_reader_behind_is_not_kept_by_versions_that_are_gone(
    lobby: Room, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no message has a version that follows, what was read brings the reader to the head."""
    settings.RETENTION_DAYS = 30
    await database.write(age, lobby, 31)
    await run_round()
    async with runtime.current().journal.listen(lobby) as feed:
        monkeypatch.setattr("chat.journal.read.feed.READ_ENTRIES", 2)  # too few to read back
        slice = await feed.after(0)
        assert (list(slice.entries), slice.version) == ([], 3)


async def test_a_feed_passes_a_change_of_a_message_that_is_gone(
    lobby: Room, alice: Member, settings: Settings
) -> None:
    """Its nudge was lost, and when the feed reads the journal, there is nothing to read."""
    settings.RECONCILE_SECONDS = 0.05
    settings.RETENTION_DAYS = 30
    async with runtime.current().journal.listen(lobby) as feed:
        await database.write(_post_and_remove, lobby, alice)
        while feed.head < 4:
            await feed.wait_beyond(3)
        assert feed.head == feed.announced_head == 4


def _post_and_remove(room: Room, alice: Member) -> None:
    commit_silently(room, alice)
    age(room, 31)
    while removing.remove_messages(room.pk, timezone.now() - timedelta(days=30)).is_more:
        pass


async def test_lists_count_again_what_is_unread(lobby: Room, bob: Member) -> None:
    def prepare() -> None:
        Subscription.objects.create(
            member=bob, room=lobby, visited_at=timezone.now(), kept_at=timezone.now()
        )
        Room.objects.ensure(RoomName.parse("Den"))

    await database.write(prepare)
    await keep(lobby, 30)
    async with joined("den", bob) as bobs:
        await bobs.send(type="rooms")
        assert await _unread(bobs) == 3
        await run_round()
        assert await _unread(bobs) == 1


async def _unread(client: Any) -> int:
    rooms = (await client.soft("rooms"))["rooms"]
    return next(int(it["unread"]) for it in rooms if it["name"] == "Lobby")
