"""Programs that mute and ban, as their member may."""

from typing import Any
from uuid import uuid4

import pytest

from api.tests.conftest import Program
from chat.journal import database
from chat.models import Member, ModerationAct, Room, Sanction, Scope
from chat.models.sanction import FOR_GOOD
from chat.tests.support.private_rooms import new_members_room


@pytest.fixture
async def den(lobby: Room, ada: Member, ben: Member) -> Room:
    return await database.write(new_members_room, ada, [ben])


def address(den: Room, person: Any, act: str) -> str:
    return f"/rooms/{den.address}/members/{person}/{act}"


async def say(program: Program, den: Room) -> int:
    body = {"id": str(uuid4()), "text": "hi"}
    said = await program.send("post", f"/rooms/{den.address}/messages", body)
    return int(said.status_code)


async def test_who_is_muted_only_reads_until_it_is_lifted(
    den: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    adas, bens = await program_of(ada), await program_of(ben)
    door = address(den, ben.uid, "mute")
    assert (await adas.send("post", door, {"seconds": 60, "why": "Spam"})).status_code == 204
    assert await say(bens, den) == 403
    assert (await bens.get(f"/rooms/{den.address}/messages")).status_code == 200
    assert (await adas.send("delete", f"{door}?why=Sorry")).status_code == 204
    assert await say(bens, den) == 201
    assert (await adas.send("delete", door)).status_code == 409


async def test_who_is_banned_is_out_of_the_room(
    den: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    adas, bens = await program_of(ada), await program_of(ben)
    door = address(den, ben.uid, "ban")
    assert (await adas.send("post", door, {"seconds": 0})).status_code == 204
    assert (await bens.get(f"/rooms/{den.address}")).status_code == 404
    [until] = await database.read(lambda: list(Sanction.objects.values_list("until", flat=True)))
    assert until == FOR_GOOD
    assert (await adas.send("delete", door)).status_code == 204
    assert (await adas.send("delete", door)).status_code == 409


async def test_the_log_has_who_did_it_and_why(
    den: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada, [Scope.MODERATE])
    terms = {"seconds": 60, "why": " Sp\0am "}
    assert (await program.send("post", address(den, ben.uid, "mute"), terms)).status_code == 204

    def logged() -> list[tuple[Any, ...]]:
        return list(ModerationAct.objects.values_list("kind", "by", "member", "why"))

    assert await database.read(logged) == [("mute", ada.pk, ben.pk, "Spam")]


@pytest.mark.parametrize("act", ["mute", "ban"])
async def test_an_unknown_id_is_refused_as_somebody_out_of_reach(
    den: Room, ada: Member, ben: Member, program_of: Any, act: str
) -> None:
    """An id that nobody has, and one of somebody whom the program may do nothing to."""
    for member in (ada, ben):
        program: Program = await program_of(member)
        told = [
            await program.send("post", address(den, it, act), {"seconds": 60})
            for it in (uuid4(), ada.uid)
        ]
        assert [it.status_code for it in told] == [403, 403]
        assert told[0].content == told[1].content


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"seconds": -1},
        {"seconds": 10**9},
        {"seconds": "soon"},
        {"seconds": 1, "why": "x" * 10_000},
        {"seconds": 1, "until": "tomorrow"},
    ],
)
async def test_terms_that_cannot_be_name_their_field(
    den: Room, ada: Member, ben: Member, program_of: Any, terms: Any
) -> None:
    program: Program = await program_of(ada)
    for act in ("mute", "ban"):
        told = await program.send("post", address(den, ben.uid, act), terms)
        assert told.status_code == 422
        assert told.json()["errors"]
    assert not await database.read(Sanction.objects.exists)


async def test_a_token_for_another_room_finds_none(
    den: Room, lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada, rooms=[lobby])
    told = await program.send("post", address(den, ben.uid, "ban"), {"seconds": 60})
    assert told.status_code == 404
