"""What belongs to a connection is freed when it ends, by reference counts alone.

A reference cycle waits for the garbage collector: where many objects live, for thousands of
connections.
"""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

import chat
from chat import runtime
from chat.consumers import ChatConsumer
from chat.journal import Cursor, Feed, Post, PostCursor
from chat.journal.read.window import Window
from chat.live.best_effort import BestEffortSender
from chat.live.presence.room_presence import Subscriber
from chat.live.rates.actions import MESSAGE
from chat.live.sidebar import Sidebar
from chat.models import Member, Room
from chat.protocol import FRAME_MAX_BYTES, SUBPROTOCOL, Close
from chat.sockets import ChatV1Session, PlainSession
from chat.sockets.frame_limits import MALFORMED_IN_A_ROW
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.sockets import Socket

CONNECTIONS = 3  # each way
PER_CONNECTION = {
    ChatConsumer,
    ChatV1Session,
    PlainSession,
    Cursor,
    PostCursor,
    Window,
    BestEffortSender,
    Subscriber,
    Sidebar,
    Feed,
}
CHAT = str(Path(chat.__file__).parent)

pytestmark = pytest.mark.usefixtures("without_collector")


class Peer(asyncio.Queue[Any]):
    """What a server does with the frames of a socket: send them, fail, or wait."""

    error: type[Exception] | None = None
    is_stalled = False

    async def put(self, message: Any) -> None:
        if self.error:
            raise self.error
        if self.is_stalled:
            await asyncio.Event().wait()
        await super().put(message)


class Connection:
    """A socket that has posted once."""

    def __init__(self, member: Member, *protocols: str) -> None:
        self.member = member
        self.socket = Socket("lobby", member, protocols=protocols)
        self.socket._output_queue = self.peer = Peer()

    async def open(self) -> None:
        await self.socket.connect(timeout=TIMEOUT_SECONDS)
        if self.socket.scope["subprotocols"]:
            await self.socket.events()
            await self.socket.say("hello")
        else:
            await self.socket.send(message="hello")
            await self.socket.receive_from()

    async def server_sends(self) -> None:
        """Have the server push a message to the socket."""
        room = await Room.objects.aget()
        await runtime.current().journal.append(Post(room.pk, self.member.pk, uuid4(), "hi"))


async def assert_all_freed() -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while [it for it in gc.get_objects() if type(it) in PER_CONNECTION]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    assert [it for it in gc.garbage if is_of_chat(it)] == []


def is_of_chat(it: object) -> bool:
    """An object of Lobby's, or a coroutine or frame of its code; test runners leave cycles, too."""
    code = getattr(it, "cr_code", None) or getattr(it, "f_code", None)
    module = type(it).__module__ if code is None else code.co_filename
    return "chat/tests" not in module and module.startswith(("chat.", CHAT))


# --- how a connection ends ------------------------------------------------------------------------


async def disconnects(it: Connection) -> None:
    await it.socket.disconnect(timeout=TIMEOUT_SECONDS)


async def is_cancelled(it: Connection) -> None:
    it.socket.future.cancel()


async def sends_bad_frames(it: Connection) -> None:
    for _ in range(MALFORMED_IN_A_ROW):
        await it.socket.send_to(text_data="{")


async def sends_a_large_frame(it: Connection) -> None:
    await it.socket.send_to(text_data="x" * (FRAME_MAX_BYTES + 1))


async def is_gone_when_the_server_sends(it: Connection) -> None:
    it.peer.error = ConnectionResetError
    await it.server_sends()
    await it.socket.send_input({"type": "websocket.disconnect", "code": 1006})


async def stalls(it: Connection) -> None:
    it.peer.is_stalled = True
    await it.server_sends()
    await it.socket.send_input({"type": "websocket.disconnect", "code": 1006})


async def is_closed_after_an_error(it: Connection) -> None:
    it.peer.error = RuntimeError
    await it.server_sends()
    it.peer.error = None
    assert await it.socket.close_code() == Close.TRY_LATER
    await disconnects(it)


End = Callable[[Connection], Awaitable[None]]


async def open_and_end(end: End, member: Member, *protocols: str) -> None:
    connection = Connection(member, *protocols)
    await connection.open()
    await end(connection)
    await asyncio.wait([connection.socket.future])


@pytest.mark.parametrize("protocol", [SUBPROTOCOL, ""])
@pytest.mark.parametrize(
    "end",
    [
        disconnects,
        is_cancelled,
        sends_bad_frames,
        sends_a_large_frame,
        is_gone_when_the_server_sends,
        stalls,
        is_closed_after_an_error,
    ],
)
async def test_a_connection_is_freed_when_it(
    end: End, protocol: str, lobby: Room, alice: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "chat")  # pytest keeps logged errors, with their frames
    for _ in range(CONNECTIONS):
        await open_and_end(end, alice, *filter(None, [protocol]))
    await assert_all_freed()


async def asks_for_rooms(it: Connection) -> None:
    await it.socket.send(type="rooms")
    await it.socket.soft("rooms")


async def edits_what_is_not_there(it: Connection) -> None:
    await it.socket.send(type="message.edit", id="1", seq=99, text="hm")
    assert (await it.socket.event())["type"] == "error"


async def reacts(it: Connection) -> None:
    for emoji in ("👍", "🍰"):
        await it.socket.send(type="react", id=emoji, seq=1, emoji=emoji, on=True)


async def posts_too_fast(it: Connection) -> None:
    for _ in range(2):
        await it.socket.post("again")
    events = [await it.socket.event() for _ in range(2)]
    assert "error" in {event["type"] for event in events}


@pytest.mark.parametrize("does", [asks_for_rooms, edits_what_is_not_there, reacts, posts_too_fast])
async def test_a_connection_is_freed_whose_client(
    does: End, lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.RATES = {MESSAGE: ((2, 60), None)}

    async def does_it_and_leaves(it: Connection) -> None:
        await does(it)
        await disconnects(it)

    await open_and_end(does_it_and_leaves, alice, SUBPROTOCOL)
    await assert_all_freed()


async def test_a_client_that_owes_acknowledgements_is_freed_once_it_is_closed(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.read.window.ACK_CHANGES", 1)
    monkeypatch.setattr("chat.sockets.chat_v1.ACK_SECONDS", 0.01)

    async def is_closed(it: Connection) -> None:
        assert await it.socket.close_code() == Close.TRY_LATER
        await disconnects(it)

    await open_and_end(is_closed, alice, SUBPROTOCOL)
    await assert_all_freed()
