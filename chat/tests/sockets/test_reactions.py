"""Reactions over `chat.v1`."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Appended, Post, React, database
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.models import Member, Reaction, Room
from chat.tests.sockets.reacting import PARTY, THUMBS_UP, person, react, rows
from chat.tests.support.sockets import connected, joined, next_event_of_all

EMOJI = [chr(0x1F600 + number) for number in range(21)]  # from 😀 on


# --- Reactions ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("layer")
async def test_a_reaction_reaches_everybody_and_can_be_taken_back(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake?")
        await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        message = await next_event_of_all(hers, his)
        assert (message["seq"], message["version"], message["text"]) == (1, 2, "cake?")
        assert message["reactions"] == [{"emoji": PARTY, "count": 1, "people": [person(bob)]}]
        assert message["edited_at"] is None
        await react(his, 1, PARTY, on=False)
        assert (await next_event_of_all(hers, his))["reactions"] == []
    assert await rows(Reaction) == 0


async def test_the_same_reaction_twice_counts_once(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake?")
        await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        assert await his.receive_nothing(timeout=1)
        assert await hers.receive_nothing()
    assert await rows(Reaction) == 1
    assert (await database.read(Room.objects.get)).version == 2


async def test_taking_back_a_reaction_that_is_not_there_changes_nothing(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake?")
        await next_event_of_all(hers, his)
        await react(hers, 1, PARTY)
        before = await next_event_of_all(hers, his)
        await react(his, 1, PARTY, on=False)
        assert await his.receive_nothing(timeout=1)
    page = await database.read(queries.page, lobby.pk, 1)
    assert json.loads(page[0][0].json) == before


async def test_a_repeated_reaction_after_resuming_gets_the_message_as_it_is(
    lobby: Room, alice: Member
) -> None:
    """The client may not know that its first reaction was stored."""
    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        await react(hers, 1, PARTY)
        before = await hers.event()
    async with joined("lobby", alice, query="?after=2") as again:
        await again.event()
        await react(again, 1, PARTY)
        assert await again.event() == before


async def test_reactions_of_one_person_are_stored_in_the_order_they_were_sent(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where Redis takes longer to count the earlier one."""
    pauses = iter([0.3, 0])

    async def count(*_: Any, **__: Any) -> None:
        await asyncio.sleep(next(pauses))

    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        monkeypatch.setattr("chat.live.rates.Rates.count", count)
        await react(hers, 1, PARTY)
        await react(hers, 1, PARTY, on=False)
        while (await hers.event())["reactions"]:
            pass
        assert await hers.receive_nothing(timeout=1)
    assert await rows(Reaction) == 0


