"""Who is here and who is writing, as sockets are told."""

import asyncio
from typing import Any

import pytest

from chat.journal import threads
from chat.models import Member, Room
from chat.tests.support.clients import PATIENCE_SECONDS
from chat.tests.support.people import people, post_form
from chat.tests.support.sockets import Socket, plain

pytestmark = pytest.mark.usefixtures("layer")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.presence.gathering.LEAVE_SECONDS", 0.3)
    monkeypatch.setattr("chat.presence.gathering.SHOW_SECONDS", 0.1)


async def told(socket: Socket, type: str, *names: str) -> dict[str, Any]:
    """The first soft state of that type that names exactly these people."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            event = await socket.soft(type)
            if sorted(person["name"] for person in event["people"]) == sorted(names):
                return event


async def test_alice_and_bob_see_each_other_come_and_go(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice) as (hers,):
        async with people("lobby", bob) as (his,):
            here = await told(hers, "presence", "Alice", "Bob")
            assert here["count"] == 2
            assert {person["id"] for person in here["people"]} == {str(alice.uid), str(bob.uid)}
            await told(his, "presence", "Alice", "Bob")
        await told(hers, "presence", "Alice")


async def test_people_in_other_rooms_are_not_here(lobby: Room, alice: Member, bob: Member) -> None:
    async with people("elsewhere", bob), people("lobby", alice) as (hers,):
        assert (await told(hers, "presence", "Alice"))["count"] == 1


async def test_two_tabs_are_one_person_until_both_are_closed(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", bob) as (his,):
        async with people("lobby", alice):
            async with people("lobby", alice):
                assert (await told(his, "presence", "Alice", "Bob"))["count"] == 2
            await asyncio.sleep(0.6)
            await threads.write(bob.rename, "Bobby")
            async with people("lobby", bob):  # which shows who is there
                await told(his, "presence", "Alice", "Bobby")
        await told(his, "presence", "Bobby")


async def test_a_plain_client_is_seen_and_not_told(lobby: Room, alice: Member, bob: Member) -> None:
    async with people("lobby", alice) as (hers,), plain("lobby", bob) as his:
        await told(hers, "presence", "Alice", "Bob")
        await hers.send(type="typing")
        await told(hers, "typing", "Alice")
        assert await his.receive_nothing()
        assert his.output_queue.empty()


async def test_writing_is_shown_and_ends_with_the_message(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await hers.send(type="typing")
        writing = await told(his, "typing", "Alice")
        assert writing == {
            "type": "typing",
            "count": 1,
            "people": [{"id": str(alice.uid), "name": "Alice"}],
        }
        await hers.post("hello")
        assert (await told(his, "typing"))["count"] == 0


async def test_a_message_that_is_refused_ends_no_writing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await hers.send(type="typing")
        await told(his, "typing", "Alice")
        await hers.post("")
        assert (await hers.event())["code"] == "bad_text"
        await hers.post("hello")
        await told(his, "typing")


async def test_who_leaves_while_writing_writes_no_more(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", bob) as (his,):
        async with people("lobby", alice) as (hers,):
            await hers.send(type="typing")
            await told(his, "typing", "Alice")
        await told(his, "typing")


async def test_a_new_name_is_shown_to_all(lobby: Room, alice: Member, bob: Member) -> None:
    async with people("lobby", alice, bob) as (hers, his):
        await told(his, "presence", "Alice", "Bob")
        assert (await post_form(alice, "/name/", name="Alicia")).status_code == 200
        for socket in (hers, his):
            await told(socket, "presence", "Alicia", "Bob")


async def test_who_comes_back_under_a_new_name_has_it(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("lobby", bob) as (his,), people("lobby", alice):
        await told(his, "presence", "Alice", "Bob")
        await threads.write(alice.rename, "Alicia")  # and the word of it was lost
        async with people("lobby", alice):
            await told(his, "presence", "Alicia", "Bob")


async def test_whoever_owes_an_acknowledgement_is_told_once_they_gave_it(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.ACK_CHANGES", 1)
    monkeypatch.setattr("chat.presence.gathering.RETRY_SECONDS", 0.2)
    async with people("lobby", bob) as (his,):
        await told(his, "presence", "Bob")
        version = (await his.say("hello"))["version"]
        async with people("lobby", alice):
            await asyncio.sleep(0.5)
            assert his.output_queue.empty()
            await his.send(type="ack", version=version)
            await told(his, "presence", "Alice", "Bob")
