"""The path that Lobby is under, ROOT_PATH. Nothing else decides it: daphne's header is ignored."""

import logging
from functools import cache
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from django.conf import settings

from mysite.servers import short_answers

logger = logging.getLogger(__name__)


class RootPath:
    """An ASGI application around another: sets `root_path`, and refuses paths outside it.

    As ASGI has it, `path` begins with `root_path`: Django and Channels remove it. A proxy that
    removes it is named by ROOT_PATH_STRIPPED and not guessed: `/lobby/lobby/admin/` would get past
    its rule for `/lobby/admin/`.
    """

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(
        self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        root, path = settings.ROOT_PATH, _full_path(scope["path"])
        if is_under(root, path):
            scope = {**scope, "path": path, "root_path": root}
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": None})
        else:
            _log_first(root)
            await short_answers.line(send, 404, f"Lobby is under {root}/.")


def is_under(root: str, path: str) -> bool:
    return not root or path == root or path.startswith(f"{root}/")


def _full_path(path: str) -> str:
    return f"{settings.ROOT_PATH}{path}" if settings.ROOT_PATH_STRIPPED else path


@cache
def _log_first(root: str) -> None:
    logger.warning(
        "A request came for a path outside ROOT_PATH=%s."
        " If the proxy removes ROOT_PATH from paths, set ROOT_PATH_STRIPPED=on.",
        root,
    )
