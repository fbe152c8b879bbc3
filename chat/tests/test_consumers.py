"""What is said on a socket, on each channel layer."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from chat import entrance
from chat.journal import Post, appender, threads
from chat.journal.appender import commit
from chat.models import Member, Message, Room
from chat.protocol import Close
from chat.tests.support.people import people
from chat.tests.support.sockets import Socket, joined, plain

pytestmark = pytest.mark.usefixtures("layer")


async def test_alice_is_greeted(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        assert await socket.event() == {
            "type": "hello",
            "room": {"name": "Lobby"},
            "you": {"id": str(alice.uid), "name": "Alice"},
            "version": 0,
            "resumed": False,
        }


async def test_bob_sees_what_alice_says_and_carol_elsewhere_does_not(
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
            "author": {"id": str(alice.uid), "name": "Alice"},
            "text": "hello",
            "edited_at": None,
            "deleted": False,
            "reply_to": None,
            "reactions": [],
        }
        assert (await hers.event())["id"] == id
        assert await carols.receive_nothing()


async def test_a_message_is_on_disk_before_anyone_sees_it(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        message = await socket.say("hello")
        stored = await threads.read(Message.objects.get, client_id=message["id"])
        assert (stored.text, stored.seq, stored.room_id) == ("hello", 1, lobby.pk)


async def test_a_room_is_made_by_its_first_socket(lobby: Room) -> None:
    async with joined("Fünf Bäume") as socket:
        assert (await socket.event())["room"] == {"name": "Fünf Bäume"}
    assert await threads.read(Room.objects.filter(key="fünf bäume").exists)


async def test_a_new_arrival_sees_the_latest_fifty(lobby: Room, alice: Member) -> None:
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


async def test_who_missed_too_much_starts_with_the_latest_page(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.dialects.chat_v1.RESUME_CHANGES", 5)
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


async def test_who_has_seen_more_than_this_process_is_not_thrown_back(
    lobby: Room, alice: Member
) -> None:
    """It comes from a process whose nudges have not arrived here."""
    async with joined("lobby") as somebody:
        await somebody.event()
        posts = [Post(lobby.pk, alice.pk, uuid4(), str(number)) for number in range(5)]
        await threads.write(commit, posts)
        async with joined("lobby", query="?after=4") as bob:
            hello = await bob.event()
            assert (hello["resumed"], hello["version"]) == (True, 5)
            assert (await bob.event())["text"] == "4"


async def test_a_cursor_from_another_journal_starts_with_the_latest_page(lobby: Room) -> None:
    async with joined("lobby", query="?after=7") as socket:
        assert (await socket.event())["resumed"] is False


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "٣", "9" * 30])
async def test_a_cursor_that_is_no_number_closes(lobby: Room, after: str) -> None:
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
    assert await threads.read(Message.objects.count) == 1


async def test_what_was_refused_and_stands_all_the_same_comes_once(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database may commit, and be gone before it says so."""
    id = uuid4()
    async with people("lobby", alice, bob) as (hers, his):
        with commits_in_silence(monkeypatch):
            assert (await hers.say("hello", id))["code"] == "unavailable"
        await his.post("hi")
        assert [it["text"] for it in await hers.events()] == ["hello", "hi"]
        await hers.post("hello", id)  # it was under way when the message came
        assert (await hers.say("bye"))["text"] == "bye"
        assert (await hers.say("hello", id))["text"] == "hello"


