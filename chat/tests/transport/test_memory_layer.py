"""The in-memory channel layer."""

import time
from typing import Any

import pytest

from chat.transport.memory_layer import EXPIRE_SECONDS, MemoryChannelLayer


class CountedGroups(dict[str, Any]):
    """Groups that count how often somebody looks through them."""

    looks = 0

    def values(self) -> Any:
        self.looks += 1
        return super().values()


@pytest.fixture
def layer() -> MemoryChannelLayer:
    layer = MemoryChannelLayer(expiry=60, capacity=3)
    layer.groups = CountedGroups()
    return layer


async def test_everybody_in_a_group_gets_its_messages(layer: MemoryChannelLayer) -> None:
    for channel in ("one", "other"):
        await layer.group_add("lobby", channel)
    await layer.group_send("lobby", {"type": "hello"})
    assert [await layer.receive(it) for it in ("one", "other")] == [{"type": "hello"}] * 2


async def test_a_message_does_not_look_through_all_groups(layer: MemoryChannelLayer) -> None:
    await layer.group_add("lobby", "one")
    for _ in range(100):
        await layer.group_send("lobby", {"type": "hello"})
        await layer.receive("one")
    assert layer.groups.looks == 1


async def test_a_full_channel_drops_messages_for_itself_alone(layer: MemoryChannelLayer) -> None:
    for channel in ("slow", "quick"):
        await layer.group_add("lobby", channel)
    for number in range(5):
        await layer.group_send("lobby", {"type": "hello", "number": number})
        assert (await layer.receive("quick"))["number"] == number
    assert [(await layer.receive("slow"))["number"] for _ in range(3)] == [0, 1, 2]


async def test_a_channel_that_nobody_reads_leaves_its_groups(
    layer: MemoryChannelLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await layer.group_add("lobby", "gone")
    await layer.group_send("lobby", {"type": "hello"})
    later = time.time() + layer.expiry + 1
    monkeypatch.setattr("channels.layers.time.time", lambda: later)
    soon = time.monotonic() + EXPIRE_SECONDS
    monkeypatch.setattr("chat.transport.memory_layer.time.monotonic", lambda: soon)
    await layer.group_send("lobby", {"type": "hello"})
    assert not layer.groups["lobby"]
