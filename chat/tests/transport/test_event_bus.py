"""The event bus: small events, published together, to this process and the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.layers import get_channel_layer
from pytest_django.fixtures import Settings

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus


class Process:
    """A process with a bus, and the events that its handler got."""

    def __init__(self) -> None:
        self.layer = LayerClient()
        self.bus = EventBus(self.layer)
        self.events: list[tuple[str, list[Any]]] = []
        self.bus.on("news", lambda key, items: self.events.append((key, items)))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def processes(settings: Settings) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes that listen, and whose groups are joined."""
    settings.CHANNEL_LAYERS = settings.CHANNEL_LAYERS  # layers belong to one event loop
    both = Process(), Process()
    for process in both:
        process.bus.listen()
        await asyncio.gather(*process.bus._tasks)
    yield both
    for process in both:
        await process.layer.aclose()


async def test_an_event_reaches_every_process_once(processes: tuple[Process, Process]) -> None:
    ours, theirs = processes
    await ours.bus.publish_now("news", "tea", [1])
    await ours.bus.publish_now("news", "tea", [2])
    await theirs.until(lambda: len(theirs.events) == 2)
    assert ours.events == theirs.events == [("tea", [1]), ("tea", [2])]


async def test_events_that_wait_are_published_together(
    processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)
    messages: list[Any] = []
    group_send = get_channel_layer().group_send

    async def counting(group: str, message: Any) -> None:
        messages.append(message)
        await group_send(group, message)

    monkeypatch.setattr(get_channel_layer(), "group_send", counting)
    ours, theirs = processes
    for number in range(3):
        ours.bus.publish("news", "tea", [number])
        ours.bus.publish("news", "cake", [number])
    assert ours.events == []
    await theirs.until(lambda: len(theirs.events) == 2)
    assert theirs.events == [("tea", [0, 1, 2]), ("cake", [0, 1, 2])]
    assert len(messages) == 1


async def test_of_too_many_items_the_latest_are_kept(
    processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.transport.event_bus.ITEMS_KEPT", 2)
    ours, _ = processes
    await ours.bus.publish_now("news", "tea", [1, 2, 3])
    assert ours.events == [("tea", [2, 3])]


async def test_an_error_in_a_handler_does_not_keep_the_event_from_others(
    processes: tuple[Process, Process], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(key: str, items: list[Any]) -> None:
        raise LookupError

    ours, _ = processes
    ours.bus._handlers["news"].insert(0, fail)
    await ours.bus.publish_now("news", "tea", [1])
    assert ours.events == [("tea", [1])]
    assert "cannot handle a news event" in caplog.text
