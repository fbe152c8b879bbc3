"""The WebSocket routes, and the check of the Origin header."""

from typing import Any
from urllib.parse import urlparse

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.urls import re_path

from chat.consumers import ChatConsumer, UnknownPathConsumer

websocket_urlpatterns = [
    re_path(r"^ws/chat/(?P<room>[^/]*)/\Z", ChatConsumer.as_asgi()),
    re_path(r"", UnknownPathConsumer.as_asgi()),
]


class SameOriginValidator(OriginValidator):
    """Refuses WebSockets that a page of another site opens, with its visitor's cookies.

    Browsers send an Origin header (RFC 6455, 10.2). A request without one is not from a browser,
    and is allowed.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        is_allowed = all(self._is_allowed_origin(origin.decode("latin-1")) for origin in origins)
        return await (self.application if is_allowed else WebsocketDenier())(scope, receive, send)

    def _is_allowed_origin(self, origin: str) -> bool:
        try:
            return bool(self.valid_origin(urlparse(origin)))
        except ValueError:  # "http://[" and "http://host:port" are not URLs
            return False


websocket_application = SameOriginValidator(
    CookieMiddleware(URLRouter(websocket_urlpatterns)),
    allowed_origins=[
        *settings.ALLOWED_HOSTS,
        # Django writes any subdomain as *.example.com, Channels as .example.com.
        *(origin.replace("://*.", "://.") for origin in settings.CSRF_TRUSTED_ORIGINS),
    ],
)
