"""People on one server process and on two, on every layer and database."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import connect

from chat.tests.support.clients import guest_cookie, talk_by_nudges, v1
from chat.tests.support.servers import Server, history, serving_two

Pair = tuple[Server, Server]

RECONCILE_SECONDS = 5.0  # the default


@pytest.fixture(scope="module")
def pair(
    kind: str,
    database: dict[str, str],
    redis_layer: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """Two processes of one installation; every test has a room of its own."""
    with serving_two(kind, tmp_path_factory.mktemp("pair"), **database, **redis_layer) as pair:
        yield pair


async def test_people_on_two_servers_see_the_same_in_the_same_order(pair: Pair, room: str) -> None:
    here, there = pair
    async with v1(here.socket_url(room)) as alice, v1(there.socket_url(room)) as bob:
        await asyncio.gather(
            *(alice.send(type="message.send", id=uuid(n), text=f"alice {n}") for n in range(20)),
            *(bob.send(type="message.send", id=uuid(n + 20), text=f"bob {n}") for n in range(20)),
        )
        for person in (alice, bob):
            await person.until(lambda p=person: len(p.messages) == 40)  # type: ignore[misc]
        assert alice.messages == bob.messages
        assert [message["seq"] for message in alice.messages] == list(range(1, 41))


async def test_a_nudge_carries_it_not_the_safety_net(pair: Pair, room: str) -> None:
    here, there = pair
    async with v1(here.socket_url(room)) as alice, v1(there.socket_url(room)) as bob:
        await talk_by_nudges(alice, bob, RECONCILE_SECONDS)
        assert bob.texts == alice.texts


async def test_frames_arrive_whole_and_uncompressed_whatever_their_length(
    pair: Pair, room: str
) -> None:
    """Also to a client that offers compression, as browsers do: one frame for all costs less."""
    here, there = pair
    async with v1(here.socket_url(room)) as alice, v1(there.socket_url(room)) as bob:
        texts = [character * count for character in "x界" for count in (1, 100, 8_000)]
        for text in texts:
            await alice.say(text)
        await bob.until(lambda: len(bob.texts) == len(texts))
        assert bob.texts == texts
        for person in (alice, bob):
            assert person.socket.protocol.extensions == []


async def test_bob_resumes_on_the_other_server(pair: Pair, room: str) -> None:
    here, there = pair
    async with v1(here.socket_url(room)) as alice:
        async with v1(here.socket_url(room)) as bob:
            await alice.say("one")
            await bob.until(lambda: bob.texts == ["one"])
        for text in ("two", "three"):
            await alice.say(text)
        async with v1(there.socket_url(room, after=1)) as bob:
            await bob.until(lambda: bob.texts == ["two", "three"])
            assert bob.hello["resumed"] is True


async def test_a_resend_on_the_other_server_is_confirmed_by_the_same_message(
    pair: Pair, room: str
) -> None:
    here, there = pair
    cookie = {"Cookie": guest_cookie(here)}
    async with (
        v1(here.socket_url(room), additional_headers=cookie) as alice,
        v1(there.socket_url(room), additional_headers=cookie) as again,
    ):
        first, second = await asyncio.gather(
            alice.say("once", id=uuid(1)), again.say("once", id=uuid(1))
        )
        assert first == second
        assert history(there, room)["messages"] == [first]


async def test_alone_on_the_in_memory_layer(shared_server: Server, room: str) -> None:
    url = shared_server.socket_url(room)
    async with v1(url) as alice, v1(url) as bob:
        await talk_by_nudges(alice, bob, RECONCILE_SECONDS)
        assert bob.texts == alice.texts


async def test_history_outlives_a_kill(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as alice:
        confirmed = await alice.say("still here")
        server.kill()
    server.start()
    assert history(server, room)["messages"] == [confirmed]
    async with v1(server.socket_url(room, after=0)) as bob:
        await bob.until(lambda: bob.messages == [confirmed])


async def test_a_client_written_for_the_tutorial_is_served(shared_server: Server) -> None:
    """The exchange of the Channels tutorial, part 2: nothing asked for, messages back."""
    url = f"ws://127.0.0.1:{shared_server.port}/ws/chat/lobby/"
    async with connect(url) as one, connect(url) as other:
        await one.send(json.dumps({"message": "hello"}))
        for socket in (one, other):
            data = json.loads(await asyncio.wait_for(socket.recv(), 10))
            assert data["message"] == "hello"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one.recv(), 0.5)


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"