async def test_the_same_reaction_of_two_people_is_counted_together(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake?")
        await next_event_of_all(hers, his)
        for socket, emoji in ((hers, PARTY), (his, THUMBS_UP), (his, PARTY)):
            await react(socket, 1, emoji)
            message = await next_event_of_all(hers, his)
        assert message["reactions"] == [
            {"emoji": PARTY, "count": 2, "people": [person(alice), person(bob)]},
            {"emoji": THUMBS_UP, "count": 1, "people": [person(bob)]},
        ]


async def test_who_takes_changes_is_sent_what_changed_and_others_the_message(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with joined("lobby", alice, query="?changes=1") as hers, joined("lobby", bob) as his:
        assert (await hers.event())["type"] == (await his.event())["type"] == "hello"
        await hers.post("tea " * 100)
        assert await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        added = {"emoji": PARTY, "count": 1, "added": [person(bob)]}
        assert await hers.event() == {
            "type": "change", "seq": 1, "version": 2, "base": 1, "reactions": [added],
        }  # fmt: skip
        assert (await his.event())["type"] == "message"
        await react(his, 1, PARTY, on=False)
        assert (await hers.event())["reactions"] == [{"emoji": PARTY, "count": 0}]


async def test_who_resumes_from_before_an_edit_gets_the_message_and_then_its_change(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("tea " * 100)
        await next_event_of_all(hers, his)
        await hers.send(type="message.edit", seq=1, text="cake " * 100)
        await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        await next_event_of_all(hers, his)
        for after, types in ((1, ["message", "change"]), (2, ["change"])):
            async with joined("lobby", alice, query=f"?after={after}&changes=1") as again:
                assert (await again.event())["resumed"]
                assert [event["type"] for event in await again.events()] == types


# --- Reactions of more people than a message names ----------------------------------------------


@pytest.fixture
def one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message names one person for each emoji."""
    monkeypatch.setattr("chat.models.message.REACTION_NAMES_MAX", 1)


@pytest.mark.usefixtures("one_name")
async def test_who_is_not_named_is_told_of_their_own_reaction_and_can_take_it_back(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake?")
        await next_event_of_all(hers, his)
        await react(hers, 1, PARTY)
        await next_event_of_all(hers, his)
        for on, count in ((True, 2), (False, 1), (True, 2)):
            await react(his, 1, PARTY, on=on, id="r1")
            message = await next_event_of_all(hers, his)
            [reaction] = message["reactions"]
            assert (reaction["count"], reaction["people"]) == (count, [person(alice)])
            if on:
                assert await his.event() == reacted(on=True, id="r1")
        assert await hers.receive_nothing()


@pytest.mark.usefixtures("one_name")
async def test_a_repeated_reaction_is_confirmed_to_who_is_not_named(
    lobby: Room, alice: Member, bob: Member, carol: Member
) -> None:
    post = Post(lobby.pk, alice.pk, uuid4(), "cake?")
    reacts = [React(lobby.pk, it.pk, 1, PARTY) for it in (alice, bob)]
    await database.write(commit, [post, *reacts])
    async with joined("lobby", bob, query="?after=2") as his:
        await his.event()
        await react(his, 1, PARTY, id="r1")
        assert (await his.event())["type"] == "message"  # nothing was sent of it here
        assert await his.event() == reacted(on=True, id="r1")
    async with joined("lobby", carol, query="?after=2") as hers:
        await hers.event()
        await react(hers, 1, PARTY, on=False)
        assert (await hers.event())["type"] == "message"
        assert await hers.event() == reacted(on=False)


@pytest.mark.usefixtures("one_name")
async def test_the_first_page_tells_who_is_not_named_of_their_reactions(
    lobby: Room, alice: Member, bob: Member, carol: Member
) -> None:
    post = Post(lobby.pk, alice.pk, uuid4(), "cake?")
    reacts = [React(lobby.pk, it.pk, 1, PARTY) for it in (alice, bob)]
    await database.write(commit, [post, *reacts])
    async with joined("lobby", bob) as his, joined("lobby", carol) as hers:
        assert (await his.events())[2:] == [reacted(on=True)]
        assert (await hers.events())[2:] == []


def reacted(**more: Any) -> dict[str, Any]:
    return {"type": "reacted", "seq": 1, "emoji": PARTY, **more}


@pytest.mark.parametrize("emoji", ["x", "👍👍", "👍 ", ":tada:", "<b>", "1", "\u200d", " "])
async def test_a_reaction_that_is_no_emoji_is_refused(
    lobby: Room, alice: Member, emoji: str
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        await react(hers, 1, emoji)
        assert (await hers.event())["code"] == "bad_emoji"
    assert await rows(Reaction) == 0


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍❤️‍💋‍👨🏿", "1️⃣", "🇺🇳", "❤️"])
async def test_emoji_of_many_characters_are_reactions(
    lobby: Room, alice: Member, emoji: str
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        await react(hers, 1, emoji)
        assert (await hers.event())["reactions"][0]["emoji"] == emoji


async def test_a_message_takes_twenty_different_emoji_from_any_number_of_people(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake!")
        await next_event_of_all(hers, his)
        for emoji in EMOJI[:20]:
            await react(hers, 1, emoji)
        while len((await hers.event())["reactions"]) < 20:
            pass
        await react(his, 1, EMOJI[20])
        while "code" not in (refused := await his.event()):
            pass
        assert refused["code"] == "too_many_reactions"
        await react(his, 1, EMOJI[0])
        assert (await hers.event())["reactions"][0]["count"] == 2


async def test_a_refused_change_gets_an_error_with_its_id(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        for frame in (
            {"type": "message.react", "emoji": PARTY},
            {"type": "message.react", "emoji": "x"},
            {"type": "message.edit", "text": "hi"},
            {"type": "message.delete"},
        ):
            await hers.send(seq=9, id=frame["type"], **frame)
            assert (await hers.event())["id"] == frame["type"]


async def test_a_reaction_to_a_deleted_or_missing_message_is_refused(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        await hers.send(type="message.delete", seq=1)
        await hers.event()
        await react(hers, 1, PARTY)
        assert (await hers.event())["code"] == "deleted"
        await react(hers, 2, PARTY)
        assert (await hers.event())["code"] == "no_such_message"


async def test_a_reaction_changes_the_message_of_its_own_room(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (here,), connected("elsewhere", alice) as (there,):
        await here.say("cake!")
        await there.say("tea!")
        await react(there, 1, PARTY)
        assert (await there.event())["text"] == "tea!"
        assert await here.receive_nothing()


async def test_two_hundred_reactions_at_once_are_few_frames_and_few_versions(
    lobby: Room, alice: Member, bob: Member
) -> None:
    crowd = [Member(name=f"Guest {number}", uid=uuid4()) for number in range(200)]
    await database.write(Member.objects.bulk_create, crowd)
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake!")
        await next_event_of_all(hers, his)
        reacts = [React(lobby.pk, it.pk, 1, PARTY) for it in crowd]
        outcomes = await asyncio.gather(*(runtime.current().journal.append(it) for it in reacts))
        frames = 1
        while (message := await his.event())["reactions"][0]["count"] < 200:
            frames += 1
    assert all(isinstance(it, Appended) for it in outcomes)
    assert frames == message["version"] - 1 <= 3
    assert len(message["reactions"][0]["people"]) == 100
    assert await rows(Reaction) == 200


async def test_a_post_does_not_wait_for_reactions_that_are_gathered(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.write.appender.GATHER_SECONDS", 3600)
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("cake!")
        await next_event_of_all(hers, his)
        await react(his, 1, PARTY)
        await hers.post("tea!")
        events = await his.events()
        assert [it["text"] for it in events] == ["tea!", "cake!"]
        assert [it["version"] for it in events] == [2, 3]


async def test_many_reactions_of_one_person_do_not_delay_their_messages(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("cake!")
        for emoji in EMOJI[:19]:
            await react(hers, 1, emoji)
        await hers.post("tea!")
        assert "tea!" in [it["text"] for it in await hers.events()]
