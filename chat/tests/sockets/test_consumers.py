"""WebSocket consumers, on each channel layer: messages, bad input, flow control, plain mode."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
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
from chat.sockets import admission
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


# --- Editing and deleting ----------------------------------------------------------------------


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


async def test_a_plain_client_gets_no_edits(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as hers, plain("lobby") as socket:
        await hers.event()
        await hers.say("one")
        assert await socket.receive_json_from() == {"message": "one"}
        await hers.send(type="message.edit", seq=1, text="ONE")
        await hers.event()
        await hers.say("two")
        assert await socket.receive_json_from() == {"message": "two"}


# --- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "x" * 8_001, "a\0b"])
async def test_a_bad_text_is_refused_with_the_id_of_its_frame(lobby: Room, text: str) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        id = await socket.post(text)
        error = await socket.event()
        assert (error["type"], error["code"], error["id"]) == ("error", "bad_text", id)
        assert (await socket.say("hello"))["text"] == "hello"


async def test_a_malformed_frame_gets_an_error_and_ten_in_a_row_close_the_socket(
    lobby: Room,
) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        for _ in range(9):
            await socket.send_to(text_data="{")
            assert (await socket.event())["code"] == "bad_json"
        await socket.say("one good frame resets the count")
        for _ in range(10):
            await socket.send_to(bytes_data=b"\xff")
            assert (await socket.event())["code"] == "binary"
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


async def test_a_frame_above_64_kib_closes_the_socket(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        await socket.send_to(text_data=" " * 65_537)
        assert await socket.close_code() == Close.TOO_LARGE


@pytest.mark.parametrize("name", ["%FF", "%0A", "a%0Ab", "🎉", "x" * 65, "%20", ".."])
async def test_a_socket_to_an_invalid_room_name_is_closed(lobby: Room, name: str) -> None:
    socket = Socket("", path=f"/ws/chat/{name}/")
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NO_SUCH_ROOM


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/chat/", "/ws/chat/a/b/", "/ws/chat/lobby"])
async def test_a_socket_to_an_unknown_path_is_closed(lobby: Room, path: str) -> None:
    socket = Socket("", path=path)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NO_SUCH_ROOM


async def test_a_socket_with_an_unknown_subprotocol_is_closed(lobby: Room) -> None:
    socket = Socket("lobby", protocols=("chat.v9",))
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


@pytest.mark.parametrize(
    "origin", [b"http://[", b"http://a:b", b"null", b"", b"https://evil.example"]
)
async def test_a_socket_from_a_page_of_another_site_is_refused(lobby: Room, origin: bytes) -> None:
    socket = Socket("lobby", headers=((b"origin", origin),))
    assert (await socket.connect())[0] is False


async def test_a_socket_from_our_own_page_is_accepted(lobby: Room) -> None:
    async with joined("lobby", headers=((b"origin", b"http://localhost:8000"),)) as socket:
        assert (await socket.event())["type"] == "hello"


async def test_a_forged_cookie_is_a_new_guest(lobby: Room, alice: Member) -> None:
    forged = (b"cookie", f"lobby_guest={alice.uid}:1a:forged".encode())
    async with joined("lobby", headers=(forged,)) as socket:
        assert (await socket.event())["you"]["id"] != str(alice.uid)


async def test_a_deactivated_account_is_not_admitted(
    lobby: Room, alice: Member, django_user_model: type
) -> None:
    user = await database.write(
        django_user_model.objects.create,  # type: ignore[attr-defined]
        username="alice",
        is_active=False,
    )
    alice.user = user
    await database.write(alice.save)
    socket = Socket("lobby", alice)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_ALLOWED


async def test_the_open_socket_of_an_account_that_is_deactivated_changes_nothing_more(
    lobby: Room, alice: Member, bob: Member, django_user_model: type
) -> None:
    def deactivate() -> None:
        user = django_user_model.objects.create(  # type: ignore[attr-defined]
            username="alice", is_active=False
        )
        Member.objects.filter(pk=alice.pk).update(user=user)

    frames: list[dict[str, Any]] = [
        {"type": "message.send", "id": str(uuid4()), "text": "hi"},
        {"type": "message.send", "id": str(uuid4()), "text": "Tea", "kind": "topic"},
        {"type": "message.edit", "id": "e", "seq": 1, "text": "edited"},
        {"type": "message.react", "id": "r", "seq": 1, "emoji": "🎉"},
        {"type": "message.delete", "id": "d", "seq": 1},
    ]
    async with joined("lobby", alice) as hers, joined("lobby", bob) as his:
        await hers.event()
        await his.event()
        await hers.say("hello")
        assert (await his.event())["text"] == "hello"
        await database.write(deactivate)
        for frame in frames:
            await hers.send(**frame)
            error = await hers.event()
            assert (error["type"], error["code"], error["id"]) == (
                "error",
                "not_allowed",
                frame["id"],
            )
        assert (await his.say("still here"))["version"] == 2


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


# --- Plain mode ---------------------------------------------------------------------------------


async def test_a_plain_client_gets_the_messages_posted_while_it_is_connected(
    lobby: Room, alice: Member
) -> None:
    async with joined("lobby", alice) as hers:
        await hers.event()
        await hers.say("before")
        async with plain("lobby") as socket:
            await hers.say("hello")
            assert await socket.receive_from() == json.dumps({"message": "hello"})
            assert await socket.receive_nothing()


async def test_a_plain_client_misses_no_message_after_it_is_accepted(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = admission.admit

    async def admit_slowly(*args: Any) -> admission.Admission:
        await asyncio.sleep(0.2)
        return await admit(*args)

    async with joined("lobby", alice) as hers:
        await hers.event()
        monkeypatch.setattr("chat.consumers.admit", admit_slowly)
        async with plain("lobby") as socket:
            await hers.say("hello")
            assert await socket.receive_json_from() == {"message": "hello"}


async def test_a_plain_client_without_a_cookie_is_a_new_guest(lobby: Room) -> None:
    async with plain("lobby") as one, plain("lobby") as other:
        await one.send(message="hi")
        assert await one.receive_json_from() == {"message": "hi"}
        assert await other.receive_json_from() == {"message": "hi"}
        await other.send(message="ho")
        assert await one.receive_json_from() == {"message": "ho"}
    assert await database.read(Member.objects.count) == 2


async def test_a_plain_client_gets_no_errors_and_ten_malformed_frames_close_it(lobby: Room) -> None:
    async with plain("lobby") as socket:
        for text in ("", "hi", "[]", '{"message": 5}', '{"message": "  "}'):
            await socket.send_input({"type": "websocket.receive", "text": text})
        assert await socket.receive_nothing()
        await socket.send(message="hi")
        assert await socket.receive_json_from() == {"message": "hi"}
        for _ in range(10):
            await socket.send_to(text_data="{")
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


def test_handlers_are_dispatched_without_the_orms_thread(settings: Settings) -> None:
    """Channels' own dispatch waits for one global thread before every handler."""
    from channels.consumer import AsyncConsumer

    from chat.consumers import ChatConsumer

    assert ChatConsumer.dispatch is not AsyncConsumer.dispatch
    assert "aclose_old_connections" in AsyncConsumer.dispatch.__code__.co_names
    assert "aclose_old_connections" not in ChatConsumer.dispatch.__code__.co_names
