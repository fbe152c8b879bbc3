"""What people do with messages over `chat.v1`: react, edit, delete, reply, mention."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from chat import runtime
from chat.journal import Appended, Post, React, database
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.models import Member, Mention, Message, Reaction, Revision, Room, Subscription
from chat.models.event import event_text, renamed
from chat.models.message import Kind
from chat.tests.support.sockets import Socket, connected, joined, next_event_of_all, plain

THUMBS_UP, PARTY = "👍", "🎉"
EMOJI = [chr(0x1F600 + number) for number in range(21)]  # from 😀 on


@pytest.fixture
async def carol(lobby: Room) -> Member:
    return await database.write(Member.objects.create, name="Carol")


def person(member: Member) -> dict[str, str]:
    return {"id": str(member.uid), "name": member.name}


def author(member: Member) -> dict[str, str | bool]:
    return {**person(member), "guest": member.is_guest}


async def react(socket: Socket, seq: int, emoji: str, **more: Any) -> None:
    await socket.send(type="message.react", seq=seq, emoji=emoji, **more)


async def rows(model: Any, **of: Any) -> int:
    count: int = await database.read(model.objects.filter(**of).count)
    return count


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


# --- Editing ------------------------------------------------------------------------------------


async def test_an_edit_is_marked_and_the_earlier_texts_are_kept(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        first = await hers.say("one")
        assert first["edited_at"] is None
        for text in ("two", "three"):
            await hers.send(type="message.edit", seq=1, text=text)
            edited = await hers.event()
            assert edited["edited_at"] > first["sent_at"]
    revisions = await database.read(
        lambda: list(Revision.objects.select_related("message").order_by("version"))
    )
    assert [(it.message.seq, it.version, it.text) for it in revisions] == [
        (1, 1, "one"),
        (1, 2, "two"),
    ]
    assert revisions[0].written_at < revisions[1].written_at


async def test_an_edit_to_the_same_text_changes_nothing(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        await hers.send(type="message.edit", seq=1, text="  one ")
        assert await hers.receive_nothing()
    assert await rows(Revision) == 0


@pytest.mark.parametrize("text", ["", "  ", "x" * 8_001, "a\0b"])
async def test_an_edit_to_a_bad_text_is_refused(lobby: Room, alice: Member, text: str) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        await hers.send(type="message.edit", seq=1, text=text)
        assert (await hers.event())["code"] == "bad_text"


async def test_an_edit_keeps_the_reactions(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        await react(hers, 1, PARTY)
        reactions = (await hers.event())["reactions"]
        await hers.send(type="message.edit", seq=1, text="two")
        assert (await hers.event())["reactions"] == reactions != []


async def test_a_resend_of_an_edited_message_gets_its_current_state(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.sockets.chat_v1.POSTED_REMEMBERED", 2)
    id = uuid4()
    async with connected("lobby", alice) as (hers,):
        await hers.say("one", id)
        for text in ("two", "three"):
            await hers.send(type="message.edit", seq=1, text=text)
            edited = await hers.event()
        assert await hers.say("one", id) == edited


# --- Deleting -----------------------------------------------------------------------------------


async def post_and_delete(hers: Socket) -> None:
    """Delete a message that was edited, and has mentions and a reaction."""
    await hers.say("@Alice the *secret*")
    await hers.send(type="message.edit", seq=1, text="@Alice @room the **secret**, better")
    await hers.event()
    await react(hers, 1, PARTY)
    await hers.event()
    await hers.send(type="message.delete", seq=1)
    await hers.event()


async def test_a_deletion_removes_text_revisions_reactions_and_mentions(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await post_and_delete(hers)
    message = await database.read(Message.objects.get)
    assert (message.text, message.html, message.mentions, message.reactions) == ("", "", [], [])
    for model in (Revision, Reaction, Mention):
        assert await rows(model) == 0


async def test_a_tombstone_has_a_seq_and_an_author_and_no_content(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await post_and_delete(hers)
        async with joined("lobby") as later:
            _, tombstone = await later.events()
    assert (tombstone["seq"], tombstone["deleted"]) == (1, True)
    assert tombstone["author"] == author(alice)
    assert (tombstone["text"], tombstone["reactions"]) == ("", [])
    assert not {"html", "mentions"} & tombstone.keys()


async def test_a_resuming_client_does_not_get_the_text_of_a_deleted_message(
    lobby: Room, alice: Member
) -> None:
    """Even though the feed's tail had the text in memory."""
    async with connected("lobby", alice) as (hers,):
        await post_and_delete(hers)
        async with joined("lobby", query="?after=0") as his:
            await his.event()
            frame = await his.receive_from()
            assert "secret" not in frame
            assert json.loads(frame)[-1]["deleted"] is True


