"""What people do with messages over `chat.v1`: edit, delete, set a topic."""

import json
from typing import Any
from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Post, database
from chat.models import Member, Mention, Message, Reaction, Revision, Room
from chat.models.event import event_text, renamed
from chat.models.message import Kind
from chat.tests.sockets.reacting import PARTY, person, react, rows
from chat.tests.support.sockets import Socket, connected, joined, next_event_of_all, plain


def author(member: Member) -> dict[str, str | bool]:
    return {**person(member), "guest": member.is_guest}


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
