"""The list of the sidebar: which rooms, in which order, how often it is read."""

import asyncio
import json
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
from chat.journal.write.appender import commit
from chat.live.best_effort import BestEffortSender
from chat.live.sidebar import Sidebar, Sidebars, unread_counts
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Member, Room, RoomName, Subscription
from chat.protocol import ListedRoom
from chat.tests.journal.plans import EXPLAIN, long_room
from chat.tests.live.sidebar.lists import (
    alice_and_bob,
    ask_for_rooms,
    by_name,
    news_until,
    until_listed,
    visit,
)
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.tests.support.pages import post_form
from chat.tests.support.sockets import connected, joined
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus


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
