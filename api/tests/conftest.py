"""Programs that ask the API, each with a token."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import AsyncClient

from chat.journal import database
from chat.models import Member, Room, Scope, Token
from chat.tests.support.private_rooms import new_account

ALL = [Scope.READ, Scope.POST, Scope.MODERATE]


class Client(AsyncClient):
    def _get_path(self, parsed: Any) -> str:
        """As servers decode it; Django's has what WSGI would."""
        return unquote(parsed.path)


class Program:
    """Asks as a member."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._client = Client()

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        shown = {"authorization": f"Bearer {self.secret}", **(headers or {})}
        return await self._client.get(f"/api/v1{path}", query, headers=shown)

    async def head(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        shown = {"authorization": f"Bearer {self.secret}", **(headers or {})}
        return await self._client.head(f"/api/v1{path}", query, headers=shown)

    async def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        shown = {"authorization": f"Bearer {self.secret}", **(headers or {})}
        content: dict[str, Any] = {"content_type": "application/json"} if body is not None else {}
        ask = getattr(self._client, method)
        return await ask(f"/api/v1{path}", body, headers=shown, **content)


def new_program(member: Member, scopes: list[Scope] = ALL, **terms: Any) -> Program:
    _, secret = Token.objects.make(member, member, "a test", scopes, **terms)
    return Program(secret)


@pytest.fixture
async def program_of() -> Callable[..., Any]:
    """Makes the program of a member."""

    async def make(member: Member, scopes: list[Scope] = ALL, **terms: Any) -> Program:
        return await database.write(new_program, member, scopes, **terms)

    return make


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def ben(lobby: Room) -> Member:
    return await database.write(new_account, "Ben")


@pytest.fixture
async def cleo_of(lobby: Room) -> Member:
    """Cleo, who is in no room."""
    return await database.write(new_account, "Cleo")
