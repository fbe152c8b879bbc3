"""Settings of the channel layers."""

from typing import Any

CAPACITY = 10_000  # messages waiting for one process; `memory` and `redis` drop further ones


def channel_layer(name: str, redis_url: str) -> dict[str, Any]:
    """Channels' settings for the layer `memory`, `redis` or `redis-pubsub`."""
    # The layers read with blocking calls. redis-py 8 would time these out after 5 s, and refuse
    # more than 100 connections.
    host = {
        "address": redis_url,
        "socket_timeout": None,
        "socket_keepalive": True,
        "max_connections": 10_000,
    }
    return {
        "memory": {
            "BACKEND": "chat.transport.memory_layer.MemoryChannelLayer",
            "CONFIG": {"capacity": CAPACITY},
        },
        "redis": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [host], "capacity": CAPACITY},
        },
        "redis-pubsub": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [host]},
        },
    }[name]
