"""The client of the channel layer: it lives through whatever the layer does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from pytest_django.fixtures import Settings

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.transport import channel_layer
from chat.transport.channel_layer import LayerClient, LayerMessage


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[LayerClient]:
    settings.CHANNEL_LAYERS = settings.CHANNEL_LAYERS  # layers belong to one event loop
    client = LayerClient()
    yield client
    await client.aclose()


@pytest.fixture
def received(client: LayerClient) -> list[str]:
    """The texts of the messages that the client receives."""
    texts: list[str] = []
    client.on("test.text", lambda message: texts.append(message["text"]))
    return texts


def text(text: str) -> LayerMessage:
    return {"type": "test.text", "text": text}


async def until_received(received: list[str], texts: list[str]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while received != texts:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def until_joined(group: str) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while group not in get_channel_layer().groups:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


CALLS = ("new_channel", "group_add", "group_send", "group_discard", "receive")


def put_layer_away(monkeypatch: pytest.MonkeyPatch, *calls: str) -> None:
    async def away(*args: Any) -> None:
        raise ConnectionError("Redis is away")

    for name in calls or CALLS:
        monkeypatch.setattr(get_channel_layer(), name, away)


async def test_a_message_reaches_its_own_process_too(
    client: LayerClient, received: list[str]
) -> None:
    assert await client.join("tea")
    await client.send("tea", text("hi"))
    await until_received(received, ["hi"])


async def test_one_channel_serves_all_groups(client: LayerClient, received: list[str]) -> None:
    await client.join("tea")
    await client.join("cake")
    await client.send("tea", text("one"))
    await client.send("cake", text("two"))
    await until_received(received, ["one", "two"])
    channels = [set(members) for members in get_channel_layer().groups.values()]
    assert channels[0] == channels[1]


async def test_nothing_is_received_of_a_group_that_was_left(
    client: LayerClient, received: list[str]
) -> None:
    await client.join("tea")
    await client.join("cake")
    await client.leave("tea")
    await client.send("tea", text("one"))
    await client.send("cake", text("two"))
    await until_received(received, ["two"])


async def test_an_error_in_a_handler_does_not_end_receiving(
    client: LayerClient, received: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    await client.join("tea")
    await client.send("tea", {"type": "test.text"})
    await client.send("tea", {"type": "test.unknown"})
    await client.send("tea", text("hi"))
    await until_received(received, ["hi"])
    assert "cannot handle a test.text" in caplog.text


async def test_failures_of_the_layer_are_logged_once_and_do_not_raise(
    client: LayerClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chat")
    await client.join("tea")
    with monkeypatch.context() as patch:
        put_layer_away(patch)
        assert not await client.join("cake")
        await client.send("tea", text("hi"))
        await client.leave("tea")
        was_down = client.is_down
    assert await client.join("cake")
    assert (was_down, client.is_down) == (True, False)
    messages = [it.getMessage() for it in caplog.records if it.levelno >= logging.INFO]
    assert len(messages) == 2, messages
    assert "is away" in messages[0]
    assert "is back" in messages[1]


async def test_a_call_that_hangs_counts_as_failed(
    client: LayerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*args: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("chat.transport.channel_layer.ANSWER_SECONDS", 0.01)
    monkeypatch.setattr(get_channel_layer(), "group_add", hang)
    assert not await client.join("tea")


async def test_a_group_asked_for_while_the_layer_is_away_is_joined_once_it_is_back(
    client: LayerClient, received: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.transport.channel_layer.RETRY_SECONDS", 0.01)
    with monkeypatch.context() as patch:
        put_layer_away(patch)
        await client.join("tea")
        await asyncio.sleep(0)
    await until_joined("tea")
    await client.send("tea", text("hi"))
    await until_received(received, ["hi"])


async def test_groups_are_joined_again_regularly(
    client: LayerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer forgets members after a day, or when it is emptied."""
    monkeypatch.setattr("chat.transport.channel_layer.REJOIN_SECONDS", 0.01)
    await client.join("tea")
    get_channel_layer().groups.clear()
    await until_joined("tea")


async def test_a_client_that_reconnects_receives_over_a_new_channel(
    client: LayerClient, received: list[str]
) -> None:
    await client.join("tea")
    before = await client._own_channel()
    await client.reconnect()
    await client.send("tea", text("hi"))
    await until_received(received, ["hi"])
    assert await client._own_channel() != before


async def test_a_closed_client_leaves_all_groups_and_can_join_anew(
    client: LayerClient, received: list[str]
) -> None:
    await client.join("tea")
    await client.aclose()
    assert get_channel_layer().groups == {}
    await client.join("cake")
    await client.send("cake", text("hi"))
    await until_received(received, ["hi"])


# --- Joining until it succeeded -----------------------------------------------------------------


async def test_a_group_that_could_not_be_joined_is_joined_once_the_layer_is_back(
    client: LayerClient, received: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on redis-pubsub, where receiving goes on without an error."""
    with monkeypatch.context() as patch:
        put_layer_away(patch, "group_add")
        assert not await client.join("tea")
    await until_joined("tea")
    await client.send("tea", text("hi"))
    await until_received(received, ["hi"])


async def test_after_an_error_of_receiving_all_groups_are_joined_again_until_that_succeeds(
    client: LayerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_layer, "RETRY_SECONDS", 0.01)
    await client.join("tea")
    await client.join("cake")
    layer = get_channel_layer()
    receive, group_add = layer.receive, layer.group_add
    errors = iter([ConnectionError("Redis has restarted")])
    refusals = iter([ConnectionError("Redis is loading")] * 5)
    is_empty = asyncio.Event()

    async def fail_once(channel: str) -> Any:
        if error := next(errors, None):
            layer.groups.clear()  # Redis came back empty
            is_empty.set()
            raise error
        return await receive(channel)

    async def fail_at_first(group: str, channel: str) -> None:
        if error := next(refusals, None):
            raise error
        await group_add(group, channel)

    monkeypatch.setattr(layer, "group_add", fail_at_first)
    monkeypatch.setattr(layer, "receive", fail_once)
    await client.send("tea", text("wake up"))  # ends the call of `receive` that waits
    await is_empty.wait()
    await until_joined("tea")
    await until_joined("cake")
    assert next(refusals, None) is None


async def test_a_group_that_was_left_meanwhile_is_not_joined(
    client: LayerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_layer, "RETRY_SECONDS", 0.01)
    with monkeypatch.context() as patch:
        put_layer_away(patch, "group_add")
        await client.join("tea")
        await client.join("cake")
        await client.leave("tea")
    await until_joined("cake")
    assert "tea" not in get_channel_layer().groups
