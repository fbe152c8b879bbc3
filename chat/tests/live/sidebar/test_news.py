"""What is new in a person's other rooms, and muting and leaving them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.journal import database
from chat.journal.activity import Posted
from chat.journal.changes import Withdrawn
from chat.live.best_effort import BestEffortSender
from chat.live.sidebar import Sidebar, Sidebars
from chat.models import Member, Room, Subscription
from chat.protocol import ListedRoom
from chat.tests.live.sidebar.lists import (
    alice_and_bob,
    ask_for_rooms,
    news_until,
    until_listed,
    visit,
)
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.tests.support.pages import post_form
from chat.tests.support.sockets import Socket, connected
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus


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
