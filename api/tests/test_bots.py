"""Bots: members that programs speak as, shown as such."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from api.tests.conftest import Program
from chat import guest_cookie, policy, runtime
from chat.journal import database
from chat.journal.roster_changes import AddPeople
from chat.live import bot_owners
from chat.live.rates.rates import REFUSALS
from chat.models import Bot, Member, Message, Room, Token
from chat.policy import STRANGER, Position
from chat.tests.leaks.conftest import user_of
from chat.tests.support.private_rooms import append, new_account, new_members_room


@pytest.fixture
async def bot(lobby: Room) -> Member:
    return (await database.write(Bot.objects.make, "Deployer", None)).member


async def test_what_a_bot_says_is_marked(lobby: Room, bot: Member, program_of: Any) -> None:
    program: Program = await program_of(bot)
    said = await program.send("post", "/rooms/Lobby/messages", {"id": str(uuid4()), "text": "hi"})
    assert said.status_code == 201, said.content
    author = {"id": str(bot.uid), "name": "Deployer", "guest": False, "bot": True}
    assert said.json()["author"] == author
    page = await program.get("/rooms/Lobby/messages")
    assert page.json()["messages"][0]["author"] == author


async def test_a_bot_is_in_a_room_that_it_was_added_to(
    lobby: Room, ada: Member, bot: Member, program_of: Any
) -> None:
    den = await database.write(new_members_room, ada)
    program: Program = await program_of(bot)
    assert (await program.get(f"/rooms/{den.address}")).status_code == 404
    await append(AddPeople(den.pk, ada.pk, (bot.pk,), True, room_name="Den"))
    assert (await program.get(f"/rooms/{den.address}")).status_code == 200


async def test_a_bot_may_what_an_account_may(lobby: Room, bot: Member) -> None:
    assert policy.position_of(bot, STRANGER) == Position.ACCOUNT


async def test_a_banned_bot_says_nothing(lobby: Room, bot: Member, program_of: Any) -> None:
    program: Program = await program_of(bot)
    until = "2999-01-01T00:00:00Z"
    await database.write(lambda: Member.objects.filter(pk=bot.pk).update(banned_until=until))
    assert (await program.get("/rooms")).status_code == 403


async def test_bots_that_answer_one_another_are_stopped_with_a_word_to_their_owner(
    lobby: Room, ada: Member, ben: Member, program_of: Any, settings: Settings
) -> None:
    settings.RATES = {"message": ((3, 600), None)}
    for name in ("Ping", "Pong"):
        await database.write(Bot.objects.make, name, ada)
    bots = await database.read(lambda: [it.member for it in Bot.objects.order_by("pk")])
    programs: list[Program] = [await program_of(it, rooms=[lobby]) for it in bots]
    person: Program = await program_of(ben)
    await person.send("post", "/rooms/Lobby/messages", {"id": str(uuid4()), "text": "hi"})
    refused = 0
    while refused < 4 * REFUSALS:
        for program in programs:
            refused += await answer_everything(program)
    await runtime.current().jobs.run_due()

    def words() -> list[tuple[str, str]]:
        said = Message.objects.filter(room__people__isnull=False, event__isnull=True)
        return sorted(said.values_list("author__name", "text"))

    stopped = str(bot_owners.STOPPED[1])
    assert await database.read(words) == [("Ping", stopped), ("Pong", stopped)]


async def answer_everything(program: Program) -> int:
    """Answer what is new, as a program that never waits. Returns how often a rate refused it."""
    page = (await program.get("/changes", cursor="bot", begin="start")).json()
    posts = [{"id": str(uuid4()), "text": "You too"} for _ in page["changes"]]
    said = [await program.send("post", "/rooms/Lobby/messages", it) for it in posts]
    refused = [it for it in said if it.status_code == 429]
    if not refused:
        await program.send("post", "/changes/bot/ack", {"positions": page["positions"]})
    return len(refused)


@pytest.mark.django_db
def test_no_cookie_speaks_for_a_bot() -> None:
    bot = Bot.objects.make("Deployer", None).member
    browser = Browser()
    browser.cookies[guest_cookie.COOKIE] = guest_cookie.sign(bot.uid)
    browser.post("/name/", {"name": "Mallory"})
    bot.refresh_from_db()
    assert bot.name == "Deployer"


@pytest.mark.django_db
def test_no_guest_is_called_as_a_bot_is() -> None:
    Bot.objects.make("Deployer", None)
    assert Browser().post("/name/", {"name": "DepIoyer"}).status_code == 422


@pytest.mark.django_db
def test_an_operator_makes_a_bot_and_its_token() -> None:
    operator = new_account("Olga", is_staff=True, is_superuser=True)
    user = user_of(operator)
    user.set_password("correct horse battery")
    user.save()
    browser = Browser()
    browser.force_login(user)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    fields = {"name": "Deployer", "hears": "all"}
    assert browser.post("/admin/chat/bot/add/", fields).status_code == 302
    bot = Bot.objects.get()
    assert (bot.member.name, bot.member.is_bot, bot.made_by) == ("Deployer", True, operator)
    form = {"name": "CI", "scopes": ["post"], "expires": "never", "speaker": str(bot.member.uid)}
    page = browser.post("/accounts/tokens/new/", form)
    assert page.status_code == 200
    assert "Whoever has it speaks as the bot." in page.content.decode()
    assert Token.objects.get().member == bot.member
    assert "Deployer" in browser.get("/accounts/tokens/").content.decode()


@pytest.mark.django_db
def test_who_operates_nothing_makes_no_token_for_a_bot() -> None:
    ada = new_account("Ada")
    bot = Bot.objects.make("Deployer", None).member
    user = user_of(ada)
    user.set_password("correct horse battery")
    user.save()
    browser = Browser()
    browser.force_login(user)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    form = {"name": "CI", "scopes": ["post"], "expires": "never", "speaker": str(bot.uid)}
    browser.post("/accounts/tokens/new/", form)
    assert Token.objects.get().member == ada
