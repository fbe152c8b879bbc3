"""Rooms, who is in them, one's own state there, search, and files."""

from typing import Any
from uuid import uuid4

from api.tests.conftest import Program
from chat.journal import Post, database
from chat.models import Member, Room, Subscription
from chat.tests.support.files import new_file, post_files
from chat.tests.support.private_rooms import append, new_members_room
from chat.tests.support.sockets import connected


async def test_rooms_are_listed_with_what_is_unread(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await database.write(Subscription.objects.keep, ada, lobby)
    await append(Post(lobby.pk, ben.pk, uuid4(), "hi"))
    program: Program = await program_of(ada)
    [room] = (await program.get("/rooms")).json()["rooms"]
    assert (room["address"], room["unread"], room["id"]) == ("Lobby", 1, str(lobby.uid))
    one = (await program.get("/rooms/Lobby")).json()
    assert (one["name"], one["version"], one["epoch"]) == ("Lobby", 1, str(lobby.epoch))


async def test_one_s_own_state_moves(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    await append(Post(lobby.pk, ben.pk, uuid4(), "hi"))
    program: Program = await program_of(ada)
    changed = await program.send("patch", "/rooms/Lobby/subscription", {"read": 1, "muted": True})
    expected = {"read": 1, "muted": True, "starred": False, "kept": True}
    assert changed.json() == expected
    assert (await program.get("/rooms/Lobby/subscription")).json() == expected


async def test_members_are_told_by_their_rank(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    den = await database.write(new_members_room, ada, [ben])
    program: Program = await program_of(ben)
    found = (await program.get(f"/rooms/{den.address}/members")).json()
    assert found["count"] == 2
    assert [(it["name"], it.get("role")) for it in found["people"]] == [
        ("Ada", "owner"),
        ("Ben", None),
    ]
    second = await program.get(f"/rooms/{den.address}/members", offset="1", limit="1")
    assert [it["name"] for it in second.json()["people"]] == ["Ben"]


async def test_who_is_connected_is_told_and_who_only_looks_is_not(
    lobby: Room, ada: Member, bob: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    assert (await program.get("/rooms/Lobby/presence")).json() == {"count": 0, "people": []}
    async with connected("lobby", bob):
        found = (await program.get("/rooms/Lobby/presence")).json()
        assert (found["count"], found["people"][0]["name"]) == (1, "Bob")


async def test_messages_are_found(lobby: Room, ada: Member, ben: Member, program_of: Any) -> None:
    await append(Post(lobby.pk, ben.pk, uuid4(), "the kettle is on"))
    program: Program = await program_of(ada)
    found = (await program.get("/search", q="kett", room="Lobby")).json()
    assert [it["message"]["text"] for it in found["results"]] == ["the kettle is on"]
    wrong = await program.get("/search", q="before:never", room="Lobby")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "q")


async def test_files_are_listed_and_fetched(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    def post() -> None:
        post_files(ben, new_file(ben, lobby))

    await database.write(post)
    program: Program = await program_of(ada)
    [file] = (await program.get("/rooms/Lobby/files")).json()["files"]
    uid = file["url"].split("/")[2]
    fetched = await program.get(f"/files/{uid}")
    body = b"".join([part async for part in fetched]) if fetched.streaming else fetched.content
    assert (fetched.status_code, len(body)) == (200, file["size"])
