"""WebSockets through the proxy: that they open, for pages of Lobby alone, and stay open."""

import time
from typing import Any
from uuid import uuid4

from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from ops.doctor.findings import Finding, Findings
from ops.doctor.proxy import WRITE_REACHABLE, WRITE_UPSTREAM, Site
from ops.errors import in_a_line

SECONDS = 10
IDLE_SECONDS = 75  # more than the minute that proxies have as their default
FOREIGN = "https://not-lobby.invalid"
NOT_FOUND = 4404  # the close code of a room that is not there
WRITE_UPGRADE = (
    "nginx: `proxy_http_version 1.1;`, `proxy_set_header Upgrade $http_upgrade;` and"
    ' `proxy_set_header Connection "upgrade";`. Caddy and Traefik pass them on by themselves.'
)
WRITE_TIMEOUT = (
    "A read timeout above 20 seconds, as Lobby pings so often: nginx `proxy_read_timeout 60s;`,"
    " Traefik `respondingTimeouts.idleTimeout`."
)


def sockets(site: Site) -> Findings:
    """Open one as a page of Lobby does, and one as another page does."""
    try:
        with _connected(site, site.origin, f"~{uuid4()}") as socket:
            yield _in_room(socket)
    except (InvalidHandshake, OSError) as error:
        yield _refused(site, error)
        return
    yield _foreign(site)


def idle_socket(site: Site, room: str, seconds: float = IDLE_SECONDS) -> Findings:
    """Keep one open that says nothing but pongs. It opens the room."""
    began = time.monotonic()
    try:
        with _connected(site, site.origin, room) as socket:
            while (left := began + seconds - time.monotonic()) > 0:
                _take(socket, left)
    except (ConnectionClosed, InvalidHandshake, OSError) as error:
        after = time.monotonic() - began
        text = f"ends a WebSocket after {after:.0f} s: {in_a_line(error)}"
        yield Finding("WebSocket", text, WRITE_TIMEOUT)
        return
    yield Finding("WebSocket", f"stays open for {seconds:.0f} s when nobody writes")


def _take(socket: ClientConnection, seconds: float) -> None:
    try:
        socket.recv(seconds)
    except TimeoutError:
        pass


def _connected(site: Site, origin: str, room: str) -> Any:
    scheme = "wss" if site.is_secure else "ws"
    path = site.path(f"/ws/chat/{room}/")
    return connect(
        f"{scheme}://{site.url.netloc}{path}",
        ssl=site.trust if site.is_secure else None,
        origin=Origin(origin),
        subprotocols=[Subprotocol("chat.v1")],
        open_timeout=SECONDS,
        close_timeout=1,
        ping_interval=None,
        proxy=None,
    )


def _in_room(socket: ClientConnection) -> Finding:
    """The room is none that there is: so Lobby itself says."""
    try:
        socket.recv(SECONDS)
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else None
        if code is not None and code >= 4400:
            return Finding("WebSocket", "opens for pages of Lobby")
        text = f"is closed by {code or 'a lost connection'}, not by Lobby"
        return Finding("WebSocket", text, "See the log of the proxy.")
    except TimeoutError:
        return Finding("WebSocket", "opens, and nothing comes", WRITE_UPGRADE)
    return Finding("WebSocket", "opens for pages of Lobby")


def _refused(site: Site, error: Exception) -> Finding:
    status = error.response.status_code if isinstance(error, InvalidStatus) else None
    if status == 403:
        advice = f"CSRF_TRUSTED_ORIGINS={site.origin}"
        return Finding("WebSocket", "pages of Lobby may not open any: 403", advice)
    if status == 429:
        advice = "Wait a minute; if all people see it, TRUSTED_PROXIES lacks the proxy."
        return Finding("WebSocket", "too many from this network: 429", advice)
    if status == 502:
        return Finding("WebSocket", "the proxy does not reach Lobby: 502", WRITE_UPSTREAM)
    if isinstance(error, OSError):
        return Finding("WebSocket", f"does not open: {in_a_line(error)}", WRITE_REACHABLE)
    shown = f"the answer is {status}" if status else in_a_line(error)
    return Finding("WebSocket", f"does not open: {shown}", WRITE_UPGRADE)


def _foreign(site: Site) -> Finding:
    try:
        with _connected(site, FOREIGN, f"~{uuid4()}"):
            pass
    except InvalidStatus as error:
        if error.response.status_code == 403:
            return Finding("WebSocket", "does not open for pages of others")
        text = f"for pages of others, the answer is {error.response.status_code} and not 403"
        return Finding("WebSocket", text, "See the log of the proxy.")
    except (InvalidHandshake, OSError) as error:
        return Finding("WebSocket", in_a_line(error), "See the log of the proxy.")
    advice = "Pass the header Origin on as it is: nginx without `proxy_set_header Origin`."
    if "*" in settings.ALLOWED_HOSTS:
        advice += " And name your hosts in ALLOWED_HOSTS, without *."
    return Finding(
        "WebSocket", "opens for pages of anybody: they could read in people's names", advice
    )
