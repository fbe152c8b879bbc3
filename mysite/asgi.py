"""The ASGI application: pages over HTTP, rooms over WebSocket."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor

import django
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
django.setup()

from chat.routing import websocket_application  # noqa: E402
from mysite import daphne_protocol, uvicorn_protocol  # noqa: E402
from mysite.lifespan import lifespan  # noqa: E402
from mysite.startup import prepare  # noqa: E402

daphne_protocol.install()
uvicorn_protocol.install()

# In a thread, as uvicorn imports this inside its event loop, where the ORM refuses to work.
# Before the middleware is built, as that reads which static files there are.
with ThreadPoolExecutor(1) as executor:
    executor.submit(prepare).result()

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": websocket_application,
        "lifespan": lifespan,
    }
)

# A collection stops the process for as long as it has objects to look at. Those of the code never
# go, so it need not look at them; connections are freed without it, so it need not look often.
gc.collect()
gc.freeze()
gc.set_threshold(100_000, 50, 50)
