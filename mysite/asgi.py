"""The ASGI application: pages over HTTP, rooms over WebSocket.

Preparing the database and the static files is left to the server's start (`mysite.servers`).
"""

import os

import django
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from mysite.garbage_collection import collected_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
with collected_rarely():
    django.setup()

from chat.routing import websocket_application
from mysite.servers import daphne
from mysite.servers.lifespan import lifespan
from mysite.servers.page_threads import http_application
from mysite.servers.proxies import TrustedProxies
from mysite.servers.root_path import RootPath
from mysite.servers.upgrade import UpgradeRequired
from mysite.servers.uploads import Announcements, Uploads
from ops.health import HealthEndpoints
from ops.metrics import MetricsEndpoint
from ops.requests import ObservedRequests

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
