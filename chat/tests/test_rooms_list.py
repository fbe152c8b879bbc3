"""A person's rooms, and what is new in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError

from chat import rooms_list
from chat.journal import threads
from chat.models import Member, Membership, Room, RoomName
from chat.tests.support.clients import PATIENCE_SECONDS
from chat.tests.support.people import people, post_form
from chat.tests.support.sockets import Socket, joined


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.reading.READ_SECONDS", 0.05)
    monkeypatch.setattr("chat.bulletin.TELL_SECONDS", 0.05)
    monkeypatch.setattr("chat.rooms_list.NEWS_SECONDS", 0.05)


async def visited(member: Member, *names: str) -> None:
    for name in names:
        room = await threads.write(Room.objects.enter, RoomName.parse(name))
        await threads.write(Membership.objects.visit, member, room)


async def rooms(socket: Socket) -> dict[str, Any]:
    """The whole list, as asked for, by the rooms' names."""
    await socket.send(type="rooms")
    return by_name(await socket.soft("rooms"))


def by_name(listed: dict[str, Any]) -> dict[str, Any]:
    return {room["name"]: room for room in listed["rooms"]}


async def until_listed(socket: Socket, *names: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while set(listed := by_name(await socket.soft("rooms"))) != set(names):
            pass
        return listed


async def news_of(socket: Socket, seq: int) -> dict[str, Any]:
    """All news of one room, up to a seq, as one."""
    posts, mentions = [], []
    while seq not in posts:
        [room] = (await socket.soft("news"))["rooms"]
        posts += room["posts"]
        mentions += room["mentions"]
    return {"name": room["name"], "posts": posts, "mentions": mentions}


@asynccontextmanager
async def bob_elsewhere(alice: Member, bob: Member) -> AsyncIterator[tuple[Socket, Socket]]:
    """Alice in the lobby, where Bob has been; and Bob, in a den, who follows his rooms."""
    await visited(bob, "Lobby", "Den")
    async with people("Lobby", alice) as (hers,), people("Den", bob) as (his,):
        assert set(await rooms(his)) == {"Lobby", "Den"}
        yield hers, his


@pytest.mark.usefixtures("layer")
async def test_bob_is_told_of_what_is_posted_in_his_other_rooms(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        await hers.say("hello")
        await hers.say("@Bob tea?")
        message = await hers.say("@room cake!")
        assert await news_of(his, 3) == {"name": "Lobby", "posts": [1, 2, 3], "mentions": [2, 3]}
        assert message["mentions"] == ["room"]


async def test_the_list_says_what_is_unread_and_who_was_meant(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visited(bob, "Lobby")
    async with people("Lobby", alice) as (hers,), people("Den", bob) as (his,):
        for text in ("hello", "@Bob tea?", "@room cake!"):
            message = await hers.say(text)
        listed = (await rooms(his))["Lobby"]
        assert listed.pop("posted_at") == message["sent_at"]
        assert listed == {
            "name": "Lobby",
            "topic": "",
            "muted": False,
            "seq": 3,
            "read": 0,
            "unread": 3,
            "mentions": 2,
        }


async def test_what_was_read_or_deleted_is_not_counted(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with people("Lobby", alice, bob) as (hers, his):
        for text in ("@Bob one", "@Bob two", "@Bob three"):
            await hers.say(text)
        await his.send(type="read", seq=1)
        await hers.send(type="message.delete", seq=3)
        await hers.event()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (listed := (await rooms(his))["Lobby"])["read"] != 1:
                pass
        assert (listed["unread"], listed["mentions"]) == (1, 1)


async def test_ones_own_messages_are_neither_news_nor_unread(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        async with people("Lobby", bob) as (his_other,):
            await his_other.say("@room @Bob mine")
        await hers.events()
        await hers.say("hers")
        assert (await news_of(his, 2))["posts"] == [2]
        listed = (await rooms(his))["Lobby"]
        assert (listed["unread"], listed["mentions"]) == (1, 0)


async def test_what_is_said_in_this_very_room_is_no_news(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visited(bob, "Lobby", "Den")
    async with people("Lobby", alice, bob) as (hers, his), people("Den", alice) as (there,):
        await rooms(his)
        await hers.say("@Bob hello")
        await there.say("hello")
        assert await news_of(his, 1) == {"name": "Den", "posts": [1], "mentions": []}


async def test_edits_deletions_and_reactions_are_no_news(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        await hers.say("one")
        await news_of(his, 1)
        await hers.send(type="message.edit", seq=1, text="two")
        await hers.event()
        await hers.send(type="message.react", seq=1, emoji="🎉")
        await hers.event()
        await hers.say("three")
        assert (await news_of(his, 4))["posts"] == [4]


async def test_of_a_room_one_was_never_in_there_is_no_news(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his), people("Attic", alice) as (there,):
        await there.say("@Bob @room psst")
        await hers.say("hello")
        assert (await news_of(his, 1))["name"] == "Lobby"


# --- Muting and leaving -------------------------------------------------------------------------


@pytest.mark.usefixtures("layer")
async def test_a_muted_room_is_told_as_such_and_ignores_calls_to_everybody(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        assert (await post_form(bob, "/chat/lobby/mute", muted="on")).status_code == 204
        assert (await until_listed(his, "Lobby", "Den"))["Lobby"]["muted"] is True
        await hers.say("@room cake!")
        await hers.say("@Bob tea?")
        assert (await news_of(his, 2))["mentions"] == [2]
        assert (await rooms(his))["Lobby"]["mentions"] == 1
        await post_form(bob, "/chat/lobby/mute")
        assert (await until_listed(his, "Lobby", "Den"))["Lobby"]["mentions"] == 2


async def test_a_room_that_was_left_leaves_every_open_list(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his), people("Den", bob) as (his_other,):
        await rooms(his_other)
        assert (await post_form(bob, "/chat/lobby/leave")).status_code == 204
        for socket in (his, his_other):
            await until_listed(socket, "Den")
        await hers.say("@Bob @room anybody?")
        await asyncio.sleep(0.4)
        assert his.output_queue.empty()


async def test_who_comes_again_has_the_room_again(lobby: Room, alice: Member, bob: Member) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        await hers.say("before")
        await post_form(bob, "/chat/lobby/leave")
        await until_listed(his, "Den")
        async with people("Lobby", bob):
            listed = await rooms(his)
        assert listed["Lobby"]["unread"] == 0  # what was said before one comes is read


async def test_a_room_entered_in_another_tab_is_listed_by_itself(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with bob_elsewhere(alice, bob) as (_, his), people("Attic", bob):
        await until_listed(his, "Lobby", "Den", "Attic")


async def test_muting_and_leaving_where_one_never_was_is_harmless(
    lobby: Room, alice: Member
) -> None:
    for address in ("/chat/lobby/mute", "/chat/lobby/leave", "/chat/nowhere/leave"):
        assert (await post_form(alice, address)).status_code == 204
    assert (await post_form(alice, "/chat/a%2Fb/leave")).status_code == 404
    assert not await threads.read(Membership.objects.exists)


# --- The list itself ----------------------------------------------------------------------------


async def test_the_last_active_room_comes_first_and_says_its_topic(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visited(bob, "Den", "Attic", "Lobby")
    async with people("Attic", alice) as (there,), people("Lobby", bob) as (his,):
        await there.say("hello")
        async with people("Den", alice) as (here,):
            await here.say("Cake", kind="topic")
        await his.send(type="rooms")
        listed = (await his.soft("rooms"))["rooms"]
        assert [room["name"] for room in listed if room["posted_at"]] == ["Den", "Attic"]
        assert by_name({"rooms": listed})["Den"]["topic"] == "Cake"


async def test_a_guest_who_did_nothing_has_no_rooms(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        assert await rooms(socket) == {}


async def test_more_than_a_hundred_are_a_hundred(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.rooms_list.COUNTED", 3)
    async with bob_elsewhere(alice, bob) as (hers, his):
        for number in range(5):
            await hers.say(f"@Bob {number}")
        listed = (await rooms(his))["Lobby"]
        assert (listed["unread"], listed["mentions"]) == (3, 3)


async def test_what_is_posted_while_it_is_counted_is_counted_once(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """A list counts up to its `seq`: what lies beyond comes as news."""
    async with bob_elsewhere(alice, bob) as (hers, _):
        await hers.say("@Bob one")
        seen = await threads.read(
            lambda: Membership.objects.lately(bob).get(room__key="lobby")  # and counted later
        )
        await hers.say("@Bob two")
        listed = await threads.read(rooms_list._listed, seen)
        assert (listed.seq, listed.unread, listed.mentions) == (1, 1, 1)


async def test_asking_over_and_over_is_answered_now_and_then(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.rooms_list.NEWS_SECONDS", 0.5)
    reads: list[Member] = []
    listed = rooms_list.listed

    def counting(member: Member) -> Any:
        reads.append(member)
        return listed(member)

    monkeypatch.setattr(rooms_list, "listed", counting)
    async with bob_elsewhere(alice, bob) as (_, his):
        before, began = len(reads), asyncio.get_running_loop().time()
        for _ in range(50):
            await his.send(type="rooms")
        await asyncio.sleep(1.2)
        seconds = asyncio.get_running_loop().time() - began
        assert len(reads) - before <= 1 + seconds // 0.5


async def test_who_is_slow_is_told_what_is_new_once_they_caught_up(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.ACK_CHANGES", 1)
    async with bob_elsewhere(alice, bob) as (hers, his):
        mine = await his.say("now I owe an acknowledgement")
        await hers.say("@Bob tea?")
        await asyncio.sleep(0.4)
        await his.send(type="ack", version=mine["version"])
        [news] = (await his.soft("news"))["rooms"]
        assert (news["name"], news["posts"], news["mentions"]) == ("Lobby", [1], [1])


async def test_while_the_database_is_away_the_list_waits(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(member: Member) -> None:
        raise OperationalError("the database is away")

    async with people("Den", bob) as (his,):
        with monkeypatch.context() as patch:
            patch.setattr(rooms_list, "listed", away)
            await his.send(type="rooms")
            await asyncio.sleep(0.2)
        assert set(by_name(await his.soft("rooms"))) == {"Den"}


async def test_a_list_that_is_closed_while_it_is_read_is_followed_by_nobody(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was asked for again meanwhile, and reading takes long."""
    listed = rooms_list.listed
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(member: Member) -> Any:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(PATIENCE_SECONDS)
        return listed(member)

    monkeypatch.setattr(rooms_list, "listed", slowly)
    async with people("Den", bob) as (his,):
        for _ in range(3):
            await his.send(type="rooms")
            await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.sleep(0.3)
    lists = rooms_list._here()
    assert (lists._by_room, lists._by_member) == ({}, {})


async def test_closed_sockets_leave_no_lists_behind(
    lobby: Room, alice: Member, bob: Member
) -> None:
    for _ in range(5):
        async with bob_elsewhere(alice, bob) as (hers, _):
            await hers.post("hello")
    lists = rooms_list._here()
    assert (lists._by_room, lists._by_member) == ({}, {})


async def test_what_is_news_and_counted_at_once_is_told_once(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bob_elsewhere(alice, bob) as (hers, his):
        monkeypatch.setattr("chat.rooms_list.NEWS_SECONDS", 0.5)
        await hers.say("one")
        await his.send(type="rooms")
        listed = (await until_listed(his, "Lobby", "Den"))["Lobby"]
        assert (listed["seq"], listed["unread"]) == (1, 1)
        await hers.say("two")
        assert (await news_of(his, 2))["posts"] == [2]
