"""The sidebar's pauses, made short."""

import pytest


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.live.read_pointers.STORE_SECONDS", 0.05)
    monkeypatch.setattr("chat.transport.event_bus.PUBLISH_SECONDS", 0.05)
    monkeypatch.setattr("chat.live.sidebar.NEWS_SECONDS", 0.05)
