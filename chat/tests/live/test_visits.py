"""Visits are looked up and stored together; a refused visit leaves nothing behind."""

import asyncio
import threading
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.live import visits
from chat.live.visits import KnownVisit, RecordedVisit, Visit, Visits, find, record
from chat.models import Member, Room, RoomName, Subscription
from chat.protocol import Close
from chat.tests.support.sockets import Socket, joined


def visit(room: str, guest: UUID | None = None) -> Visit:
    return Visit(RoomName.parse(room), guest)


def deactivate(member: Member) -> None:
    """Make the member that of a deactivated account."""
    user = User.objects.create(username=str(member.uid), is_active=False)
    Member.objects.filter(pk=member.pk).update(user=user)


# --- What is stored -----------------------------------------------------------------------------


async def test_the_first_visit_creates_the_room_and_stores_the_guest(lobby: Room) -> None:
    guest = uuid4()
    [recorded] = await database.write(record, [visit("Den", guest)])
    assert recorded
    assert recorded.member
    assert (recorded.room.name, recorded.member.uid, recorded.is_first) == ("Den", guest, True)
    [again] = await database.write(record, [visit("den", guest)])
    assert again == RecordedVisit(recorded.room, recorded.member, is_first=False)
    assert await database.read(Subscription.objects.count) == 1


async def test_a_visitor_without_a_cookie_is_not_stored(lobby: Room) -> None:
    [recorded] = await database.write(record, [visit("Den")])
    assert recorded
    assert recorded.member is None
    assert not await database.read(Member.objects.exists)


async def test_visits_of_the_same_guest_and_room_at_once_are_one(lobby: Room) -> None:
    guest = uuid4()
    same = [visit("Den", guest), visit("den", guest), visit("Attic", guest)]
    recorded = await database.write(record, same)
    assert [it.room.name for it in recorded if it] == ["Den", "Den", "Attic"]
    counts = [await database.read(it.objects.count) for it in (Room, Member, Subscription)]
    assert counts == [3, 1, 2]


async def test_a_recent_visit_is_found(lobby: Room, alice: Member) -> None:
    hers, other = visit("Lobby", alice.uid), visit("Lobby", uuid4())
    await database.write(record, [hers])
    known, unknown, nowhere = await database.read(find, [hers, other, visit("Den")])
    assert known == KnownVisit(lobby, alice, is_recent=True)
    assert (unknown.room, unknown.member.is_saved, unknown.is_recent) == (lobby, False, False)
    assert nowhere.room is None


@pytest.mark.parametrize("work", [find, record])
async def test_many_visits_take_as_many_queries_as_one(lobby: Room, work: object) -> None:
    def queries_for(count: int) -> int:
        stored = [visit(f"room {number}", uuid4()) for number in range(count)]
        record(stored)
        new = [visit(f"new {count} {number}", uuid4()) for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            work([*stored, *new])  # type: ignore[operator]
        return len(queries)

    assert await database.write(queries_for, 1) == await database.write(queries_for, 20)


# --- Who may not come in ------------------------------------------------------------------------


async def test_a_refused_visit_stores_nothing(lobby: Room, alice: Member) -> None:
    await database.write(deactivate, alice)
    refused, admitted = await database.write(
        record, [visit("Attic", alice.uid), visit("Den", uuid4())]
    )
    assert refused is None
    assert admitted
    assert not await database.read(Room.objects.filter(name="Attic").exists)
    assert not await database.read(Subscription.objects.filter(member=alice).exists)


async def test_the_socket_of_a_deactivated_account_creates_no_room(
    lobby: Room, alice: Member
) -> None:
    await database.write(deactivate, alice)
    socket = Socket("Attic", alice)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_ALLOWED
    assert await database.read(Room.objects.get) == lobby


async def test_an_account_that_is_deactivated_while_its_visit_waits_is_not_admitted(
    lobby: Room, alice: Member
) -> None:
    gate = threading.Event()
    writing = asyncio.create_task(database.write(gate.wait))
    recording = asyncio.create_task(runtime.current().visits.record(visit("Den", alice.uid), None))
    await asyncio.sleep(0)
    await database.read(deactivate, alice)
    gate.set()
    await writing
    assert await recording is None


# --- Floods -------------------------------------------------------------------------------------


async def test_a_visit_from_another_network_is_in_the_next_batch(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[Sequence[Visit]] = []

    def recording(visits: Sequence[Visit]) -> list[RecordedVisit | None]:
        batches.append(visits)
        return record(visits)

    monkeypatch.setattr(visits, "STORED_TOGETHER", 5)
    monkeypatch.setattr(visits, "record", recording)
    crowd = [visit(f"room {number}", uuid4()) for number in range(20)]
    bob, open_visits = visit("Den", uuid4()), Visits()
    async with asyncio.TaskGroup() as tasks:
        for it in crowd:
            tasks.create_task(open_visits.record(it, "192.0.2.1"))
        tasks.create_task(open_visits.record(bob, "192.0.2.2"))
    assert bob in batches[0]
    assert [len(batch) for batch in batches] == [5, 5, 5, 5, 1]


async def test_a_visit_that_finds_the_queue_full_is_to_be_tried_later(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "WAITING_VISITS", 0)
    socket = Socket("lobby")
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.TRY_LATER


async def test_many_sockets_that_open_new_rooms_are_admitted(lobby: Room) -> None:
    async def open_room(number: int) -> str:
        async with joined(f"room {number}", uuid4()) as socket:
            name: str = (await socket.event())["room"]["name"]
            return name

    names = await asyncio.gather(*(open_room(number) for number in range(30)))
    assert names == [f"room {number}" for number in range(30)]
