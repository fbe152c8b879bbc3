"""Whose X-Forwarded-For and X-Forwarded-Proto are believed: those of TRUSTED_PROXIES, no others."""

from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chat.live.rates import address_of

UNIX = "unix"  # in TRUSTED_PROXIES: a proxy that connects to a Unix socket

Client = tuple[str, int]


class TrustedProxies(ProxyHeadersMiddleware):
    """Sets the client and the scheme that a trusted proxy tells."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            scope = {**scope, "client": _peer(scope.get("client"))}
        await super().__call__(scope, receive, send)


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    networks = (ip_network(proxy) for proxy in settings.TRUSTED_PROXIES if proxy != UNIX)
    return any(address in network for network in networks)


def _peer(client: Client | None) -> Client | None:
    """Who connected. A socket for IPv4 and IPv6 has IPv4 addresses as ::ffff:192.0.2.1."""
    if client is None:
        return (UNIX, 0) if UNIX in settings.TRUSTED_PROXIES else None
    host, port = client
    return str(address_of(host) or host), port
