"""The WebSocket routes, and the check of the Origin header."""

import logging
from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from channels.sessions import CookieMiddleware
from django.urls import re_path

from chat.consumers import ChatConsumer, UnknownPathConsumer
from chat.sockets import origins

LOGGED_BYTES = 200  # of a header

logger = logging.getLogger(__name__)

websocket_urlpatterns = [
    re_path(r"^ws/chat/(?P<room>[^/]*)/\Z", ChatConsumer.as_asgi()),
    re_path(r"", UnknownPathConsumer.as_asgi()),
]


class SameOriginValidator:
    """Refuses WebSockets that a page of another origin opens, with its visitor's cookies."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if origins.is_allowed(scope):
            await self._application(scope, receive, send)
        else:
            logger.info("A page outside CSRF_TRUSTED_ORIGINS was refused: %s", _named(scope))
            await WebsocketDenier()(scope, receive, send)


def _named(scope: Any) -> list[bytes]:
    """The Origin and Host headers, escaped and cut for the log."""
    return [
        value[:LOGGED_BYTES] for name, value in scope["headers"] if name in {b"origin", b"host"}
    ]


websocket_application = SameOriginValidator(CookieMiddleware(URLRouter(websocket_urlpatterns)))
