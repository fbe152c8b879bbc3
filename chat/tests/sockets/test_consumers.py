"""Messages over WebSockets, on each channel layer: posting, resuming, editing, flow control."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from django.db import OperationalError
from pytest_django.fixtures import Settings

from chat.journal import Post, database
from chat.journal.write import appender
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room
from chat.protocol import Close
from chat.tests.support.sockets import Socket, connected, joined, plain

pytestmark = pytest.mark.usefixtures("layer")


async def test_hello_is_sent_first(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        assert await socket.event() == {
            "type": "hello",
            "room": {"id": str(lobby.uid), "name": "Lobby"},
            "you": {"id": str(alice.uid), "name": "Alice", "guest": True},
            "version": 0,
            "resumed": False,
            "epoch": str(lobby.epoch),
        }


async def test_a_message_reaches_everybody_in_its_room_and_nobody_in_another(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with (
        joined("lobby", alice) as hers,
        joined("LOBBY", bob) as his,
        joined("elsewhere") as carols,
    ):
        for socket in (hers, his, carols):
            await socket.event()
        id = await hers.post("  hello\n")
        seen = await his.event()
        assert seen.pop("sent_at")
        assert seen == {
            "type": "message",
            "seq": 1,
            "version": 1,
            "id": id,
            "author": {"id": str(alice.uid), "name": "Alice", "guest": True},
            "text": "hello",
            "edited_at": None,
            "deleted": False,
            "reply_to": None,
            "reactions": [],
        }
        assert (await hers.event())["id"] == id
        assert await carols.receive_nothing()


@pytest.mark.parametrize("layer", ["memory"], indirect=True)
async def test_sockets_of_a_room_share_one_channel(lobby: Room, alice: Member, bob: Member) -> None:
    async with connected("lobby", alice, bob):
        assert len(get_channel_layer().groups[lobby.group]) == 1


async def test_a_message_is_stored_before_it_is_sent(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        message = await socket.say("hello")
        stored = await database.read(Message.objects.get, client_id=message["id"])
        assert (stored.text, stored.seq, stored.room_id) == ("hello", 1, lobby.pk)


async def test_the_first_socket_creates_the_room(lobby: Room) -> None:
    async with joined("Fünf Bäume") as socket:
        assert (await socket.event())["room"]["name"] == "Fünf Bäume"
    assert await database.read(Room.objects.filter(key="fünf bäume").exists)


async def test_a_new_client_gets_the_latest_fifty_messages(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        for number in range(1, 61):
            await socket.say(str(number))
    async with joined("lobby") as socket:
        hello, *page = await socket.events()
        assert (hello["version"], hello["resumed"]) == (60, False)
        assert [message["text"] for message in page] == [str(n) for n in range(11, 61)]


async def test_bob_resumes_where_the_train_tunnel_cut_him_off(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with joined("lobby", alice) as hers:
        await hers.event()
        for number in range(1, 6):
            await hers.say(str(number))
        async with joined("lobby", bob, query="?after=2") as his:
            assert (await his.event())["resumed"] is True
            assert [message["text"] for message in await his.events()] == ["3", "4", "5"]
            await hers.say("6")
            assert (await his.event())["text"] == "6"


async def test_a_client_too_far_behind_starts_with_the_latest_page(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.sockets.chat_v1.RESUME_CHANGES", 5)
    async with joined("lobby", alice) as hers:
        await hers.event()
        for number in range(1, 9):
            await hers.say(str(number))
    async with joined("lobby", query="?after=3") as socket:
        assert (await socket.event())["resumed"] is True
    async with joined("lobby", query="?after=2") as socket:
        hello, *page = await socket.events()
        assert hello["resumed"] is False
        assert len(page) == 8


async def test_a_client_that_is_ahead_of_this_process_resumes(lobby: Room, alice: Member) -> None:
    """It comes from a process whose nudges have not arrived yet."""
    async with joined("lobby") as other:
        await other.event()
        posts = [Post(lobby.pk, alice.pk, uuid4(), str(number)) for number in range(5)]
        await database.write(commit, posts)
        async with joined("lobby", query="?after=4") as bob:
            hello = await bob.event()
            assert (hello["resumed"], hello["version"]) == (True, 5)
            assert (await bob.event())["text"] == "4"


async def test_a_cursor_beyond_the_head_starts_with_the_latest_page(lobby: Room) -> None:
    async with joined("lobby", query="?after=7") as socket:
        assert (await socket.event())["resumed"] is False


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "٣", "9" * 30])
async def test_a_cursor_that_is_no_number_closes_the_socket(lobby: Room, after: str) -> None:
    socket = Socket("lobby", query=f"?after={after}&x")
    await socket.connect()
    if after:
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


async def test_a_resend_is_confirmed_and_posts_nothing_new(
    lobby: Room, alice: Member, bob: Member
) -> None:
    id = uuid4()
    async with joined("lobby", alice) as hers, joined("lobby", bob) as his:
        await hers.event()
        await his.event()
        first = await hers.say("hello", id)
        assert await hers.say("hello", id) == first
        assert await his.event() == first
        assert await his.receive_nothing()
    async with joined("lobby", alice, query="?after=1") as again:
        await again.event()
        assert await again.say("hello", id) == first
    assert await database.read(Message.objects.count) == 1


async def test_a_message_that_was_refused_but_stored_is_sent_once(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database may commit, and fail before it confirms."""
    id = uuid4()
    async with connected("lobby", alice, bob) as (hers, his):
        with unconfirmed_commits(monkeypatch):
            assert (await hers.say("hello", id))["code"] == "unavailable"
        await his.post("hi")
        assert [it["text"] for it in await hers.events()] == ["hello", "hi"]
        await hers.post("hello", id)  # sent before the client received the message
        assert (await hers.say("bye"))["text"] == "bye"
        assert (await hers.say("hello", id))["text"] == "hello"


