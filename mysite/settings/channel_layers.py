"""The channel layer, and what else processes share through Redis."""

from mysite import environment
from mysite.cache import shared_cache
from mysite.environment import read
from mysite.layers import channel_layer

REDIS_URL = read(
    environment.redis_url, "REDIS_URL", "", allowed="an address like redis://host:6379/0"
)
CHANNEL_LAYER = read(
    environment.one_of("memory", "redis", "redis-pubsub"),
    "CHANNEL_LAYER",
    "redis-pubsub" if REDIS_URL else "memory",
    allowed="memory, redis or redis-pubsub",
)
if CHANNEL_LAYER != "memory" and not REDIS_URL:
    environment.refuse("CHANNEL_LAYER", allowed="possible without REDIS_URL")

CACHES = {"default": shared_cache(REDIS_URL)}  # of allauth's rates and used one-time codes
CHANNEL_LAYERS = {"default": channel_layer(CHANNEL_LAYER, REDIS_URL)}
RECONCILE_SECONDS = read(
    environment.seconds, "RECONCILE_SECONDS", 5.0, allowed="a number of seconds above 0, up to 3600"
)
