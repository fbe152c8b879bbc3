"""What a WebSocket request gets whose Upgrade header a proxy lost: 426, and one line of help."""

import logging
from functools import cache
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from django.conf import settings

from mysite.servers import short_answers

UPGRADE = [(b"upgrade", b"websocket"), (b"connection", b"upgrade")]  # RFC 9110, 15.5.22
HELP = "The proxy must speak HTTP/1.1 to Lobby, and pass on the headers Upgrade and Connection."

logger = logging.getLogger(__name__)


class UpgradeRequired:
    """An ASGI application around the pages: refuses HTTP requests to the paths of WebSockets."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(
        self, scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if not scope["path"].startswith(f"{settings.ROOT_PATH}/ws/"):
            await self._application(scope, receive, send)
            return
        if any(name == b"sec-websocket-key" for name, _ in scope["headers"]):
            _log_first()
        await short_answers.line(send, 426, f"This address is for WebSockets only. {HELP}", UPGRADE)


@cache
def _log_first() -> None:
    logger.warning("A WebSocket request came without its Upgrade header. %s", HELP)
