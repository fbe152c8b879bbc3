"""An ASGI application that does nothing but send: the floor under every other one."""

import json
from collections import defaultdict
from typing import Any

rooms: defaultdict[str, set[Any]] = defaultdict(set)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            await send({"type": (await receive())["type"] + ".complete"})
    await receive()
    await send({"type": "websocket.accept"})
    room = rooms[scope["path"]]
    room.add(send)
    while (event := await receive())["type"] == "websocket.receive":
        text = json.dumps(json.loads(event["text"]))
        for each in list(room):
            await each({"type": "websocket.send", "text": text})
    room.discard(send)
