"""ASGI's lifespan protocol: uvicorn speaks it, daphne does not (see `mysite.servers.daphne`)."""

import asyncio
import logging
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable
from uvicorn import Config

from chat import runtime
from mysite.logs import take_over_access_log
from mysite.servers import shutdown, startup, uvicorn_http
from mysite.servers.startup import CannotStart
from ops.metrics.workers import workers

logger = logging.getLogger(__name__)


async def lifespan(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await receive()  # lifespan.startup
    config = getattr(getattr(receive, "__self__", None), "config", None)
    try:
        await asyncio.to_thread(
            startup.start, _origin(config)
        )  # the ORM refuses to work in an event loop
    except CannotStart as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    except Exception:  # or uvicorn would serve unprepared
        logger.exception("the start failed")
        await send({"type": "lifespan.startup.failed", "message": "Lobby cannot start."})
        return
    if isinstance(config, Config):
        uvicorn_http.bound(config)
        take_over_access_log(logging.getLogger("uvicorn.access"))
    runtime.current().start()
    await workers.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    await shutdown.shut_down()
    await workers.aclose()
    await send({"type": "lifespan.shutdown.complete"})


def _origin(config: Any) -> str:
    if isinstance(config, Config) and config.port and not (config.uds or config.fd):
        return f"http://{config.host}:{config.port}"
    return ""
