"""The sidebar: a person's rooms, and what is new in each."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec import UNSET

from chat import runtime
from chat.journal import Markup, Mentioned, Post, database
from chat.journal.activity import Posted
from chat.journal.changes import Withdrawn
from chat.journal.write.appender import commit
from chat.live.best_effort import BestEffortSender
from chat.live.sidebar import Sidebar, Sidebars, unread_counts
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Member, Room, RoomName, Subscription
from chat.protocol import ListedRoom
from chat.tests.journal.plans import EXPLAIN, long_room
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.tests.support.pages import post_form
from chat.tests.support.sockets import Socket, connected, joined
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.live.read_pointers.STORE_SECONDS", 0.05)
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)


async def visit(member: Member, *names: str) -> None:
    for name in names:
        room = await database.write(Room.objects.ensure, RoomName.parse(name))
        await database.write(Subscription.objects.keep, member, room)


async def ask_for_rooms(socket: Socket) -> dict[str, Any]:
    """Ask for the whole list. Returns the rooms by name."""
    await socket.send(type="rooms")
    return by_name(await socket.soft("rooms"))


def by_name(listed: dict[str, Any]) -> dict[str, Any]:
    return {room["name"]: room for room in listed["rooms"]}


async def until_listed(socket: Socket, *names: str) -> dict[str, Any]:
    """Wait for a list of exactly these rooms. Returns the rooms by name."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while set(listed := by_name(await socket.soft("rooms"))) != set(names):
            pass
        return listed


async def news_until(socket: Socket, seq: int) -> dict[str, Any]:
    """Wait for news of the post at `seq`. Returns all news until then, of one room, merged."""
    posts, mentions = [], []
    while seq not in posts:
        [room] = (await socket.soft("news"))["rooms"]
        posts += room["posts"]
        mentions += room["mentions"]
    return {"name": room["name"], "posts": posts, "mentions": mentions}


@asynccontextmanager
async def alice_and_bob(alice: Member, bob: Member) -> AsyncIterator[tuple[Socket, Socket]]:
    """Alice in the Lobby; and Bob, who has visited the Lobby, in the Den with a sidebar."""
    await visit(bob, "Lobby", "Den")
    async with connected("Lobby", alice) as (hers,), connected("Den", bob) as (his,):
        assert set(await ask_for_rooms(his)) == {"Lobby", "Den"}
        yield hers, his


