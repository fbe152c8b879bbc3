"""What `manage.py check` tells an operator."""

from types import SimpleNamespace

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from chat import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_the_in_memory_layer_is_for_one_process(settings: Settings) -> None:
    assert ids(checks.channel_layer_serves_one_process()) == ["chat.W001"]
    settings.CHANNEL_LAYER = "redis-pubsub"
    assert ids(checks.channel_layer_serves_one_process()) == []


def test_sqlite_is_for_one_machine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANNEL_LAYER = "redis-pubsub"
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    assert ids(checks.database_serves_one_machine()) == []
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    assert ids(checks.database_serves_one_machine()) == ["chat.W002"]
    settings.CHANNEL_LAYER = "memory"
    assert ids(checks.database_serves_one_machine()) == []
