"""Where WebSockets go, and who may open one."""

from typing import Any
from urllib.parse import urlparse

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.urls import re_path

from chat.consumers import ChatConsumer, NowhereConsumer

websocket_urlpatterns = [
    re_path(r"^ws/chat/(?P<room>[^/]*)/\Z", ChatConsumer.as_asgi()),
    re_path(r"", NowhereConsumer.as_asgi()),
]


class SameOriginValidator(OriginValidator):
    """Refuses a browser that another site's page sent here with its visitor's cookies.

    Browsers always send an Origin (RFC 6455, 10.2); what sends none is no browser, and welcome.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        welcome = all(self._is_ours(origin.decode("latin-1")) for origin in origins)
        return await (self.application if welcome else WebsocketDenier())(scope, receive, send)

    def _is_ours(self, origin: str) -> bool:
        try:
            return bool(self.valid_origin(urlparse(origin)))
        except ValueError:  # "http://[", "http://host:port": not an address at all
            return False


websocket_application = SameOriginValidator(
    CookieMiddleware(URLRouter(websocket_urlpatterns)),
    allowed_origins=[
        *settings.ALLOWED_HOSTS,
        # Django writes any subdomain as *.example.com, Channels as .example.com.
        *(origin.replace("://*.", "://.") for origin in settings.CSRF_TRUSTED_ORIGINS),
    ],
)
