"""The ASGI application: pages over HTTP, rooms over WebSocket.

Preparing the database and the static files is left to the server's start (`mysite.servers`).
"""

import os

import django
from channels.routing import ProtocolTypeRouter
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
django.setup()

from chat.routing import websocket_application  # noqa: E402
from mysite.servers import daphne  # noqa: E402
from mysite.servers.lifespan import lifespan  # noqa: E402
from mysite.servers.page_threads import http_application  # noqa: E402
from mysite.servers.proxies import TrustedProxies  # noqa: E402
from mysite.servers.root_path import RootPath  # noqa: E402
from mysite.servers.upgrade import UpgradeRequired  # noqa: E402
from mysite.servers.uploads import Announcements, Uploads  # noqa: E402
from ops.health import HealthEndpoints  # noqa: E402
from ops.metrics import MetricsEndpoint  # noqa: E402
from ops.requests import ObservedRequests  # noqa: E402

daphne.install()

pages = UpgradeRequired(Uploads(http_application, Announcements(http_application).refuse))
router = ProtocolTypeRouter(
    {
        "http": HealthEndpoints(MetricsEndpoint(ObservedRequests(RootPath(pages)))),
        "websocket": RootPath(websocket_application),
        "lifespan": lifespan,
    }
)
application = TrustedProxies(router, trusted_hosts=settings.TRUSTED_PROXIES)
