"""How far people have read."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from chat import reading
from chat.journal import statements, threads
from chat.models import Member, Membership, Room
from chat.tests.support.people import everybody_hears, get_page, people, post_form
from chat.tests.support.sockets import PATIENCE_SECONDS, Socket, joined


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.reading.READ_SECONDS", 0.05)
    monkeypatch.setattr("chat.bulletin.TELL_SECONDS", 0.05)


async def read_by(member: Member, room: Room) -> int:
    membership = await threads.read(Membership.objects.of, member, room)
    assert membership is not None
    return membership.read_seq


async def until_read(member: Member, room: Room, seq: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await read_by(member, room) != seq:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def talk(hers: Socket, his: Socket, count: int = 3) -> None:
    for number in range(count):
        await hers.post(str(number))
        await everybody_hears(hers, his)


async def follow(socket: Socket) -> None:
    """Ask for the rooms, as a page does."""
    await socket.send(type="rooms")
    await socket.soft("rooms")


@pytest.mark.usefixtures("layer")
async def test_what_was_read_is_stored_and_reaches_the_persons_other_tab(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob, bob) as (hers, his, his_other):
        await talk(hers, his)
        await follow(his_other)
        await his.send(type="read", seq=2)
        assert await his_other.soft("read") == {"type": "read", "room": "Lobby", "seq": 2}
        assert await read_by(bob, lobby) == 2  # it is stored by then


async def test_the_pointer_only_moves_forward(lobby: Room, alice: Member, bob: Member) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        for seq in (3, 1):
            await his.send(type="read", seq=seq)
            await until_read(bob, lobby, 3)
        await asyncio.sleep(0.3)
        assert await read_by(bob, lobby) == 3


async def test_nobody_is_told_of_a_pointer_that_moved_back(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """A phone that comes out of a tunnel has read less than the desk."""
    async with people("lobby", alice, bob, bob) as (hers, his, his_phone):
        await talk(hers, his)
        await follow(his)
        await his.send(type="read", seq=2)
        assert (await his.soft("read"))["seq"] == 2
        await his_phone.send(type="read", seq=1)
        await asyncio.sleep(0.3)
        await his_phone.send(type="read", seq=3)
        assert (await his.soft("read"))["seq"] == 3


async def test_nobody_reads_beyond_the_end_of_a_room(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        await his.send(type="read", seq=2**63 - 1)
        await until_read(bob, lobby, 3)


async def test_one_persons_reading_is_nobody_elses(lobby: Room, alice: Member, bob: Member) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        await follow(hers)
        await his.send(type="read", seq=3)
        await until_read(bob, lobby, 3)
        assert await read_by(alice, lobby) == 0
        await hers.send(type="read", seq=1)
        assert (await hers.soft("read"))["seq"] == 1


async def test_what_was_said_before_the_first_visit_is_read(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice) as (hers,):
        await hers.say("before")
        async with joined("lobby", bob) as his:
            await his.events()
            assert await read_by(bob, lobby) == 1


async def test_many_who_read_are_stored_together(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    move = statements.move_read_pointers

    def counting(seqs: dict[Any, int]) -> Any:
        batches.append(len(seqs))
        return move(seqs)

    monkeypatch.setattr(statements, "move_read_pointers", counting)
    monkeypatch.setattr(reading, "STORED_AT_ONCE", 2)
    readers = [await threads.write(Member.objects.create, name=str(number)) for number in range(5)]
    for reader in readers:
        await threads.write(Membership.objects.visit, reader, lobby)
    async with people("lobby", alice, bob):
        for reader in readers:
            reading.here().move(reader, lobby, 7)
        await until_read(readers[-1], lobby, 7)
    assert batches == [2, 2, 1]


async def test_what_could_not_be_stored_is_stored_later(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([OperationalError("database is locked")] * 2)
    move = statements.move_read_pointers

    def failing(seqs: dict[Any, int]) -> Any:
        for fault in faults:
            raise fault
        return move(seqs)

    monkeypatch.setattr(statements, "move_read_pointers", failing)
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        await his.send(type="read", seq=2)
        await until_read(bob, lobby, 2)


async def test_who_left_the_room_reads_nothing_there(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        await post_form(bob, "/chat/lobby/leave")
        await his.send(type="read", seq=3)
        await asyncio.sleep(0.3)
        assert await threads.read(Membership.objects.of, bob, lobby) is None


async def test_who_is_not_stored_reads_without_harm(lobby: Room, alice: Member) -> None:
    async with joined("lobby") as guest, people("lobby", alice) as (hers,):
        await guest.event()
        await guest.send(type="read", seq=1)
        await hers.say("hello")
        assert (await guest.event())["text"] == "hello"


async def test_the_room_page_shows_where_one_left_off(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await talk(hers, his)
        await his.send(type="read", seq=2)
        await until_read(bob, lobby, 2)
    page: Any = await get_page(bob, "/chat/lobby/")
    assert page.context["snapshot"]["read"] == 2
