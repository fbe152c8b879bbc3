"""`/metrics`: numbers for Prometheus, answered before Django.

With METRICS_TOKEN, whoever has the token may read them, whatever the Host header. Without one, this
machine may, where nothing hints at a proxy: a proxy on this machine connects from 127.0.0.1, too,
for the whole world. Everybody else finds the page that is not there.
"""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any

from django.conf import settings
from prometheus_client import Metric
from prometheus_client.exposition import choose_encoder

from chat.live.rates import address_of
from ops.metrics.shared import Shared
from ops.metrics.workers import workers

METHODS = {"GET", "HEAD"}
OF_PROXIES = {b"forwarded", b"via", b"x-real-ip", b"x-client-ip", b"true-client-ip", b"client-ip"}
OF_PROXIES_BEGIN = b"x-forwarded"

Headers = Iterable[tuple[bytes, bytes]]


class MetricsEndpoint:
    """An ASGI application around another: answers `/metrics`, passes on the rest."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._shared = Shared()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_asked = scope["path"].removeprefix(settings.ROOT_PATH) == "/metrics"
        if is_asked and scope["method"] in METHODS and is_entitled(scope):
            await self._answer(_header(scope["headers"], b"accept"), send)
        else:
            await self._application(scope, receive, send)

    async def _answer(self, accept: bytes, send: Any) -> None:
        found = [*await workers.collect(), *await self._shared.collect()]
        encode, content_type = choose_encoder(accept.decode("latin-1"))
        body = encode(_Collected(found))
        headers = [
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Collected:
    """What was collected, as prometheus-client wants it."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def is_entitled(scope: Any) -> bool:
    """Whether a request may read the numbers."""
    if settings.METRICS_TOKEN:
        expected = f"Bearer {settings.METRICS_TOKEN}".encode()
        return compare_digest(_header(scope["headers"], b"authorization"), expected)
    return _is_of_this_machine(scope)


def _is_of_this_machine(scope: Any) -> bool:
    """From this machine, to this machine, and passed on by nobody who says so.

    The Host is asked for two strangers who come from here: the clients of a proxy that passes Host
    on and adds nothing, and a site whose name leads a browser on this machine to Lobby's port.
    """
    if settings.CSRF_TRUSTED_ORIGINS and not settings.TRUSTED_PROXIES:
        return False  # the proxy in front of the public address is not known to say so
    client, headers = scope.get("client"), scope["headers"]
    if any(name in OF_PROXIES or name.startswith(OF_PROXIES_BEGIN) for name, _ in headers):
        return False
    host = _header(headers, b"host").decode("latin-1")
    return bool(client) and _is_loopback(client[0]) and _is_loopback(_name_of(host))


def _name_of(host: str) -> str:
    """The host without its port, and an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(host: str) -> bool:
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def _header(headers: Headers, wanted: bytes) -> bytes:
    """The value of a header that is there once; else nothing."""
    values = [value for name, value in headers if name == wanted]
    return values[0] if len(values) == 1 else b""
