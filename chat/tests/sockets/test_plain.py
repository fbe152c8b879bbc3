"""The plain mode, on each channel layer."""

import asyncio
import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat.journal import database
from chat.models import Member, Room
from chat.protocol import Close
from chat.sockets import admission
from chat.tests.support.sockets import joined, plain

pytestmark = pytest.mark.usefixtures("layer")


async def test_a_plain_client_gets_no_edits(lobby: Room, alice: Member) -> None:
    async with joined("lobby", alice) as hers, plain("lobby") as socket:
        await hers.event()
        await hers.say("one")
        assert await socket.receive_json_from() == {"message": "one"}
        await hers.send(type="message.edit", seq=1, text="ONE")
        await hers.event()
        await hers.say("two")
        assert await socket.receive_json_from() == {"message": "two"}


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