async def test_a_new_client_does_not_get_the_text_of_a_message_deleted_just_now(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even though new clients share a page that was read before."""
    async with connected("lobby", alice) as (hers,):
        await hers.say("the secret")
        monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", -1)
        async with joined("lobby") as early:
            assert "secret" in await early.receive_from()
        monkeypatch.setattr("chat.journal.read.latest_page.PAGE_SECONDS", 3600)
        await hers.send(type="message.delete", seq=1)
        await hers.event()
        async with joined("lobby") as late:
            assert "secret" not in await late.receive_from()


async def test_a_deletion_hides_no_other_message_from_a_resuming_client(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        for text in ("one", "two", "three"):
            await hers.say(text)
        await hers.send(type="message.delete", seq=2)
        await hers.event()
        async with joined("lobby", query="?after=0") as his:
            await his.event()
            states = {it["seq"]: it["text"] for it in await his.events()}
    assert states == {1: "one", 2: "", 3: "three"}


async def test_a_reply_to_a_deleted_message_keeps_its_reply_to(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("tea?")
        await next_event_of_all(hers, his)
        await hers.send(type="message.delete", seq=1)
        await next_event_of_all(hers, his)
        await his.post("what?", reply_to=1)
        assert (await next_event_of_all(hers, his))["reply_to"] == 1


# --- Kinds of message ---------------------------------------------------------------------------


async def test_an_action_has_its_kind_and_a_plain_form(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,), plain("lobby") as socket:
        action = await hers.say("waves", kind="action")
        assert (action["kind"], action["text"]) == ("action", "waves")
        assert await socket.receive_json_from() == {"message": "* Alice waves"}
        assert "kind" not in await hers.say("hello")


async def test_a_topic_is_a_message_and_part_of_later_hellos(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his), plain("lobby") as socket:
        await his.post("  Tea \n and cake ", kind="topic")
        topic = await next_event_of_all(hers, his)
        assert (topic["kind"], topic["text"]) == ("topic", "Tea and cake")
        assert await socket.receive_json_from() == {"message": "* Bob set the topic: Tea and cake"}
    async with joined("lobby") as later:
        hello, _ = await later.events()
        assert hello["room"] == {"id": str(lobby.uid), "name": "Lobby", "topic": "Tea and cake"}


async def test_a_topic_has_no_invisible_characters(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        typed = "\u202eTea\u200b \u3164Ca\u0310\u0353\u0301ke\u2069"
        assert (await hers.say(typed, kind="topic"))["text"] == "Tea Ca\u0310\u0353ke"
        assert (await hers.say("\u2800", kind="topic"))["text"] == ""


async def test_an_empty_topic_removes_the_topic(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("Tea", kind="topic")
        assert (await hers.say("", kind="topic"))["text"] == ""
    async with joined("lobby") as later:
        hello, *_ = await later.events()
        assert hello["room"] == {"id": str(lobby.uid), "name": "Lobby"}


async def test_a_topic_that_is_too_long_is_refused(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        id = await hers.post("x" * 251, kind="topic")
        error = await hers.event()
        assert (error["code"], error["id"]) == ("bad_text", id)
        assert (await hers.say("x" * 250, kind="topic"))["text"] == "x" * 250


async def test_a_topic_message_can_be_neither_edited_nor_deleted(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("Tea", kind="topic")
        for frame in ({"type": "message.edit", "text": "Cake"}, {"type": "message.delete"}):
            await hers.send(seq=1, **frame)
            assert (await hers.event())["code"] == "not_allowed"
    assert (await database.read(Room.objects.get)).topic == "Tea"


def told(lobby: Room, member: Member) -> Post:
    event = renamed("Alice", "Alina")
    text = event_text(event)
    return Post(lobby.pk, member.pk, uuid4(), text, kind=Kind.EVENT, event=event)


async def test_what_happened_arrives_in_order_live_and_after_resuming(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", bob) as (his,), plain("lobby") as socket:
        await his.say("before")
        await runtime.current().journal.append(told(lobby, alice))
        live = await his.event()
        await his.say("after")
        assert (live["seq"], live["kind"], live["event"]["to"]) == (2, "event", "Alina")
        frames = [(await socket.receive_json_from())["message"] for _ in range(3)]
        assert frames == ["before", "* Alice changed their name from Alice to Alina", "after"]
    async with joined("lobby", bob, query="?after=1") as again:
        events = [it for it in await again.events() if it["type"] == "message"]
        while len(events) < 2:
            events += await again.events()
        assert [it["seq"] for it in events] == [2, 3]
        assert events[0] == live


async def test_what_happened_can_be_neither_edited_nor_deleted_nor_said(
    lobby: Room, alice: Member
) -> None:
    async with connected("lobby", alice) as (hers,):
        await runtime.current().journal.append(told(lobby, alice))
        await hers.event()
        for frame in ({"type": "message.edit", "text": "Cake"}, {"type": "message.delete"}):
            await hers.send(seq=1, **frame)
            assert (await hers.event())["code"] == "not_allowed"
        await hers.post("is the owner now", kind="event")
        assert (await hers.event())["code"] == "bad_frame"


async def test_the_topic_with_the_greatest_version_is_the_rooms(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        for number in range(10):
            await (hers, his)[number % 2].post(str(number), kind="topic")
        events: list[dict[str, Any]] = []
        while len(events) < 10:
            events += await hers.events()
    assert (await database.read(Room.objects.get)).topic == events[-1]["text"]


async def test_an_edited_action_stays_an_action(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("waves", kind="action")
        await hers.send(type="message.edit", seq=1, text="smiles")
        edited = await hers.event()
        assert (edited["kind"], edited["text"]) == ("action", "smiles")


async def test_a_name_with_braces_reaches_a_plain_client_unchanged(
    lobby: Room, alice: Member
) -> None:
    await database.write(alice.rename, "{text} {0}")
    async with connected("lobby", alice) as (hers,), plain("lobby") as socket:
        await hers.say("{author}", kind="action")
        assert await socket.receive_json_from() == {"message": "* {text} {0} {author}"}


# --- Formatting and mentions --------------------------------------------------------------------


async def test_html_is_sent_only_if_it_differs_from_the_text(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        assert "html" not in await hers.say("plain & simple")
        assert "<strong>bold</strong>" in (await hers.say("**bold** & simple"))["html"]
        await hers.send(type="message.edit", seq=2, text="not any more")
        assert "html" not in await hers.event()


async def test_a_mention_finds_people_who_have_been_in_the_room(
    lobby: Room, alice: Member, bob: Member, carol: Member
) -> None:
    async with connected("lobby", bob):
        pass
    async with connected("lobby", alice) as (hers,):
        message = await hers.say("@bob and @Carol, tea?")
        assert message["mentions"] == [str(bob.uid)]
        assert "mentions" not in await hers.say("no bob@example.org")
    assert await rows(Mention, seq=1, member=bob) == await rows(Mention) == 1


async def test_a_mention_finds_the_person_who_is_here_among_namesakes_who_came_later(
    lobby: Room, alice: Member, bob: Member
) -> None:
    def visit() -> None:
        for _ in range(9):
            Subscription.objects.create(member=Member.objects.create(name="Alice"), room=lobby)

    async with connected("lobby", alice, bob) as (_, his):
        await database.write(visit)
        assert str(alice.uid) in (await his.say("hi @alice"))["mentions"]


async def test_a_mention_of_the_room_is_for_everybody(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        assert (await hers.say("@room tea!"))["mentions"] == ["room"]
    assert await rows(Mention, seq=1, member=None) == 1


async def test_an_edit_replaces_the_mentions(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("@Bob @room tea?")
        await next_event_of_all(hers, his)
        await hers.send(type="message.edit", seq=1, text="@Alice tea?")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(alice.uid)]
        await hers.send(type="message.edit", seq=1, text="tea?")
        assert "mentions" not in await next_event_of_all(hers, his)
    assert await rows(Mention) == 0


async def test_a_reply_mentions_the_author_it_answers(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("tea?")
        await next_event_of_all(hers, his)
        await his.post("milk, @Bob", reply_to=1)
        message = await next_event_of_all(hers, his)
        assert message["mentions"] == [str(bob.uid), str(alice.uid)]
        await his.send(type="message.edit", seq=2, text="milk")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(alice.uid)]
    assert await rows(Mention, seq=2, member=alice) == await rows(Mention) == 1


async def test_a_reply_to_oneself_mentions_nobody(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice) as (hers,):
        await hers.say("tea?")
        assert "mentions" not in await hers.say("tea!", reply_to=1)
    assert await rows(Mention) == 0


async def test_a_person_mentioned_twice_is_mentioned_once(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await hers.post("@Bob @bob @room @room")
        message = await next_event_of_all(hers, his)
        assert sorted(message["mentions"]) == sorted(["room", str(bob.uid)])
    assert await rows(Mention) == 2


async def test_a_renamed_person_is_mentioned_by_the_new_name_only(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with connected("lobby", alice, bob) as (hers, his):
        await database.write(bob.rename, "Robert")
        await hers.post("@Robert, not @Bob")
        assert (await next_event_of_all(hers, his))["mentions"] == [str(bob.uid)]


async def test_a_mention_is_refused_and_the_socket_stays_while_the_database_is_away(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("the database is away")

    async with connected("lobby", alice) as (hers,):
        monkeypatch.setattr("chat.journal.write.markup._members_named", away)
        id = await hers.post("@Alice tea?")
        error = await hers.event()
        assert (error["code"], error["id"]) == ("unavailable", id)
        monkeypatch.undo()
        assert (await hers.say("@Alice tea?"))["mentions"] == [str(alice.uid)]
