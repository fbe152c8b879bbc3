"""Whose X-Forwarded-For and X-Forwarded-Proto are believed: those of TRUSTED_PROXIES, no others."""

import ipaddress
from typing import Any

from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

UNIX = "unix"  # in TRUSTED_PROXIES: a proxy that connects to a Unix socket

Address = tuple[str, int]


class TrustedProxies(ProxyHeadersMiddleware):
    """Sets the client and the scheme that a trusted proxy tells."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            scope = {**scope, "client": _peer(scope.get("client"))}
        await super().__call__(scope, receive, send)


def _peer(client: Address | None) -> Address | None:
    """Who connected. A socket for IPv4 and IPv6 has IPv4 addresses as ::ffff:192.0.2.1."""
    if client is None:
        return (UNIX, 0) if UNIX in settings.TRUSTED_PROXIES else None
    host, port = client
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host, port
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address), port
