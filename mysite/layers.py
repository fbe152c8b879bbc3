"""The channel layers Lobby runs on, as Channels' settings."""

from typing import Any

CAPACITY = 10_000  # nudges on their way to one process; the layers drop what is beyond


def channel_layer(name: str, redis_url: str) -> dict[str, Any]:
    """The settings of the layer called `memory`, `redis` or `redis-pubsub`."""
    # redis-py 8 gives up a quiet connection after 5 s and refuses the 101st, both of which the
    # layers' blocking reads run into.
    host = {
        "address": redis_url,
        "socket_timeout": None,
        "socket_keepalive": True,
        "max_connections": 10_000,
    }
    return {
        "memory": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
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
