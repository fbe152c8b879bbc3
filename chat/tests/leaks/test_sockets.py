"""Sockets: who is not in a room learns nothing by connecting, nor by any frame elsewhere.

A new route and a new frame each need a line here.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, get_args
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.identity import Credentials
from chat.journal import Markup, Post, database
from chat.live.visits import Visit, find
from chat.models import Member, Room, RoomName, parse_address
from chat.protocol.frames import Frame
from chat.routing import websocket_urlpatterns
from chat.tests.leaks.conftest import People, new_people, session_of
from chat.tests.leaks.targets import NAME, TEXT, TOPIC, Target, new_den, new_direct, nowhere
from chat.tests.leaks.test_pages import without_values
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.private_rooms import append
from chat.tests.support.sockets import Socket, joined

ROUTES = {
    r"^ws/chat/(?P<room>[^/]*)/\Z": ["/ws/chat/{room}/"],
    "": ["/ws/{room}/", "/ws/chat/{room}", "/ws/chat/{room}/messages/"],
}
QUERIES = ["", "?after=0", "?after=5", "?after=99999", "?after=-1", "?changes=1"]
PROTOCOLS: list[tuple[str, ...]] = [("chat.v1",), (), ("soap",)]

Frames = Callable[[Target], list[dict[str, Any]]]


def with_seqs(**frame: Any) -> Frames:
    return lambda target: [{**frame, "seq": seq} for seq in (*target.seqs, target.version)]


FRAMES: dict[str, Frames] = {
    "message.send": lambda it: [
        {"id": str(it.client_id), "text": "mine"},
        {"id": str(uuid4()), "text": "an answer", "reply_to": 999},
        {"id": str(it.client_id), "text": "mine", "kind": "topic", "reply_to": 999},
    ],
    "message.edit": with_seqs(text="mine", id="edit"),
    "message.delete": with_seqs(id="delete"),
    "message.react": with_seqs(emoji="👍", id="react"),
    "typing": lambda it: [{"on": True}, {"on": False}],
    "read": with_seqs(),
    "rooms": lambda it: [{}],
    "ack": lambda it: [{"version": it.version}, {"version": 2**62}],
}

TIMES_AND_IDS = re.compile(r'"(?:sent_at|posted_at)":"[^"]*"|"id":"[0-9a-f-]{36}"')


def test_every_route_and_every_frame_is_tried() -> None:
    assert [str(it.pattern) for it in websocket_urlpatterns] == [*ROUTES]
    assert {it.__struct_config__.tag for it in get_args(Frame)} == {*FRAMES}


async def roles(people: People) -> list[tuple[str, dict[str, Any]]]:
    """How each who is not in the room connects."""
    found = list[tuple[str, dict[str, Any]]]()
    for role, member in people.outside.items():
        if member and member.user_id is not None:
            found.append((role, {"session": await database.write(session_of, member)}))
        else:
            found.append((role, {"member": member}))
    return found


def targets(people: People) -> list[Target]:
    return [
        nowhere(people.ada),
        new_den(people.ada, people.ben, people.former, people.later),
        new_direct(people.ada, people.ben),
    ]


# --- connecting ---------------------------------------------------------------------------------


def paths(target: Target) -> Iterator[str]:
    spellings = [target.address, f"~{target.uid.hex}", f"~{str(target.uid).upper()}"]
    for pattern in [it for some in ROUTES.values() for it in some]:
        for spelling in spellings if pattern == "/ws/chat/{room}/" else spellings[:1]:
            yield pattern.format(room=quote(spelling))


async def answer(path: str, **options: Any) -> list[Any]:
    """What the server does: each message until it closes."""
    socket, messages = Socket("", path=path, **options), list[Any]()
    accepted, protocol = await socket.connect(timeout=TIMEOUT_SECONDS)
    messages.append((accepted, protocol))
    while accepted and (not messages or messages[-1] != "closed"):
        message = await socket.receive_output(TIMEOUT_SECONDS)
        is_close = message["type"] == "websocket.close"
        messages += [message, "closed"] if is_close else [message]
    return messages


async def test_a_socket_to_a_room_that_is_not_mine_ends_as_one_to_no_room(lobby: Room) -> None:
    people = await database.write(new_people)
    ghost, *others = await database.write(targets, people)
    for _, options in await roles(people):
        for protocols in PROTOCOLS:
            expected = [await answer(path, protocols=protocols, **options) for path in paths(ghost)]
            for target in others:
                got = [await answer(path, protocols=protocols, **options) for path in paths(target)]
                assert got == expected
    guest, *_ = [it for role, it in await roles(people) if role == "guest"]
    for query in QUERIES:
        address = f"/ws/chat/{ghost.address}/"
        expected_end = await answer(address, query=query, **guest)
        for target in others:
            assert await answer(f"/ws/chat/{target.address}/", query=query, **guest) == expected_end


@pytest.mark.django_db
def test_the_same_queries_find_no_room_and_a_room_that_is_not_mine() -> None:
    people = new_people()
    ghost, *others = targets(people)
    for member in people.outside.values():
        credentials = credentials_of(member)

        def queries(target: Target, who: Credentials = credentials) -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                [found] = find([Visit(parse_address(target.address), *who)])
            assert found.room is None
            return [without_values(it["sql"]) for it in captured]

        assert [queries(it) for it in others] == [queries(ghost)] * len(others)


def credentials_of(member: Member | None) -> Credentials:
    if member and member.user_id is not None:
        return Credentials(None, session_of(member))
    return Credentials(member.uid if member else None)


# --- frames in another room ---------------------------------------------------------------------


async def said(room: str, target: Target, **options: Any) -> list[str]:
    """All that comes back to the frames, in a room of one's own with one message."""
    events = list[str]()
    async with joined(room, **options) as socket:
        await socket.events()
        for type, frames in FRAMES.items():
            for number, frame in enumerate(frames(target)):
                await socket.send(type=type, **frame)
                await socket.send(type="bad", id=f"{type} {number}")  # is answered in its turn
                async for event in until_answered(socket, f"{type} {number}"):
                    events.append(without_chance(event, room, target))
    return events


