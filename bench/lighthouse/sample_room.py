"""Fills a room with fifty sample messages by five people, some long, some with markup."""

from contextlib import AsyncExitStack
from itertools import cycle, islice
from typing import Any

from chat.tests.support.clients import Person
from chat.tests.support.servers import Server

ROOM = "tea room"
MESSAGE_COUNT = 50
MANUAL = (
    "I read the manual, all of it, on the train. It says that the second whistle is the lid,"
    " that the lid is not under guarantee, and that _under no circumstances_ one should answer it."
    " There is a chapter on descaling that I can recommend to anybody who likes their novels slow,"
    " and a drawing of a cat whose purpose I could not find out."
)
MESSAGES = [
    ("Ada", "The new kettle whistles in **two keys** at once. A feature, or a cry for help?"),
    ("Grace", "Leave it on."),
    ("Grace", "It is the only one of us with perfect pitch."),
    ("Ada", '@Grace I wrote the notes down:\n```python\nkettle.sing(["C♯", "almost F"])\n```'),
    ("Edsger", "Considered harmful, before nine."),
    ("Barbara", MANUAL),
    ("Alan", "Is the cat in the circuit?\n- if it is, that explains the lid\n- if not, the cat"),
    ("Barbara", "> a drawing of a cat\n\nHere it is: https://example.com/manual#cat"),
    ("Grace", "Tea at four, everyone? Bring a cup, and an open mind. 🎉"),
    ("Edsger", "I’ll be there."),
]


async def fill_room(server: Server) -> None:
    """Post the messages, each person over their own socket."""
    async with AsyncExitStack() as sockets:
        people = {
            name: await sockets.enter_async_context(Person(server, name).at(server, ROOM))
            for name in dict.fromkeys(name for name, _ in MESSAGES)
        }
        reply: dict[str, Any] = {}
        for name, text in islice(cycle(MESSAGES), MESSAGE_COUNT):
            message = await people[name].say(text, **reply)
            reply = {"reply_to": message["seq"]} if name == "Alan" else {}
        await people["Ada"].send(type="message.react", seq=message["seq"], emoji="👍", on=True)
        await people["Ada"].until(lambda: bool(people["Ada"].messages[-1]["reactions"]))
