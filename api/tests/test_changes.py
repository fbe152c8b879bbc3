"""Changes over HTTP: at once, when they come, and as a stream."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from api import changes
from api.tests.conftest import Program
from chat import runtime
from chat.journal import Post, database
from chat.models import Member, Revocation, Room, Scope, Subscription, Token
from chat.models.revocation import Why
from chat.models.token import digest_of
from chat.programs import cursors, tokens
from chat.tests.support.private_rooms import append, new_members_room

WAIT = "60"


async def keep(member: Member, room: Room) -> None:
    await database.write(Subscription.objects.keep, member, room)


async def say(room: Room, member: Member, text: str) -> None:
    await runtime.current().journal.append(Post(room.pk, member.pk, uuid4(), text))


async def until_one_waits() -> None:
    while not len(runtime.current().program_requests):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_changes_are_told_until_they_are_acknowledged(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await keep(ada, lobby)
    program: Program = await program_of(ada, [Scope.READ])
    begun = (await program.get("/changes", cursor="bot")).json()
    assert begun == {"changes": [], "gaps": [], "positions": {}, "more": False}
    await say(lobby, ben, "hi")
    answer = (await program.get("/changes", cursor="bot")).json()
    [change] = answer["changes"]
    assert (change["message"]["text"], change["room"]["address"]) == ("hi", "Lobby")
    assert change["epoch"] == str(lobby.epoch)
    assert (await program.get("/changes", cursor="bot")).json() == answer
    acked = await program.send("post", "/changes/bot/ack", {"positions": answer["positions"]})
    assert acked.status_code == 204
    assert (await program.get("/changes", cursor="bot")).json()["changes"] == []


async def test_who_waits_is_told_at_once(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    await program.get("/changes", cursor="bot")
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    await say(lobby, ben, "hi")
    assert [it["message"]["text"] for it in (await waiting).json()["changes"]] == ["hi"]
    assert len(runtime.current().program_requests) == 0


async def test_a_revoked_token_waits_no_longer(lobby: Room, ada: Member, program_of: Any) -> None:
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    await database.write(lambda: tokens.revoke(Token.objects.get()))
    await runtime.current().revocations.read()
    assert (await waiting).status_code == 401


async def test_a_change_that_no_event_told_of_is_found_in_the_next_round(
    lobby: Room, ada: Member, ben: Member, program_of: Any, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.05
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    await program.get("/changes", cursor="bot")
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    await append(Post(lobby.pk, ben.pk, uuid4(), "of another process"))
    assert [it["message"]["text"] for it in (await waiting).json()["changes"]] == [
        "of another process"
    ]


async def test_a_token_whose_revocation_no_event_told_of_ends_in_the_next_round(
    lobby: Room, ada: Member, program_of: Any, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.05
    program: Program = await program_of(ada)
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    revoked = {"member": ada.uid, "session": digest_of(program.secret)}
    await database.write(lambda: Token.objects.update(revoked_at=timezone.now()))
    await database.write(lambda: Revocation.objects.create(why=Why.TOKEN, **revoked))
    assert (await waiting).status_code == 401


async def test_a_new_password_ends_no_wait(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    await program.get("/changes", cursor="bot")
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    await database.write(lambda: Revocation.objects.append(Why.PASSWORD, member=ada.uid))
    await runtime.current().revocations.read()
    await say(lobby, ben, "hi")
    assert [it["message"]["text"] for it in (await waiting).json()["changes"]] == ["hi"]


async def test_a_stream_reads_nothing_while_nothing_changes_and_ends_with_its_token(
    lobby: Room, ada: Member, ben: Member, program_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HEARTBEAT_SECONDS", 0.01)
    reads, read = list[object](), cursors.read

    def count(program: Any, *args: Any, **options: Any) -> Any:
        reads.append(program)
        return read(program, *args, **options)

    monkeypatch.setattr(cursors, "read", count)
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    response = await program.get("/changes", {"accept": "text/event-stream"}, cursor="bot")
    events = aiter(response)
    assert [await anext(events) for _ in range(5)] == [b": begun\n\n"] + [b": still here\n\n"] * 4
    assert len(reads) == 1
    await say(lobby, ben, "hi")
    while (event := await anext(events)) == b": still here\n\n":
        pass
    assert b'"hi"' in event
    await database.write(lambda: tokens.revoke(Token.objects.get()))
    await runtime.current().revocations.read()
    assert {it async for it in events} <= {b": still here\n\n"}


async def test_nobody_waits_where_the_process_ends(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    waiting = asyncio.create_task(program.get("/changes", cursor="bot", wait=WAIT))
    await until_one_waits()
    runtime.current().program_requests.close()
    assert (await waiting).json()["changes"] == []


async def test_a_stream_brings_each_change(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    response = await program.get("/changes", {"accept": "text/event-stream"}, cursor="bot")
    assert response["Content-Type"] == "text/event-stream"
    events = aiter(response)
    assert await anext(events) == b": begun\n\n"
    for text in ("one", "two"):
        coming = asyncio.ensure_future(anext(events))
        await say(lobby, ben, text)
        event = (await coming).decode()
        assert event.startswith("event: changes\ndata: ")
        data = json.loads(event.partition("data: ")[2])
        assert [it["message"]["text"] for it in data["changes"]] == [text]
    await response._iterator.aclose()


@pytest.mark.parametrize("wait", ["0", WAIT])
async def test_what_is_not_for_the_program_holds_no_thread_for_long(
    lobby: Room,
    ada: Member,
    ben: Member,
    program_of: Any,
    wait: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bot with a long past of its own would keep pages waiting."""
    monkeypatch.setattr(cursors, "ROOM_CHANGES", 1)
    monkeypatch.setattr(changes, "PASSES_MAX", 2)
    await keep(ada, lobby)
    for number in range(5):
        await say(lobby, ada, f"own {number}")
    await say(lobby, ben, "tea")
    program: Program = await program_of(ada)
    query: dict[str, Any] = {"cursor": "bot", "begin": "start", "wait": wait}
    got = [(await program.get("/changes", **query)).json() for _ in range(3)]
    assert [len(it["changes"]) for it in got] == [0, 0, 1]
    assert [it["more"] for it in got[:2]] == [True, True]


