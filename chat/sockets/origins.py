"""Which pages may open WebSockets: those of our own origin, and of CSRF_TRUSTED_ORIGINS.

An origin is a scheme, a host and a port (RFC 6454). Django's CSRF middleware compares the same.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.http import is_same_domain

DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int


def is_allowed(scope: Any) -> bool:
    """Whether the page that opens this WebSocket may. Browsers name its origin (RFC 6455, 10.2).

    A request without an Origin header is not from a browser, and is allowed.
    """
    named = _headers(scope, b"origin")
    if not named:
        return True
    origin = parse(named[0]) if len(named) == 1 else None
    return origin is not None and (origin == _own_origin(scope) or _is_trusted(origin))


def parse(text: str) -> Origin | None:
    """The origin that a header names. None for "null", and for what is no origin."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:  # "http://[" and "http://host:port" are no URLs
        return None
    is_origin_alone = text.lower() == f"{url.scheme}://{url.netloc}".lower() and "@" not in text
    if url.scheme not in DEFAULT_PORTS or not url.hostname or not is_origin_alone:
        return None
    return Origin(url.scheme, url.hostname, DEFAULT_PORTS[url.scheme] if port is None else port)


def _own_origin(scope: Any) -> Origin | None:
    """The origin that the request is for. None if its Host is not in ALLOWED_HOSTS."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = ",".join(_headers(scope, b"host"))
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    return parse(f"{'https' if scope.get('scheme') == 'wss' else 'http'}://{host}")


def _is_trusted(origin: Origin) -> bool:
    return any(_matches(origin, parse(trusted)) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def _matches(origin: Origin, trusted: Origin | None) -> bool:
    """Whether it is the trusted origin; https://*.example.com has all subdomains of example.com."""
    return (
        trusted is not None
        and (origin.scheme, origin.port) == (trusted.scheme, trusted.port)
        and is_same_domain(origin.host, trusted.host.removeprefix("*"))
    )


def _headers(scope: Any, name: bytes) -> list[str]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for key, value in headers if key == name]