async def test_a_resend_announces_a_message_that_was_stored_but_not_announced(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 3600
    id = uuid4()
    async with connected("lobby", alice) as (hers,):
        with unconfirmed_commits(monkeypatch):
            assert (await hers.say("hello", id))["code"] == "unavailable"
        assert (await hers.say("hello", id))["text"] == "hello"


@contextmanager
def unconfirmed_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database commits, and fails before it confirms."""

    def commit_and_fail(changes: list[Post]) -> None:
        commit_together(changes)
        raise OperationalError("server closed the connection unexpectedly")

    commit_together = appender._commit_together
    with monkeypatch.context() as patch:
        patch.setattr(appender, "_commit_together", commit_and_fail)
        yield


async def test_a_resend_of_a_message_on_the_first_page_is_confirmed_by_that_page(
    lobby: Room, alice: Member
) -> None:
    old, new = uuid4(), uuid4()
    await database.write(commit, [Post(lobby.pk, alice.pk, old, "old")])
    await database.write(commit, [Post(lobby.pk, alice.pk, uuid4(), "x") for _ in range(49)])
    await database.write(commit, [Post(lobby.pk, alice.pk, new, "new")])
    async with joined("lobby", alice) as socket:
        await socket.post("new", new)
        page = await socket.events()
        assert [it["text"] for it in (page[1], page[-1])] == ["x", "new"]
        assert (await socket.say("old", old))["text"] == "old"  # not on the first page


async def test_an_id_used_in_another_room_is_refused(lobby: Room, alice: Member) -> None:
    id = uuid4()
    async with joined("lobby", alice) as here, joined("elsewhere", alice) as there:
        await here.event()
        await there.event()
        await here.say("hello", id)
        assert (await there.say("hello", id))["code"] == "id_taken"


async def test_a_reply_names_the_message_it_answers(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await socket.say("tea?")
        assert (await socket.say("yes", reply_to=1))["reply_to"] == 1
        refused = await socket.say("what?", reply_to=9)
        assert (refused["type"], refused["code"]) == ("error", "no_such_message")


async def test_a_guest_is_stored_with_the_first_message(lobby: Room) -> None:
    async with joined("lobby") as socket:
        hello = await socket.event()
        assert not await database.read(Member.objects.exists)
        message = await socket.say("hello")
        assert message["author"] == hello["you"]
    member = await database.read(Member.objects.get)
    assert str(member.uid) == hello["you"]["id"]


async def test_a_new_name_is_on_the_next_message(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await database.write(alice.rename, "Alicia")
        assert (await socket.say("hello"))["author"]["name"] == "Alicia"


# --- Editing and deleting -----------------------------------------------------------------------


async def test_an_edit_keeps_the_seq_and_reaches_everybody(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with joined("lobby", alice) as hers, joined("lobby", bob) as his:
        await hers.event()
        await his.event()
        for text in ("helo", "bye"):
            await hers.say(text)
            await his.event()
        await hers.send(type="message.edit", seq=1, text="hello")
        edited = await his.event()
        assert (edited["seq"], edited["version"], edited["text"]) == (1, 3, "hello")
        assert edited["edited_at"]
        assert await hers.event() == edited


async def test_a_deletion_leaves_a_tombstone_without_the_text(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await socket.say("secret")
        await socket.send(type="message.delete", seq=1)
        tombstone = await socket.event()
        assert (tombstone["deleted"], tombstone["text"], tombstone["version"]) == (True, "", 2)
        await socket.send(type="message.delete", seq=1)
        assert await socket.receive_nothing()
        await socket.send(type="message.edit", seq=1, text="again")
        assert (await socket.event())["code"] == "deleted"
    assert not await database.read(Message.objects.filter(text="secret").exists)


async def test_only_its_author_changes_a_message(lobby: Room, alice: Member, bob: Member) -> None:
    async with joined("lobby", alice) as hers, joined("lobby", bob) as his:
        await hers.event()
        await his.event()
        await hers.say("mine")
        await his.event()
        for frame in ({"type": "message.edit", "text": "x"}, {"type": "message.delete"}):
            await his.send(seq=1, **frame)
            assert (await his.event())["code"] == "not_allowed"
            await his.send(seq=9, **frame)
            assert (await his.event())["code"] == "no_such_message"
        assert await hers.receive_nothing()


async def test_a_resuming_client_gets_the_current_state_of_changed_messages(
    lobby: Room, alice: Member
) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        for text in ("one", "two", "three"):
            await socket.say(text)
        await socket.send(type="message.edit", seq=1, text="ONE")
        await socket.event()
        await socket.send(type="message.delete", seq=2)
        await socket.event()
    async with joined("lobby", query="?after=2") as later:
        await later.event()
        states = [(it["seq"], it["version"], it["text"]) for it in await later.events()]
        assert states == [(3, 3, "three"), (1, 4, "ONE"), (2, 5, "")]


# --- Flow control -------------------------------------------------------------------------------


async def test_a_client_that_acknowledges_nothing_gets_one_window_of_changes(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.WINDOW_CHANGES", 3)
    async with joined("lobby", bob) as his, plain("lobby", alice) as hers:
        await his.event()
        for number in range(1, 6):
            await hers.send(message=str(number))
            await hers.receive_from()
        got = [await his.event() for _ in range(3)]
        assert [event["text"] for event in got] == ["1", "2", "3"]
        assert await his.receive_nothing()
        await his.send(type="ack", version=got[-1]["version"])
        assert [event["text"] for event in await his.events()] == ["4", "5"]


async def test_a_client_that_owes_an_acknowledgement_for_too_long_is_closed(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.sockets.chat_v1.ACK_SECONDS", 0.2)
    async with joined("lobby", bob) as his, plain("lobby", alice) as hers:
        await his.event()
        for text in ("one", "two"):
            await hers.send(message=text)
            assert (await his.event())["text"] == text
        assert await his.close_code() == Close.TRY_LATER


async def test_an_acknowledgement_may_be_the_first_frame(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.send(type="ack", version=99)
        await socket.event()
        assert (await socket.say("hello"))["text"] == "hello"


async def test_a_first_page_of_long_messages_is_a_frame_of_bounded_size(
    lobby: Room, alice: Member
) -> None:
    async with plain("lobby", alice) as hers:
        for _ in range(45):
            await hers.send(message="🦊" * 8_000)
            await hers.receive_from()
    async with joined("lobby") as socket:
        frame = await socket.receive_from()
        assert len(frame.encode()) < 300 * 1024
        assert len(json.loads(frame)) > 5


async def test_a_client_that_does_not_acknowledge_a_large_first_page_is_closed(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.sockets.chat_v1.ACK_SECONDS", 0.2)
    async with plain("lobby", alice) as hers:
        for text in ("one", "two"):
            await hers.send(message=text)
            await hers.receive_from()
    async with joined("lobby") as socket:
        await socket.events()
        assert await socket.close_code() == Close.TRY_LATER


async def test_a_client_that_acknowledges_is_not_closed(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.sockets.chat_v1.ACK_SECONDS", 3)
    async with joined("lobby", bob) as his, plain("lobby", alice) as hers:
        await his.event()
        for text in ("one", "two", "three", "four"):
            await hers.send(message=text)
            await his.send(type="ack", version=(await his.event())["version"])
        assert await his.receive_nothing(timeout=3.5)
