"""Presence and typing events, as WebSocket clients receive them."""

import asyncio
from typing import Any

import pytest

from chat.journal import database
from chat.models import Member, Room
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.pages import post_form
from chat.tests.support.sockets import Socket, connected, plain

pytestmark = pytest.mark.usefixtures("layer")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.live.presence.room_presence.LEAVE_SECONDS", 0.3)
    monkeypatch.setattr("chat.live.presence.room_presence.FRAME_SECONDS", 0.1)


async def event_naming(socket: Socket, type: str, *names: str) -> dict[str, Any]:
    """The next event of that type that names exactly these people."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            event = await socket.soft(type)
            if sorted(person["name"] for person in event["people"]) == sorted(names):
                return event


async def test_alice_and_bob_see_each_other_come_and_go(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        async with connected("lobby", bob) as (his,):
            here = await event_naming(hers, "presence", "Alice", "Bob")
            assert here["count"] == 2
            assert {person["id"] for person in here["people"]} == {str(alice.uid), str(bob.uid)}
            await event_naming(his, "presence", "Alice", "Bob")
        await event_naming(hers, "presence", "Alice")


async def test_people_in_other_rooms_are_not_shown(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("elsewhere", bob), connected("lobby", alice) as (hers,):
        assert (await event_naming(hers, "presence", "Alice"))["count"] == 1


async def test_two_connections_are_one_person_until_both_are_closed(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", bob) as (his,):
        async with connected("lobby", alice):
            async with connected("lobby", alice):
                assert (await event_naming(his, "presence", "Alice", "Bob"))["count"] == 2
            await asyncio.sleep(0.6)
            await database.write(bob.rename, "Bobby")
            async with connected("lobby", bob):  # which causes a presence event
                await event_naming(his, "presence", "Alice", "Bobby")
        await event_naming(his, "presence", "Bobby")


async def test_a_plain_client_is_shown_and_receives_no_presence(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice) as (hers,), plain("lobby", bob) as his:
        await event_naming(hers, "presence", "Alice", "Bob")
        await hers.send(type="typing")
        await event_naming(hers, "typing", "Alice")
        assert await his.receive_nothing()
        assert his.output_queue.empty()


async def test_typing_is_shown_until_the_message_is_posted(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.send(type="typing")
        typing = await event_naming(his, "typing", "Alice")
        assert typing == {
            "type": "typing",
            "count": 1,
            "people": [{"id": str(alice.uid), "name": "Alice"}],
        }
        await hers.post("hello")
        assert (await event_naming(his, "typing"))["count"] == 0


async def test_typing_ends_when_the_client_says_so(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.send(type="typing", on=True)
        await event_naming(his, "typing", "Alice")
        await hers.send(type="typing", on=False)
        assert (await event_naming(his, "typing"))["count"] == 0


async def test_a_refused_message_does_not_end_typing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.send(type="typing")
        await event_naming(his, "typing", "Alice")
        await hers.post("")
        assert (await hers.event())["code"] == "bad_text"
        await hers.post("hello")
        await event_naming(his, "typing")


async def test_a_person_who_leaves_while_typing_is_no_longer_typing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", bob) as (his,):
        async with connected("lobby", alice) as (hers,):
            await hers.send(type="typing")
            await event_naming(his, "typing", "Alice")
        await event_naming(his, "typing")


async def test_a_new_name_is_shown_to_everybody(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await event_naming(his, "presence", "Alice", "Bob")
        assert (await post_form(alice, "/name/", name="Alicia")).status_code == 200
        for socket in (hers, his):
            await event_naming(socket, "presence", "Alicia", "Bob")


async def test_a_person_who_reconnects_under_a_new_name_is_renamed(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", bob) as (his,), connected("lobby", alice):
        await event_naming(his, "presence", "Alice", "Bob")
        await database.write(alice.rename, "Alicia")  # without telling presence
        async with connected("lobby", alice):
            await event_naming(his, "presence", "Alicia", "Bob")


async def test_a_client_that_owes_an_acknowledgement_gets_presence_after_acknowledging(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 1)
    monkeypatch.setattr("chat.live.presence.room_presence.RETRY_SECONDS", 0.2)
    async with connected("lobby", bob) as (his,):
        await event_naming(his, "presence", "Bob")
        version = (await his.say("hello"))["version"]
        async with connected("lobby", alice):
            await asyncio.sleep(0.5)
            assert his.output_queue.empty()
            await his.send(type="ack", version=version)
            await event_naming(his, "presence", "Alice", "Bob")