async def test_a_resend_tells_of_what_nobody_was_told(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 3600
    id = uuid4()
    async with people("lobby", alice) as (hers,):
        with commits_in_silence(monkeypatch):
            assert (await hers.say("hello", id))["code"] == "unavailable"
        assert (await hers.say("hello", id))["text"] == "hello"


@contextmanager
def commits_in_silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is stored, the database has no time to confirm."""

    def commit_and_end(changes: list[Post]) -> None:
        together(changes)
        raise OperationalError("server closed the connection unexpectedly")

    together = appender._commit_together
    with monkeypatch.context() as patch:
        patch.setattr(appender, "_commit_together", commit_and_end)
        yield


async def test_a_resend_of_what_is_on_the_first_page_is_answered_by_the_page(
    lobby: Room, alice: Member
) -> None:
    old, new = uuid4(), uuid4()
    await threads.write(commit, [Post(lobby.pk, alice.pk, old, "old")])
    await threads.write(commit, [Post(lobby.pk, alice.pk, uuid4(), "x") for _ in range(49)])
    await threads.write(commit, [Post(lobby.pk, alice.pk, new, "new")])
    async with joined("lobby", alice) as socket:
        await socket.post("new", new)
        page = await socket.events()
        assert [it["text"] for it in (page[1], page[-1])] == ["x", "new"]
        assert (await socket.say("old", old))["text"] == "old"  # which no page has shown


async def test_an_id_used_in_another_room_is_refused(lobby: Room, alice: Member) -> None:
    id = uuid4()
    async with joined("lobby", alice) as here, joined("elsewhere", alice) as there:
        await here.event()
        await there.event()
        await here.say("hello", id)
        assert (await there.say("hello", id))["code"] == "id_taken"


async def test_a_reply_names_what_it_answers(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await socket.say("tea?")
        assert (await socket.say("yes", reply_to=1))["reply_to"] == 1
        refused = await socket.say("what?", reply_to=9)
        assert (refused["type"], refused["code"]) == ("error", "no_such_message")


async def test_the_one_who_stays_quiet_is_not_stored(lobby: Room) -> None:
    async with joined("lobby") as socket:
        hello = await socket.event()
        assert not await threads.read(Member.objects.exists)
        message = await socket.say("hello")
        assert message["author"] == hello["you"]
    member = await threads.read(Member.objects.get)
    assert str(member.uid) == hello["you"]["id"]


async def test_a_new_name_is_on_the_next_message(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await threads.write(alice.rename, "Alicia")
        assert (await socket.say("hello"))["author"]["name"] == "Alicia"


# --- Editing and deleting ----------------------------------------------------------------------


async def test_an_edit_keeps_the_place_and_reaches_everybody(
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
    assert not await threads.read(Message.objects.filter(text="secret").exists)


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


async def test_who_was_away_sees_the_state_as_it_is_now(lobby: Room, alice: Member) -> None:
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


async def test_a_plain_client_hears_no_edits(lobby: Room, alice: Member) -> None:
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
async def test_a_text_that_is_no_message_is_refused_by_its_id(lobby: Room, text: str) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        id = await socket.post(text)
        error = await socket.event()
        assert (error["type"], error["code"], error["id"]) == ("error", "bad_text", id)
        assert (await socket.say("hello"))["text"] == "hello"


async def test_a_bad_frame_is_answered_and_bad_frames_in_a_row_close(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        for _ in range(9):
            await socket.send_to(text_data="{")
            assert (await socket.event())["code"] == "bad_json"
        await socket.say("one good frame forgives them")
        for _ in range(10):
            await socket.send_to(bytes_data=b"\xff")
            assert (await socket.event())["code"] == "binary"
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


async def test_a_frame_beyond_64_kib_closes(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.event()
        await socket.send_to(text_data=" " * 65_537)
        assert await socket.close_code() == Close.TOO_LARGE


@pytest.mark.parametrize("name", ["%FF", "%0A", "a%0Ab", "🎉", "x" * 65, "%20", ".."])
async def test_a_socket_to_what_is_no_room_name_closes(lobby: Room, name: str) -> None:
    socket = Socket("", path=f"/ws/chat/{name}/")
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NO_SUCH_ROOM


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/chat/", "/ws/chat/a/b/", "/ws/chat/lobby"])
async def test_a_socket_to_an_unknown_path_closes(lobby: Room, path: str) -> None:
    socket = Socket("", path=path)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NO_SUCH_ROOM


async def test_a_subprotocol_we_do_not_speak_closes(lobby: Room) -> None:
    socket = Socket("lobby", protocols=("chat.v9",))
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


@pytest.mark.parametrize(
    "origin", [b"http://[", b"http://a:b", b"null", b"", b"https://evil.example"]
)
async def test_another_sites_page_is_refused(lobby: Room, origin: bytes) -> None:
    socket = Socket("lobby", headers=((b"origin", origin),))
    assert (await socket.connect())[0] is False


async def test_our_own_page_is_let_in(lobby: Room) -> None:
    async with joined("lobby", headers=((b"origin", b"http://localhost:8000"),)) as socket:
        assert (await socket.event())["type"] == "hello"


async def test_a_forged_cookie_is_a_new_guest(lobby: Room, alice: Member) -> None:
    forged = (b"cookie", f"lobby_guest={alice.uid}:1a:forged".encode())
    async with joined("lobby", headers=(forged,)) as socket:
        assert (await socket.event())["you"]["id"] != str(alice.uid)


async def test_a_deactivated_account_is_not_let_in(
    lobby: Room, alice: Member, django_user_model: type
) -> None:
    user = await threads.write(
        django_user_model.objects.create,  # type: ignore[attr-defined]
        username="alice",
        is_active=False,
    )
    alice.user = user
    await threads.write(alice.save)
    socket = Socket("lobby", alice)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_ALLOWED


# --- Flow control -------------------------------------------------------------------------------


async def test_who_acknowledges_nothing_is_sent_a_window_and_then_no_more(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.WINDOW_CHANGES", 3)
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


async def test_who_owes_an_acknowledgement_for_too_long_is_closed(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.dialects.chat_v1.ACK_SECONDS", 0.2)
    async with joined("lobby", bob) as his, plain("lobby", alice) as hers:
        await his.event()
        for text in ("one", "two"):
            await hers.send(message=text)
            assert (await his.event())["text"] == text
        assert await his.close_code() == Close.TRY_LATER


async def test_an_acknowledgement_may_come_before_anything_else(lobby: Room) -> None:
    async with joined("lobby") as socket:
        await socket.send(type="ack", version=99)
        await socket.event()
        assert (await socket.say("hello"))["text"] == "hello"


async def test_a_first_page_fits_a_frame_whatever_was_said(lobby: Room, alice: Member) -> None:
    async with plain("lobby", alice) as hers:
        for _ in range(45):
            await hers.send(message="🦊" * 8_000)
            await hers.receive_from()
    async with joined("lobby") as socket:
        frame = await socket.receive_from()
        assert len(frame.encode()) < 300 * 1024
        assert len(json.loads(frame)) > 5


async def test_who_never_acknowledges_a_large_first_page_is_closed(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.dialects.chat_v1.ACK_SECONDS", 0.2)
    async with plain("lobby", alice) as hers:
        for text in ("one", "two"):
            await hers.send(message=text)
            await hers.receive_from()
    async with joined("lobby") as socket:
        await socket.events()
        assert await socket.close_code() == Close.TRY_LATER


async def test_who_acknowledges_stays(
    lobby: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.cursor.ACK_CHANGES", 2)
    monkeypatch.setattr("chat.dialects.chat_v1.ACK_SECONDS", 3)
    async with joined("lobby", bob) as his, plain("lobby", alice) as hers:
        await his.event()
        for text in ("one", "two", "three", "four"):
            await hers.send(message=text)
            await his.send(type="ack", version=(await his.event())["version"])
        assert await his.receive_nothing(timeout=3.5)


# --- Plain mode ---------------------------------------------------------------------------------


async def test_a_plain_client_hears_what_is_said_while_it_is_there(
    lobby: Room, alice: Member
) -> None:
    async with joined("lobby", alice) as hers:
        await hers.event()
        await hers.say("before")
        async with plain("lobby") as socket:
            await hers.say("hello")
            assert await socket.receive_from() == json.dumps({"message": "hello"})
            assert await socket.receive_nothing()


async def test_a_plain_client_that_is_let_in_misses_nothing_from_then_on(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = entrance.enter

    async def enter_slowly(*who: Any) -> entrance.Arrival:
        await asyncio.sleep(0.2)
        return await enter(*who)

    async with joined("lobby", alice) as hers:
        await hers.event()
        monkeypatch.setattr(entrance, "enter", enter_slowly)
        async with plain("lobby") as socket:
            await hers.say("hello")
            assert await socket.receive_json_from() == {"message": "hello"}


async def test_a_plain_client_without_a_cookie_is_a_guest_of_its_own(lobby: Room) -> None:
    async with plain("lobby") as one, plain("lobby") as other:
        await one.send(message="hi")
        assert await one.receive_json_from() == {"message": "hi"}
        assert await other.receive_json_from() == {"message": "hi"}
        await other.send(message="ho")
        assert await one.receive_json_from() == {"message": "ho"}
    assert await threads.read(Member.objects.count) == 2


async def test_a_plain_client_is_never_told_of_its_mistakes_until_it_goes_on(lobby: Room) -> None:
    async with plain("lobby") as socket:
        for text in ("", "hi", "[]", '{"message": 5}', '{"message": "  "}'):
            await socket.send_input({"type": "websocket.receive", "text": text})
        assert await socket.receive_nothing()
        await socket.send(message="hi")
        assert await socket.receive_json_from() == {"message": "hi"}
        for _ in range(10):
            await socket.send_to(text_data="{")
        assert await socket.close_code() == Close.NOT_THIS_PROTOCOL


def test_the_handlers_do_not_go_through_the_threads_of_the_orm(settings: Settings) -> None:
    """Channels' own dispatch hops to one global thread before every handler."""
    from channels.consumer import AsyncConsumer

    from chat.consumers import ChatConsumer

    assert ChatConsumer.dispatch is not AsyncConsumer.dispatch
    assert "aclose_old_connections" in AsyncConsumer.dispatch.__code__.co_names
    assert "aclose_old_connections" not in ChatConsumer.dispatch.__code__.co_names
