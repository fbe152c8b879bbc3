"""A room that is only looked at stays in no list; who takes part in a room keeps it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from chat.journal import Post, database
from chat.journal.write.appender import commit
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Member, Room, RoomName, Subscription
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.pages import get_page, post_form
from chat.tests.support.sockets import Socket, connected, joined

Act = Callable[[Socket, Socket], Awaitable[Any]]  # Alice's socket and Bob's, in the same room


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)


async def rooms_of(member: Member) -> list[str]:
    """The member's list, as stored."""
    return [room.name for _, room in await database.read(listed_rooms, member)]


async def kept_in(socket: Socket) -> dict[str, bool]:
    """Whether each room of the connection's next list is kept, by name."""
    rooms = (await socket.soft("rooms"))["rooms"]
    return {room["name"]: room.get("kept", True) for room in rooms}


async def until_kept(socket: Socket, expected: dict[str, bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await kept_in(socket) != expected:
            pass


async def test_what_others_post_in_the_same_transaction_is_unread(
    lobby: Room, alice: Member, bob: Member
) -> None:
    posted = [Post(lobby.pk, it.pk, uuid4(), "hello") for it in (alice, bob)]
    await database.write(commit, posted)
    found = await database.read(Subscription.objects.find, alice, lobby)
    assert found is not None
    assert found.read_seq == 1


async def posts(hers: Socket, his: Socket) -> None:
    await his.say("hello")


async def sets_a_topic(hers: Socket, his: Socket) -> None:
    await his.say("tea", kind="topic")


async def reacts(hers: Socket, his: Socket) -> None:
    await hers.say("hello")
    await his.event()
    await his.send(type="message.react", seq=1, emoji="🎉")
    await his.event()


async def is_mentioned(hers: Socket, his: Socket) -> None:
    await hers.say("@Bob hello")


async def is_mentioned_in_an_edit(hers: Socket, his: Socket) -> None:
    await hers.say("hello")
    await hers.send(type="message.edit", seq=1, text="@Bob hello")
    await hers.event()


async def reads_what_others_say(hers: Socket, his: Socket) -> None:
    await hers.say("@room hello")
    await his.send(type="read", seq=1)


async def takes_a_reaction_back_that_was_none(hers: Socket, his: Socket) -> None:
    await hers.say("hello")
    await his.send(type="message.react", seq=1, emoji="🎉", on=False)
    await his.send(type="rooms")
    await his.soft("rooms")


@pytest.mark.parametrize(
    "act", [posts, sets_a_topic, reacts, is_mentioned, is_mentioned_in_an_edit]
)
async def test_who_takes_part_in_a_room_keeps_it(
    lobby: Room, alice: Member, bob: Member, act: Act
) -> None:
    async with connected("Lobby", alice, bob) as (hers, his):
        await act(hers, his)
    assert await rooms_of(bob) == ["Lobby"]


@pytest.mark.parametrize("act", [reads_what_others_say, takes_a_reaction_back_that_was_none])
async def test_who_only_looks_at_a_room_does_not_keep_it(
    lobby: Room, alice: Member, bob: Member, act: Act
) -> None:
    async with connected("Lobby", alice, bob) as (hers, his):
        await act(hers, his)
    assert await rooms_of(bob) == []
    page: Any = await get_page(bob, "/")
    assert list(page.context["subscriptions"]) == []


async def test_a_room_is_listed_while_it_is_open(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("Lobby", alice, bob) as (_, his):
        await his.send(type="rooms")
        assert await kept_in(his) == {"Lobby": False}
        await his.say("hello")
        await until_kept(his, {"Lobby": True})
    async with connected("Attic", bob) as (his,):
        await his.send(type="rooms")
        assert await kept_in(his) == {"Lobby": True, "Attic": False}


@pytest.mark.usefixtures("layer")
async def test_a_room_that_mentions_bob_is_added_to_his_other_tabs(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("Lobby", alice, bob) as (hers, _), connected("Den", bob) as (there,):
        await there.send(type="rooms")
        assert await kept_in(there) == {"Den": False}
        await hers.say("@Bob hello")
        await until_kept(there, {"Lobby": True, "Den": False})


async def test_a_mention_does_not_bring_back_a_room_that_was_left(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("Lobby", alice, bob) as (hers, his):
        await his.say("hello")
        await post_form(bob, "/chat/lobby/leave")
        await hers.say("@Bob come back")
    assert await rooms_of(bob) == []


async def test_who_posts_in_a_room_after_leaving_it_keeps_it_again(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("Lobby", bob) as (his,):
        await his.say("hello")
        await post_form(bob, "/chat/lobby/leave")
        await his.send(type="rooms")
        assert await kept_in(his) == {"Lobby": False}
        await his.say("one more thing")
        await until_kept(his, {"Lobby": True})
    assert await rooms_of(bob) == ["Lobby"]


async def test_a_guest_who_is_stored_with_the_first_message_keeps_the_room(lobby: Room) -> None:
    guest = uuid4()
    async with joined("Lobby", guest) as socket:
        await socket.event()
        await socket.say("hello")
    assert await rooms_of(await database.read(Member.objects.get, uid=guest)) == ["Lobby"]


async def test_many_people_who_post_at_once_keep_the_room(lobby: Room) -> None:
    async def post(number: int) -> UUID:
        guest = uuid4()
        async with joined("Lobby", guest) as socket:
            await socket.events()  # hello, and what others have said by now
            await socket.post(str(number))
            while str(number) not in {event["text"] for event in await socket.events()}:
                pass
        return guest

    guests = await asyncio.gather(*(post(number) for number in range(20)))
    kept = Subscription.objects.filter(member__uid__in=guests, kept_at__isnull=False)
    assert await database.read(kept.count) == 20


# --- Keeping, leaving, undoing ------------------------------------------------------------------


async def test_bob_keeps_a_room_that_he_only_reads(lobby: Room, bob: Member) -> None:
    async with connected("Lobby", bob) as (his,):
        await his.send(type="rooms")
        assert await kept_in(his) == {"Lobby": False}
        assert (await post_form(bob, "/chat/lobby/keep")).status_code == 204
        await until_kept(his, {"Lobby": True})
    assert await rooms_of(bob) == ["Lobby"]


@pytest.mark.usefixtures("layer")
async def test_leaving_is_undone_on_every_device(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("Lobby", alice, bob) as (hers, his):
        await his.say("hello")
        await hers.say("unread")
        await post_form(bob, "/chat/lobby/mute", muted="on")
    async with connected("Den", bob, bob) as (phone, laptop):
        for device in (phone, laptop):
            await device.send(type="rooms")
            assert await kept_in(device) == {"Lobby": True, "Den": False}
        await post_form(bob, "/chat/lobby/leave")
        for device in (phone, laptop):
            await until_kept(device, {"Den": False})
        undone = await post_form(bob, "/chat/lobby/keep", read="1", muted="on")
        assert undone.status_code == 204
        for device in (phone, laptop):
            await until_kept(device, {"Lobby": True, "Den": False})
    [(_, listed)] = await database.read(listed_rooms, bob)
    assert (listed.read, listed.unread, listed.muted) == (1, 1, True)


@pytest.mark.parametrize("fields", [{"read": "-1"}, {"read": "x"}, {"read": str(2**63)}])
async def test_a_wrong_read_pointer_keeps_nothing(
    lobby: Room, bob: Member, fields: dict[str, str]
) -> None:
    assert (await post_form(bob, "/chat/lobby/keep", **fields)).status_code == 204
    assert await rooms_of(bob) == []


async def test_keeping_a_room_that_nobody_was_in_makes_no_room(lobby: Room, bob: Member) -> None:
    assert (await post_form(bob, "/chat/nowhere/keep")).status_code == 204
    assert await database.read(Room.objects.named, RoomName.parse("nowhere")) is None


async def test_a_message_in_a_kept_room_costs_no_statement_for_the_list(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected("Lobby", alice) as (hers,):
        await hers.say("hello")
        asked: list[Any] = []
        monkeypatch.setattr("chat.journal.write.statements.is_kept", asked.append)
        await hers.say("hello again")
    assert asked == []
