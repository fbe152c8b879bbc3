"""A bot declares what it does for who begins a message with a slash."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from api.commands import COMMANDS_MAX, OF_THE_PAGE
from api.tests.conftest import Program
from chat.journal import database
from chat.models import Bot, Member, Room, Scope
from chat.models.bot import Hears

DEPLOY = {"name": "deploy", "description": "Puts a version online", "hint": "<version>"}


JS = Path(settings.BASE_DIR) / "chat" / "static" / "chat" / "js"


@pytest.fixture
async def bot(lobby: Room) -> Member:
    def make() -> Member:
        return Bot.objects.make("Deployer", None, hears=Hears.ADDRESSED).member

    return await database.write(make)


async def test_what_a_bot_declares_replaces_what_it_had(bot: Member, program_of: Any) -> None:
    program: Program = await program_of(bot)
    assert (await program.get("/commands")).json() == {"commands": []}
    for commands in ([DEPLOY], [{**DEPLOY, "name": "undo"}, DEPLOY], []):
        answer = await program.send("put", "/commands", commands)
        assert (answer.status_code, answer.json()) == (200, {"commands": commands})
        assert (await program.get("/commands")).json() == {"commands": commands}


async def test_its_commands_address_it_and_others_do_not(
    lobby: Room, ada: Member, bot: Member, program_of: Any
) -> None:
    program: Program = await program_of(bot, rooms=[lobby])
    person: Program = await program_of(ada)
    await program.send("put", "/commands", [DEPLOY])
    await program.get("/changes", cursor="bot")
    for text in ("/undo", "/deploy 1.2"):
        body = {"id": str(uuid4()), "text": text}
        assert (await person.send("post", "/rooms/Lobby/messages", body)).status_code == 201
    heard = (await program.get("/changes", cursor="bot")).json()["changes"]
    assert [it["message"]["text"] for it in heard] == ["/deploy 1.2"]


@pytest.mark.parametrize(
    "commands",
    [
        {},
        ["deploy"],
        [{"name": "deploy"}],
        [{**DEPLOY, "name": "Deploy"}],
        [{**DEPLOY, "name": "de ploy"}],
        [{**DEPLOY, "name": ""}],
        [{**DEPLOY, "name": "x" * 33}],
        [{**DEPLOY, "name": "help"}],
        [{**DEPLOY, "name": "unban"}],
        [{**DEPLOY, "description": "x" * 101}],
        [{**DEPLOY, "hint": "\0"}],
        [{**DEPLOY, "more": 1}],
        [DEPLOY, DEPLOY],
        [{**DEPLOY, "name": f"d{it}"} for it in range(COMMANDS_MAX + 1)],
    ],
)
async def test_what_cannot_be_declared_names_its_field(
    bot: Member, program_of: Any, commands: Any
) -> None:
    program: Program = await program_of(bot)
    answer = await program.send("put", "/commands", commands)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert (await program.get("/commands")).json() == {"commands": []}


async def test_scopes_say_what_a_token_may(bot: Member, program_of: Any) -> None:
    reading, posting = await program_of(bot, [Scope.READ]), await program_of(bot, [Scope.POST])
    assert (await reading.send("put", "/commands", [DEPLOY])).status_code == 403
    assert (await posting.send("put", "/commands", [DEPLOY])).status_code == 200
    assert (await posting.get("/commands")).status_code == 403


def test_the_names_of_the_page_are_all_that_it_has() -> None:
    lists = ("commands/command_list.js", "moderation/keeper_commands.js")
    named = [re.findall(r'\{ name: "(\w+)"', (JS / it).read_text()) for it in lists]
    assert {name for names in named for name in names} == OF_THE_PAGE
