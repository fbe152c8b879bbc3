"""What the log says of a request: ids, and the name of its page; a path may have a secret."""

from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest

SCOPE_KEY = "lobby.ids"

_current: ContextVar[dict[str, Any] | None] = ContextVar("ids of the request", default=None)


def begin(request_id: str) -> dict[str, Any]:
    """The ids of a request that begins: noted from now on, also on the threads of its view."""
    ids: dict[str, Any] = {"request": request_id}
    _current.set(ids)
    return ids


def note(**ids: Any) -> None:
    """Add ids to those of the request, if there is one."""
    if (noted := _current.get()) is not None:
        noted.update(ids)


def of_request(request: HttpRequest) -> dict[str, Any]:
    """The ids of a request that came by ASGI."""
    ids: dict[str, Any] = getattr(request, "scope", {}).get(SCOPE_KEY, {})
    return ids
