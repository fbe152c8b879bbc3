"""Who gets in with which token."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from api.tests.conftest import Client, Program
from chat.journal import database
from chat.models import Member, Revocation, Room, Scope, Token
from chat.models.revocation import Why
from chat.models.token import digest_of
from chat.programs import tokens
from chat.tests.leaks.conftest import user_of
from chat.tests.support.private_rooms import new_members_room


async def test_a_token_says_who_it_speaks_as(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada, [Scope.READ])
    me = (await program.get("/me")).json()
    assert (me["id"], me["name"], me["scopes"]) == (str(ada.uid), "Ada", ["read"])


async def test_only_a_digest_is_stored(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada)
    token = await database.read(Token.objects.get)
    assert token.digest == digest_of(program.secret)
    assert program.secret not in repr(token.__dict__)


async def test_without_a_valid_token_nobody_gets_in(lobby: Room, ada: Member) -> None:
    for shown in ("", "Bearer ", "Bearer x", "Basic eDp4", f"Bearer lobby_{'a' * 43}", "Bearer \0"):
        answer = await Client().get("/api/v1/rooms", headers={"authorization": shown})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "bad_token"


async def test_a_cookie_counts_for_nothing(lobby: Room, ada: Member) -> None:
    browser = Client()
    await browser.aforce_login(await database.read(user_of, ada))
    assert (await browser.get("/api/v1/rooms")).status_code == 401


async def test_a_revoked_token_is_refused_at_the_next_request(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    assert (await program.get("/rooms")).status_code == 200
    await database.write(lambda: tokens.revoke(Token.objects.get()))
    assert (await program.get("/rooms")).status_code == 401
    row = await database.read(Revocation.objects.get)
    assert (row.why, row.member) == (Why.TOKEN, ada.uid)
    assert row.session == digest_of(program.secret)


async def test_an_expired_token_is_refused(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada, expires_at=timezone.now() - timedelta(seconds=1))
    assert (await program.get("/rooms")).status_code == 401


async def test_when_a_token_was_used_is_noted_once_a_minute(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    await program.get("/me")
    first = (await database.read(Token.objects.get)).last_used_at
    await program.get("/me")
    assert first is not None
    assert (await database.read(Token.objects.get)).last_used_at == first


async def test_nobody_speaks_as_a_deactivated_account(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)

    def deactivate() -> None:
        user = Member.objects.get(pk=ada.pk).user
        assert user
        user.is_active = False
        user.save()

    await database.write(deactivate)
    answer = await program.get("/rooms")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_a_deleted_account_leaves_no_token(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada)
    await database.write(lambda: Member.objects.get(pk=ada.pk).user.delete())  # type: ignore[union-attr]
    assert (await program.get("/rooms")).status_code == 401


async def test_a_token_allows_what_its_scopes_say(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    reader: Program = await program_of(ada, [Scope.READ])
    message = {"id": str(uuid4()), "text": "hi"}
    refused = await reader.send("post", "/rooms/Lobby/messages", message)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    poster: Program = await program_of(ada, [Scope.POST])
    assert (await poster.send("post", "/rooms/Lobby/messages", message)).status_code == 201
    assert (await poster.get("/rooms/Lobby/messages")).status_code == 403


async def test_a_room_that_is_not_the_token_s_is_as_none(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    den = await database.write(new_members_room, ada)
    program: Program = await program_of(ada, rooms=[den])
    assert (await program.get(f"/rooms/{den.address}")).status_code == 200
    there = await program.get("/rooms/Lobby/messages")
    nowhere = await program.get("/rooms/nowhere/messages")
    assert (there.status_code, there.content) == (404, nowhere.content)
    assert [it["name"] for it in (await program.get("/rooms")).json()["rooms"]] == ["Den"]
    everywhere = await program.get("/search", q="tea")
    assert everywhere.json()["errors"][0]["field"] == "room"
