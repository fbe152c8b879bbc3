"""Django's cache: shared through Redis if there is one, of one process otherwise."""

import logging
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEYS_MAX = 10_000
SECONDS_TO_ANSWER = 2


def shared_cache(redis_url: str) -> dict[str, Any]:
    """The settings of the default cache."""
    if not redis_url:
        memory = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": memory, "OPTIONS": {"MAX_ENTRIES": KEYS_MAX}}
    return {
        "BACKEND": "mysite.cache.RedisOrMemoryCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "lobby",
        "OPTIONS": {
            "socket_timeout": SECONDS_TO_ANSWER,
            "socket_connect_timeout": SECONDS_TO_ANSWER,
        },
    }


class RedisOrMemoryCache(RedisCache):
    """Redis; while it is away, this process's memory: nobody is kept from signing in."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("away", {"OPTIONS": {"MAX_ENTRIES": KEYS_MAX}})

    def add(self, *args: Any, **options: Any) -> bool:
        return bool(self._try("add", *args, **options))

    def get(self, *args: Any, **options: Any) -> Any:
        return self._try("get", *args, **options)

    def set(self, *args: Any, **options: Any) -> None:
        self._try("set", *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        return bool(self._try("delete", *args, **options))

    def _try(self, method: str, *args: Any, **options: Any) -> Any:
        try:
            return getattr(RedisCache, method)(self, *args, **options)
        except RedisError as error:
            logger.warning("Redis does not answer, this process caches by itself: %s", error)
            return getattr(self._memory, method)(*args, **options)
