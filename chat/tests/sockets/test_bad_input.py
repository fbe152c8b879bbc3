"""What is refused of a client, on each channel layer."""

from typing import Any
from uuid import uuid4

import pytest

from chat.journal import database
from chat.models import Member, Room
from chat.protocol import Close
from chat.tests.support.sockets import Socket, joined

pytestmark = pytest.mark.usefixtures("layer")


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