async def test_a_cursor_that_never_began_cannot_be_moved(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    answer = await program.send("post", "/changes/never/ack", {"positions": {}})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_cursor")
    wrong = await program.get("/changes", cursor="a b")
    assert wrong.json()["errors"][0]["field"] == "cursor"


async def test_cursors_of_a_member_are_bounded(
    lobby: Room, ada: Member, program_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.models.program_cursor.CURSORS_MAX", 1)
    program: Program = await program_of(ada)
    assert (await program.get("/changes", cursor="bot")).status_code == 200
    full = await program.get("/changes", cursor="another")
    assert (full.status_code, full.json()["code"]) == (422, "too_many_cursors")
    assert (await program.get("/changes", cursor="bot")).status_code == 200
    assert (await program.send("delete", "/changes/bot")).status_code == 204
    assert (await program.send("delete", "/changes/bot")).json()["code"] == "no_such_cursor"
    assert (await program.get("/changes", cursor="another")).status_code == 200


async def test_a_token_forgets_no_cursor_that_is_elsewhere_as_well(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    den = await database.write(new_members_room, ada)
    await keep(ada, lobby)
    program: Program = await program_of(ada)
    of_den: Program = await program_of(ada, rooms=[den])
    await program.get("/changes", cursor="bot")
    await of_den.get("/changes", cursor="den")
    refused = await of_den.send("delete", "/changes/bot")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert (await of_den.send("delete", "/changes/den")).status_code == 204
    assert (await program.send("delete", "/changes/bot")).status_code == 204


async def test_a_stream_ends_after_its_time(
    lobby: Room, ada: Member, program_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "STREAM_SECONDS", 0)
    program: Program = await program_of(ada)
    response = await program.get("/changes", {"accept": "text/event-stream"}, cursor="bot")
    assert [it async for it in response] == [b": begun\n\n"]
