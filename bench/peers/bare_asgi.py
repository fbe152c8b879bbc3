"""An ASGI application that only sends: the lower bound for ASGI applications."""

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
        for member_send in list(room):
            await member_send({"type": "websocket.send", "text": text})
    room.discard(send)
