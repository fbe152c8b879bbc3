"""Read pointers: how far people have read."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from chat import runtime
from chat.journal import database
from chat.journal.write import statements
from chat.live import read_pointers
from chat.models import Member, Room, Subscription
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.pages import get_page, post_form, snapshot
from chat.tests.support.sockets import Socket, connected, joined, next_event_of_all


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.live.read_pointers.STORE_SECONDS", 0.05)
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)


async def read_seq(member: Member, room: Room) -> int:
    subscription = await database.read(Subscription.objects.find, member, room)
    assert subscription is not None
    return subscription.read_seq


async def until_read(member: Member, room: Room, seq: int) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await read_seq(member, room) != seq:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def post_three(hers: Socket, his: Socket) -> None:
    for number in range(3):
        await hers.post(str(number))
        await next_event_of_all(hers, his)


async def open_sidebar(socket: Socket) -> None:
    await socket.send(type="rooms")
    await socket.soft("rooms")


@pytest.mark.usefixtures("layer")
async def test_a_read_pointer_is_stored_and_then_sent_to_the_persons_other_tab(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob, bob) as (hers, his, his_other):
        await post_three(hers, his)
        await open_sidebar(his_other)
        await his.send(type="read", seq=2)
        read = {"type": "read", "room": "Lobby", "room_id": str(lobby.uid), "seq": 2}
        assert await his_other.soft("read") == read
        assert await read_seq(bob, lobby) == 2  # stored before it is sent


async def test_a_read_pointer_moves_forward_only(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        for seq in (3, 1):
            await his.send(type="read", seq=seq)
            await until_read(bob, lobby, 3)
        await asyncio.sleep(0.3)
        assert await read_seq(bob, lobby) == 3


async def test_a_pointer_behind_the_stored_one_is_not_sent_to_other_tabs(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """A phone that was offline has read less than the desktop."""
    async with connected("lobby", alice, bob, bob) as (hers, his, his_phone):
        await post_three(hers, his)
        await open_sidebar(his)
        await his.send(type="read", seq=2)
        assert (await his.soft("read"))["seq"] == 2
        await his_phone.send(type="read", seq=1)
        await asyncio.sleep(0.3)
        await his_phone.send(type="read", seq=3)
        assert (await his.soft("read"))["seq"] == 3


async def test_a_read_pointer_remembers_which_changes_had_been_sent(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await hers.send(type="message.edit", seq=1, text="another")
        assert (await his.event())["version"] == 4
        await his.send(type="read", seq=2)
        await until_read(bob, lobby, 2)
        subscription = await database.read(Subscription.objects.find, bob, lobby)
    assert subscription
    assert subscription.seen_version == 4


async def test_a_read_pointer_stops_at_the_last_message(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await his.send(type="read", seq=2**63 - 1)
        await until_read(bob, lobby, 3)


async def test_a_read_pointer_moves_for_its_own_member_only(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await open_sidebar(hers)
        await his.send(type="read", seq=3)
        await until_read(bob, lobby, 3)
        assert await read_seq(alice, lobby) == 0
        await hers.send(type="read", seq=1)
        assert (await hers.soft("read"))["seq"] == 1


async def test_messages_from_before_the_first_visit_are_read(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("before")
        async with joined("lobby", bob) as his:
            await his.events()
            assert await read_seq(bob, lobby) == 1


async def test_many_pointers_are_stored_in_batches(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    move = statements.move_read_pointers

    def counting(pointers: dict[Any, Any]) -> Any:
        batches.append(len(pointers))
        return move(pointers)

    monkeypatch.setattr(statements, "move_read_pointers", counting)
    monkeypatch.setattr(read_pointers, "BATCH_SIZE", 2)
    readers = [await database.write(Member.objects.create, name=str(number)) for number in range(5)]
    for reader in readers:
        await database.write(Subscription.objects.record_visit, reader, lobby)
    async with connected("lobby", alice, bob):
        for reader in readers:
            runtime.current().read_pointers.move(reader, lobby, 7, 7)
        await until_read(readers[-1], lobby, 7)
    assert batches == [2, 2, 1]


async def test_pointers_that_could_not_be_stored_are_stored_later(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([OperationalError("database is locked")] * 2)
    move = statements.move_read_pointers

    def failing(pointers: dict[Any, Any]) -> Any:
        for fault in faults:
            raise fault
        return move(pointers)

    monkeypatch.setattr(statements, "move_read_pointers", failing)
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await his.send(type="read", seq=2)
        await until_read(bob, lobby, 2)


async def test_a_read_frame_after_leaving_the_room_stores_nothing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await post_form(bob, "/chat/lobby/leave")
        await his.send(type="read", seq=3)
        await asyncio.sleep(0.3)
        assert await database.read(Subscription.objects.find, bob, lobby) is None


async def test_a_read_frame_of_a_guest_who_is_not_stored_is_ignored(
    lobby: Room, alice: Member
) -> None:
    async with joined("lobby") as guest, connected("lobby", alice) as (hers,):
        await guest.event()
        await guest.send(type="read", seq=1)
        await hers.say("hello")
        assert (await guest.event())["text"] == "hello"


async def test_the_room_page_knows_the_stored_read_pointer(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await his.send(type="read", seq=2)
        await until_read(bob, lobby, 2)
    page: Any = await get_page(bob, "/chat/lobby/")
    assert snapshot(page)["read"] == 2


async def test_a_closing_connection_stores_read_pointers_without_waiting(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.read_pointers.STORE_SECONDS", 3_600)
    async with connected("lobby", alice, bob) as (hers, his):
        await post_three(hers, his)
        await his.send(type="read", seq=2)
        await his.disconnect(timeout=TIMEOUT_SECONDS)
        await until_read(bob, lobby, 2)