@pytest.mark.usefixtures("layer")
async def test_bob_gets_news_of_posts_in_his_other_rooms(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        await hers.say("hello")
        await hers.say("@Bob tea?")
        message = await hers.say("@room cake!")
        assert await news_until(his, 3) == {"name": "Lobby", "posts": [1, 2, 3], "mentions": [2, 3]}
        assert message["mentions"] == ["room"]


async def test_the_list_counts_unread_messages_and_mentions(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visit(bob, "Lobby")
    async with connected("Lobby", alice) as (hers,), connected("Den", bob) as (his,):
        for text in ("hello", "@Bob tea?", "@room cake!"):
            message = await hers.say(text)
        listed = (await ask_for_rooms(his))["Lobby"]
        assert listed.pop("posted_at") == message["sent_at"]
        assert listed == {
            "id": str(lobby.uid),
            "name": "Lobby",
            "topic": "",
            "muted": False,
            "seq": 3,
            "read": 0,
            "unread": 3,
            "mentions": 2,
        }


async def test_read_and_deleted_messages_are_not_counted(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("Lobby", alice, bob) as (hers, his):
        for text in ("@Bob one", "@Bob two", "@Bob three"):
            await hers.say(text)
        await his.send(type="read", seq=1)
        await hers.send(type="message.delete", seq=3)
        await hers.event()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while (listed := (await ask_for_rooms(his))["Lobby"])["read"] != 1:
                pass
        assert (listed["unread"], listed["mentions"]) == (1, 1)


async def test_own_messages_are_neither_news_nor_unread(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        async with connected("Lobby", bob) as (his_other,):
            await his_other.say("@room @Bob mine")
        await hers.events()
        await hers.say("hers")
        assert (await news_until(his, 2))["posts"] == [2]
        listed = (await ask_for_rooms(his))["Lobby"]
        assert (listed["unread"], listed["mentions"]) == (1, 0)


async def test_posts_in_the_connections_own_room_are_no_news(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visit(bob, "Lobby", "Den")
    async with connected("Lobby", alice, bob) as (hers, his), connected("Den", alice) as (there,):
        await ask_for_rooms(his)
        await hers.say("@Bob hello")
        await there.say("hello")
        assert await news_until(his, 1) == {"name": "Den", "posts": [1], "mentions": []}


async def test_edits_and_reactions_are_no_news(lobby: Room, alice: Member, bob: Member) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        await hers.say("one")
        await news_until(his, 1)
        await hers.send(type="message.edit", seq=1, text="two")
        await hers.event()
        await hers.send(type="message.react", seq=1, emoji="🎉")
        await hers.event()
        await hers.say("three")
        assert (await news_until(his, 4))["posts"] == [4]


async def test_a_mention_that_is_deleted_leaves_no_badge(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        await hers.say("@Bob tea?")
        await news_until(his, 1)
        await hers.send(type="message.delete", seq=1)
        [room] = (await his.soft("news"))["rooms"]
        assert (room["deleted"], room["unmentioned"]) == ([1], [1])
        assert (room["posts"], room["mentions"]) == ([], [])
        assert (await ask_for_rooms(his))["Lobby"]["mentions"] == 0


async def test_an_edit_that_takes_a_mention_back_leaves_no_badge(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        await hers.say("@Bob tea?")
        await news_until(his, 1)
        await hers.send(type="message.edit", seq=1, text="tea?")
        [room] = (await his.soft("news"))["rooms"]
        assert room["unmentioned"] == [1]
        assert "deleted" not in room


@asynccontextmanager
async def alice_answers_bob(
    alice: Member, bob: Member, text: str = "milk"
) -> AsyncIterator[tuple[Socket, Socket]]:
    """Alice in the Lobby has answered Bob, who has moved on to the Den with a sidebar."""
    await visit(bob, "Lobby", "Den")
    async with connected("Lobby", alice, bob) as (hers, his):
        await his.say("tea?")
        await hers.event()
        async with connected("Den", bob) as (there,):
            await ask_for_rooms(there)
            await hers.say(text, reply_to=1)
            yield hers, there


@pytest.mark.parametrize("text", ["milk", "@Bob milk", "@Bob @room milk"])
async def test_a_reply_counts_once_like_a_mention(
    lobby: Room, alice: Member, bob: Member, text: str
) -> None:
    async with alice_answers_bob(alice, bob, text) as (_, his):
        assert (await news_until(his, 2))["mentions"] == [2]
        assert (await ask_for_rooms(his))["Lobby"]["mentions"] == 1


async def test_a_reply_counts_in_a_muted_room_as_a_mention_does(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visit(bob, "Lobby", "Den")
    await post_form(bob, "/chat/lobby/mute", muted="on")
    async with alice_answers_bob(alice, bob) as (_, his):
        assert (await news_until(his, 2))["mentions"] == [2]


async def test_a_reply_that_is_deleted_leaves_no_badge(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_answers_bob(alice, bob) as (hers, his):
        await news_until(his, 2)
        await hers.send(type="message.delete", seq=2)
        [room] = (await his.soft("news"))["rooms"]
        assert (room["deleted"], room["unmentioned"]) == ([2], [2])
        assert (await ask_for_rooms(his))["Lobby"]["mentions"] == 0


async def test_an_edited_reply_stays_a_reply(lobby: Room, alice: Member, bob: Member) -> None:
    async with alice_answers_bob(alice, bob, "@Bob @Alice milk") as (hers, his):
        await news_until(his, 2)
        await hers.send(type="message.edit", seq=2, text="lemon")
        assert (await hers.event())["mentions"] == [str(bob.uid)]
        assert (await ask_for_rooms(his))["Lobby"]["mentions"] == 1


def test_a_mention_that_is_deleted_at_once_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(*_: Any) -> list[tuple[int, ListedRoom]]:
        return [(2, ListedRoom("id", "Den", "", None, False, 0, 0, 0, 0))]

    monkeypatch.setattr("chat.journal.database.read", read)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 1.0)
    assert run_with_fake_clock(mention_and_delete_in_the_den()) == [[2]]


async def mention_and_delete_in_the_den() -> list[list[int]]:
    """Alice mentions Bob, deletes that, and posts again. Returns the posts in each news."""
    posts: list[list[int]] = []

    async def send(frame: str) -> None:
        if (event := json.loads(frame)[0])["type"] == "news":
            assert event["rooms"][0].keys() == {"id", "name", "posted_at", "posts", "mentions"}
            assert event["rooms"][0]["mentions"] == []
            posts.append(event["rooms"][0]["posts"])

    bob = Member(pk=1, uid=uuid4(), name="Bob")
    bob._state.adding = False
    sidebars = Sidebars(EventBus(LayerClient()))
    sidebar = Sidebar(sidebars, bob, Room(pk=1), BestEffortSender(send, lambda: False))
    sidebar.open()
    await asyncio.sleep(0.1)
    sidebar.add_posts(2, [Posted(1, "alice", [str(bob.uid)], timezone.now())])
    sidebar.add_withdrawn(2, [Withdrawn(1, "alice", [str(bob.uid)], is_deleted=True)])
    await asyncio.sleep(3)
    sidebar.add_posts(2, [Posted(2, "alice", [], timezone.now())])
    await asyncio.sleep(3)
    sidebar.close()
    return posts


async def test_posts_in_a_room_the_person_never_visited_are_no_news(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his), connected("Attic", alice) as (there,):
        await there.say("@Bob @room psst")
        await hers.say("hello")
        assert (await news_until(his, 1))["name"] == "Lobby"


# --- Muting and leaving -------------------------------------------------------------------------


@pytest.mark.usefixtures("layer")
async def test_a_muted_room_is_listed_as_muted_and_ignores_mentions_of_everybody(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        assert (await post_form(bob, "/chat/lobby/mute", muted="on")).status_code == 204
        assert (await until_listed(his, "Lobby", "Den"))["Lobby"]["muted"] is True
        await hers.say("@room cake!")
        await hers.say("@Bob tea?")
        assert (await news_until(his, 2))["mentions"] == [2]
        assert (await ask_for_rooms(his))["Lobby"]["mentions"] == 1
        await post_form(bob, "/chat/lobby/mute")
        assert (await until_listed(his, "Lobby", "Den"))["Lobby"]["mentions"] == 2


async def test_a_room_that_was_left_disappears_from_every_open_sidebar(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his), connected("Den", bob) as (his_other,):
        await ask_for_rooms(his_other)
        assert (await post_form(bob, "/chat/lobby/leave")).status_code == 204
        for socket in (his, his_other):
            await until_listed(socket, "Den")
        await hers.say("@Bob @room anybody?")
        await asyncio.sleep(0.4)
        assert his.output_queue.empty()


async def test_a_new_visit_lists_the_room_again(lobby: Room, alice: Member, bob: Member) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        await hers.say("before")
        await post_form(bob, "/chat/lobby/leave")
        await until_listed(his, "Den")
        async with connected("Lobby", bob) as (his_other,):
            await his_other.say("back again")
            await his.send(type="rooms")
            listed = await until_listed(his, "Lobby", "Den")
        assert listed["Lobby"]["unread"] == 0  # messages from before the visit are read


async def test_a_room_entered_in_another_tab_is_added_to_the_sidebar(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with alice_and_bob(alice, bob) as (_, his), connected("Attic", bob) as (his_other,):
        await his_other.say("hello")
        await until_listed(his, "Lobby", "Den", "Attic")


async def test_muting_or_leaving_an_unvisited_room_does_nothing(lobby: Room, alice: Member) -> None:
    changes = ("/chat/lobby/mute", "/chat/lobby/star", "/chat/lobby/leave", "/chat/nowhere/leave")
    for address in changes:
        assert (await post_form(alice, address)).status_code == 204
    assert (await post_form(alice, "/chat/a%2Fb/leave")).status_code == 404
    assert not await database.read(Subscription.objects.exists)


# --- The list -----------------------------------------------------------------------------------


async def test_the_last_active_room_comes_first_and_has_its_topic(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await visit(bob, "Den", "Attic", "Lobby")
    async with connected("Attic", alice) as (there,), connected("Lobby", bob) as (his,):
        await there.say("hello")
        async with connected("Den", alice) as (here,):
            await here.say("Cake", kind="topic")
        await his.send(type="rooms")
        listed = (await his.soft("rooms"))["rooms"]
        assert [room["name"] for room in listed if room["posted_at"]] == ["Den", "Attic"]
        assert by_name({"rooms": listed})["Den"]["topic"] == "Cake"


async def test_the_list_holds_the_latest_visited_rooms(
    lobby: Room, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.sidebar.unread_counts.LISTED_ROOMS", 2)
    await visit(bob, "Lobby", "Den", "Attic")
    listed = await database.read(unread_counts.listed_rooms, bob)
    assert {room.name for _, room in listed} == {"Den", "Attic"}


async def test_starred_rooms_are_listed_however_long_ago_the_visit_was(
    lobby: Room, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.sidebar.unread_counts.LISTED_ROOMS", 1)
    await visit(bob, "Lobby", "Attic", "Den")
    async with connected("Den", bob) as (his,):
        assert (await post_form(bob, "/chat/lobby/star", starred="on")).status_code == 204
        await his.send(type="rooms")
        listed = await until_listed(his, "Lobby", "Den")
        assert {name: it.get("starred", False) for name, it in listed.items()} == {
            "Lobby": True,
            "Den": False,
        }
        await post_form(bob, "/chat/lobby/star")
        await until_listed(his, "Den")


async def test_archived_rooms_are_listed_as_such_and_take_no_place_of_others(
    lobby: Room, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.sidebar.unread_counts.LISTED_ROOMS", 1)
    await visit(bob, "Den", "Lobby")
    archive = Room.objects.filter(pk=lobby.pk).update
    await database.write(lambda: archive(archived_at=timezone.now()))
    listed = await database.read(listed_rooms, bob)
    assert {it.name: it.archived for _, it in listed} == {"Lobby": True, "Den": UNSET}
    async with joined("lobby", bob) as socket:
        [hello, *_] = await socket.events()
        assert hello["room"]["archived"] is True


@pytest.mark.django_db
def test_no_more_rooms_are_listed_than_the_latest_and_the_first_of_the_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chat.live.sidebar.unread_counts.LISTED_ROOMS", 1)
    monkeypatch.setattr("chat.live.sidebar.unread_counts.FURTHER_ROOMS", 2)
    alice = Member.objects.create(name="Alice")
    rooms = {it: Room.objects.ensure(RoomName.parse(it)) for it in ("old", "star", "other", "last")}
    for name, room in rooms.items():
        Subscription.objects.keep(alice, room, 0, starred=name in {"star", "other"})
    Room.objects.filter(name="old").update(archived_at=timezone.now())
    assert {it.name for _, it in listed_rooms(alice)} == {"star", "other", "last"}


async def test_a_guest_who_is_not_stored_has_no_rooms(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        assert await ask_for_rooms(socket) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_the_list_is_one_query_however_many_rooms_it_has(count: int) -> None:
    alice, bob = (Member.objects.create(name=name) for name in ("Alice", "Bob"))
    rooms = [Room.objects.ensure(RoomName.parse(f"room {number}")) for number in range(count)]
    Subscription.objects.record_visits([(alice, room) for room in rooms])
    markup = Markup(members=(Mentioned(alice.pk, alice.uid),), everybody=True)
    commit([Post(it.pk, bob.pk, uuid4(), "@Alice @room", markup=markup) for it in rooms])
    with CaptureQueriesContext(connection) as queries:
        listed = listed_rooms(alice)
    assert len(queries) == 1
    assert [(it.unread, it.mentions) for _, it in listed] == [(1, 1)] * count


@pytest.mark.django_db
def test_the_list_counts_on_indexes_however_long_the_rooms() -> None:
    room, alice = long_room(), Member.objects.create(name="Alice")
    Subscription.objects.keep(alice, room)
    Subscription.objects.update(read_seq=7)
    with CaptureQueriesContext(connection) as queries:
        [(_, listed)] = listed_rooms(alice)
    assert listed.unread == unread_counts.COUNT_MAX
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {queries[0]['sql']}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    for slow in ("SCAN U0", "SCAN chat", "Seq Scan on chat_message"):
        assert slow not in plan, plan


async def test_one_list_is_read_after_the_other_so_that_who_joins_need_not_wait(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most = 0, 0

    async def reading(work: Any, member: Member) -> list[tuple[int, ListedRoom]]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return []

    monkeypatch.setattr("chat.live.sidebar.database.read", reading)
    sidebars = runtime.current().sidebars
    await asyncio.gather(*(sidebars.read(it) for it in [alice, bob] * 10))
    assert most == 1


def test_news_name_at_most_a_hundred_posts_and_mentions_of_a_room() -> None:
    alice, room = Member(name="Alice", uid=uuid4()), Room(pk=1, name="Lobby")
    sidebar = Sidebar(Sidebars(EventBus(LayerClient())), alice, Room(pk=2), sender=Mock())
    sidebar.rooms[1] = ListedRoom(str(room.uid), "Lobby", "", None, False, 0, 0, 0, 0)
    posts = [Posted(seq, "bob", [str(alice.uid)], timezone.now()) for seq in range(1, 251)]

    async def add_posts() -> None:
        for some in (posts[:120], posts[120:]):
            sidebar.add_posts(1, some)

    asyncio.run(add_posts())
    news = sidebar._news[1]
    assert news.posts == news.mentions == list(range(151, 251))


async def test_counts_stop_at_a_hundred(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.sidebar.unread_counts.COUNT_MAX", 3)
    async with alice_and_bob(alice, bob) as (hers, his):
        for number in range(5):
            await hers.say(f"@Bob {number}")
        listed = (await ask_for_rooms(his))["Lobby"]
        assert (listed["unread"], listed["mentions"]) == (3, 3)


async def test_a_message_posted_while_the_list_is_counted_is_not_counted_twice(
    lobby: Room, alice: Member, bob: Member
) -> None:
    """A list counts up to its `seq`: later messages arrive as news."""
    async with alice_and_bob(alice, bob) as (hers, _):
        await hers.say("@Bob one")
        await hers.say("@Bob two")
        as_seen = Room.objects.filter(key="lobby")  # its row, before the second post
        await database.write(as_seen.update, last_seq=1)
        listed = dict(await database.read(listed_rooms, bob))[lobby.pk]
        assert (listed.seq, listed.unread, listed.mentions) == (1, 1, 1)


def test_news_frames_are_a_second_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(*_: Any) -> list[tuple[int, ListedRoom]]:
        return [(2, ListedRoom("id", "Den", "", None, False, 0, 0, 0, 0))]

    monkeypatch.setattr("chat.journal.database.read", read)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 1.0)
    times = run_with_fake_clock(post_often_in_the_den())
    assert len(times) == 5
    assert min(later - earlier for earlier, later in pairwise(times)) == pytest.approx(1, abs=0.02)


async def post_often_in_the_den() -> list[float]:
    """Post 100 times a second for 5 seconds. Returns when news was sent to Bob in the Lobby."""
    times: list[float] = []
    loop = asyncio.get_running_loop()

    async def send(frame: str) -> None:
        if json.loads(frame)[0]["type"] == "news":
            times.append(loop.time())

    bob = Member(pk=1, uid=uuid4(), name="Bob")
    bob._state.adding = False
    sidebars = Sidebars(EventBus(LayerClient()))
    sidebar = Sidebar(sidebars, bob, Room(pk=1), BestEffortSender(send, lambda: False))
    sidebar.open()
    for number in range(500):
        await asyncio.sleep(0.01)
        sidebar.add_posts(2, [Posted(number, "alice", [], timezone.now())])
    await asyncio.sleep(0.5)
    sidebar.close()
    return times


async def test_repeated_requests_for_the_list_are_answered_together(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.5)
    reads: list[Member] = []
    listed_rooms = unread_counts.listed_rooms

    def recorded(member: Member) -> Any:
        reads.append(member)
        return listed_rooms(member)

    monkeypatch.setattr("chat.live.sidebar.listed_rooms", recorded)
    async with alice_and_bob(alice, bob) as (_, his):
        before, started = len(reads), asyncio.get_running_loop().time()
        for _ in range(50):
            await his.send(type="rooms")
        await asyncio.sleep(1.2)
        seconds = asyncio.get_running_loop().time() - started
        assert len(reads) - before <= 1 + seconds // 0.5


async def test_posts_are_not_counted_again_in_the_database(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Member] = []
    async with alice_and_bob(alice, bob) as (hers, his):
        monkeypatch.setattr("chat.live.sidebar.listed_rooms", reads.append)
        for number in range(1, 6):
            await hers.say("hello")
            await news_until(his, number)
    assert reads == []


async def test_a_client_that_owes_an_acknowledgement_gets_news_after_acknowledging(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 1)
    async with alice_and_bob(alice, bob) as (hers, his):
        mine = await his.say("Bob now owes an acknowledgement")
        await hers.say("@Bob tea?")
        await asyncio.sleep(0.4)
        await his.send(type="ack", version=mine["version"])
        [news] = (await his.soft("news"))["rooms"]
        assert (news["name"], news["posts"], news["mentions"]) == ("Lobby", [1], [1])


async def test_the_list_is_sent_when_the_database_is_back(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(member: Member) -> None:
        raise OperationalError("the database is away")

    async with connected("Den", bob) as (his,):
        with monkeypatch.context() as patch:
            patch.setattr("chat.live.sidebar.listed_rooms", away)
            await his.send(type="rooms")
            await asyncio.sleep(0.2)
        assert set(by_name(await his.soft("rooms"))) == {"Den"}


async def test_a_sidebar_closed_while_its_list_is_read_is_not_kept(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the client asked again meanwhile, and reading takes long."""
    listed_rooms = unread_counts.listed_rooms
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(member: Member) -> Any:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(TIMEOUT_SECONDS)
        return listed_rooms(member)

    monkeypatch.setattr("chat.live.sidebar.listed_rooms", slowly)
    async with connected("Den", bob) as (his,):
        for _ in range(3):
            await his.send(type="rooms")
            await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.sleep(0.3)
    sidebars = runtime.current().sidebars
    assert (sidebars._by_room, sidebars._by_member) == ({}, {})


async def test_sidebars_of_closed_sockets_are_not_kept(
    lobby: Room, alice: Member, bob: Member
) -> None:
    for _ in range(5):
        async with alice_and_bob(alice, bob) as (hers, _):
            await hers.post("hello")
    sidebars = runtime.current().sidebars
    assert (sidebars._by_room, sidebars._by_member) == ({}, {})


async def test_a_message_counted_in_the_list_is_not_news_again(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with alice_and_bob(alice, bob) as (hers, his):
        monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.5)
        await hers.say("one")
        await his.send(type="rooms")
        listed = (await until_listed(his, "Lobby", "Den"))["Lobby"]
        assert (listed["seq"], listed["unread"]) == (1, 1)
        await hers.say("two")
        assert (await news_until(his, 2))["posts"] == [2]
