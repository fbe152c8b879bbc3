"""The lifespan protocol of ASGI: uvicorn speaks it; for daphne see `daphne_protocol`."""

from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable

from chat import farewell


async def lifespan(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await farewell.say()
    await send({"type": "lifespan.shutdown.complete"})