async def until_answered(socket: Socket, id: str) -> AsyncIterator[str]:
    while True:
        for event in json.loads(await socket.receive_from()):
            if event.get("id") == id:
                return
            yield json.dumps(event, sort_keys=True)


def without_chance(event: str, room: str, target: Target) -> str:
    event = event.replace('": ', '":')
    return TIMES_AND_IDS.sub("", target.hidden(event).replace(room, "here"))


async def test_ids_and_seqs_of_a_room_that_is_not_mine_do_in_another_what_any_do(
    lobby: Room,
) -> None:
    people = await database.write(new_people)
    found = await database.write(targets, people)
    for role, options in await roles(people):
        if role == "nobody":
            continue  # is stored with the first message, as a guest
        answers = []
        for number, target in enumerate(found):
            room = f"attic-{number}-{role}"
            await database.write(Room.objects.ensure, RoomName.parse(room))
            answers.append(await said(room, target, **options))
        assert answers[0]
        assert answers == [answers[0]] * len(answers)


# --- what happens meanwhile ---------------------------------------------------------------------


async def test_what_happens_in_a_room_reaches_no_socket_elsewhere(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as news, nor as presence, typing, read pointers or lists of rooms."""
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)
    people = await database.write(new_people)
    _, den, _ = await database.write(targets, people)
    key = await database.write(session_of, people.ada)
    for _, options in await roles(people):
        async with joined("Lobby", **options) as socket, joined(den.address, session=key) as hers:
            await socket.events()
            await socket.send(type="rooms")
            await socket.soft("rooms")
            await hers.send(type="typing")
            await hers.send(type="read", seq=3)
            await append(Post(den.pk("room"), people.ada.pk, uuid4(), TEXT, markup=EVERYBODY))
            await hers.send(type="message.send", id=str(uuid4()), text=f"{TEXT} @Former")
            frames = await frames_until_told(socket, lobby, people)
        assert [it for it in secrets(den) if it in frames] == []


EVERYBODY = Markup(everybody=True)


def secrets(den: Target) -> list[str]:
    return [NAME, TOPIC, TEXT, str(den.uid), str(den.person), '"Ada"', '"Ben"']


async def frames_until_told(socket: Socket, lobby: Room, people: People) -> str:
    """All frames until a message in the Lobby and a list of rooms have arrived."""
    said, frames = str(uuid4()), ""
    await socket.send(type="message.send", id=said, text="end")
    await socket.send(type="rooms")
    is_listed = False
    while said not in frames or not is_listed:
        message = await socket.receive_output(TIMEOUT_SECONDS)
        frames += message["text"]
        is_listed = is_listed or '"type":"rooms"' in message["text"]
    return frames
