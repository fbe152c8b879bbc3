"""The handshake of a WebSocket: what the client says of itself, before anything is believed."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from chat.guest_cookie import guest_of
from chat.identity import Credentials, credentials_of
from chat.live.rates import network_of
from chat.models import Address, parse_address
from chat.models.token import digest_of
from chat.sockets import languages

VERSION_MAX_DIGITS = 18  # more than a database counts


class MalformedQuery(Exception):
    """The query of the address is none of `chat.v1`."""


class Resume(NamedTuple):
    """From where a client goes on: its version, None for a new client, and the epoch of it."""

    after: int | None = None
    epoch: str | None = None
    takes_changes: bool = False  # of messages, instead of whole messages

    @classmethod
    def parse(cls, query: Mapping[str, list[str]]) -> "Resume":
        """Raises MalformedQuery."""
        last = {name: values[-1] for name, values in query.items()}
        after = last.get("after")
        return cls(
            None if after is None else _version(after),
            last.get("epoch"),
            last.get("changes") == "1",
        )

    def cursor_in(self, epoch: UUID) -> int | None:
        """The version, unless it is one of another epoch. A client that tells none has this one."""
        return self.after if self.epoch in {None, str(epoch)} else None


def _version(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= VERSION_MAX_DIGITS:
        return int(text)
    raise MalformedQuery


class Handshake:
    """What a client says as it opens a WebSocket. `scope` is ASGI's, with cookies and route."""

    __slots__ = ("_scope",)

    def __init__(self, scope: Any) -> None:
        self._scope = scope

    @property
    def address(self) -> Address:
        """The room's. Raises RoomNameError."""
        return parse_address(self._scope["url_route"]["kwargs"]["room"])

    @property
    def network(self) -> str | None:
        return network_of(self._scope.get("client"))

    @property
    def guest(self) -> UUID | None:
        """Who the guest cookie names."""
        return guest_of(self._scope["cookies"])

    @property
    def credentials(self) -> Credentials:
        """A program shows a token, and no cookie counts then."""
        scheme, _, secret = self._header(b"authorization").partition(" ")
        if scheme.lower() == "bearer":
            return Credentials(token=digest_of(secret.strip()))
        return credentials_of(self._scope["cookies"], self.network)

    @property
    def resume(self) -> Resume:
        """Raises MalformedQuery."""
        return Resume.parse(parse_qs(self._scope["query_string"].decode("latin-1")))

    @property
    def subprotocols(self) -> list[str]:
        """Those that the client offers."""
        return list(self._scope["subprotocols"])

    @property
    def language(self) -> str:
        return languages.preferred(self._scope["cookies"], self._header(b"accept-language"))

    @property
    def origin(self) -> str:
        """Where the client found this server, as it says itself; empty if it does not."""
        host = self._header(b"host")
        scheme = "https" if self._scope.get("scheme") == "wss" else "http"
        return f"{scheme}://{host}" if host else ""

    def _header(self, name: bytes) -> str:
        headers: dict[bytes, bytes] = dict(self._scope["headers"])
        return headers.get(name, b"").decode("latin-1")
