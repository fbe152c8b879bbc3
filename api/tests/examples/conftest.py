"""A server with a room, in which Ada writes, and a bot that programs speak as."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from lobby import Lobby

from chat.tests.support.servers import Server, serving, shell

PREPARE = """
import json
from chat.models import Bot, Scope, Token
from chat.tests.support.private_rooms import new_account, new_members_room
ada = new_account("Ada")
bot = Bot.objects.make("Botty", ada).member
rooms = [new_members_room(ada, [bot], name=name) for name in {names!r}]
tokens = [Token.objects.make(it, ada, "test", list(Scope))[1] for it in (ada, bot)]
print(json.dumps([*tokens, *(it.address for it in rooms)]))
"""
REVOKE = """
from chat.models import Token
from chat.programs import tokens
tokens.revoke(Token.objects.get(member__name="Botty"))
print(1)
"""


@dataclass(frozen=True)
class House:
    """A server, Ada's client, the bot's token, and the addresses of two rooms."""

    server: Server
    ada: Lobby
    token: str
    room: str
    other: str

    def revoke(self) -> None:
        shell(self.server, REVOKE)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving("uvicorn", tmp_path_factory.mktemp("house")) as server:
        ada, bot, *rooms = shell(server, PREPARE.format(names=["Tea", "Den"]))
        yield House(server, Lobby(server.url, ada), bot, *rooms)
