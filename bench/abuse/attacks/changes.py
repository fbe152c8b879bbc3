"""Messages, edits, deletions and new names, without a cookie: each connection is a new guest."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

from bench.abuse.attack import Attack, Networks, Run, Scale, Tally, Target, repeat
from bench.abuse.requests import fetch, form
from bench.abuse.sockets import AttackSocket, connected

SOCKETS = 250
BURST = 20  # the rate of a member: then the socket comes back as a new guest
RENAMING = 50

Frames = Iterable[dict[str, Any]]


def _posts() -> Frames:
    return [_post(f"spam {number}") for number in range(BURST)]


def _large_posts() -> Frames:
    return [_post("**x** " * 1_300) for _ in range(BURST)]


def _post(text: str) -> dict[str, Any]:
    return {"type": "message.send", "id": str(uuid4()), "text": text}


def _edits() -> Frames:
    """Of a message of one's own, in a room of one's own."""
    edits = [{"type": "message.edit", "seq": 1, "text": f"edit {n}"} for n in range(BURST - 1)]
    return [_post("first"), *edits]


def _deletions() -> Frames:
    return [{"type": "message.delete", "seq": number + 1} for number in range(BURST)]


def _topics() -> Frames:
    return [{**_post(f"topic {number}"), "kind": "topic"} for number in range(5)]


async def bursts(
    target: Target,
    scale: Scale,
    tally: Tally,
    *,
    frames: Callable[[], Frames],
    many: bool,
    own_room: bool = False,
) -> None:
    networks = Networks(many=many)

    async def act() -> None:
        room = f"own {uuid4().hex[:4]}" if own_room else "changes"
        async with connected(target, tally, room, networks.next()) as socket:
            await burst(socket, tally, frames())

    await repeat(scale, tally, SOCKETS, act)


async def burst(socket: AttackSocket, tally: Tally, frames: Frames) -> None:
    """Send these frames at once, and wait for an answer to each."""
    answers = socket.events
    for frame in frames:
        socket.send(**frame)
        tally.tried += 1
        answers += 1
    await socket.until_answered(answers)


async def names(target: Target, scale: Scale, tally: Tally, *, many: bool) -> None:
    networks = Networks(many=many)

    async def act() -> None:
        name = f"name={uuid4().hex[:20]}"
        await fetch(target, tally, form("/name/", networks.next(), target.new_cookie(), name))
        await asyncio.sleep(0)

    await repeat(scale, tally, RENAMING, act)


def _one_and_many(name: str, run: Callable[..., Any], **options: Any) -> list[Attack]:
    one: Run = partial(run, many=False, **options)
    many: Run = partial(run, many=True, **options)
    return [
        Attack(f"{name}, one network", one, is_refused=True),
        Attack(f"{name}, many networks", many),
    ]


ATTACKS = [
    *_one_and_many("messages: into one room", bursts, frames=_posts),
    *_one_and_many("messages: into rooms", bursts, frames=_posts, own_room=True),
    *_one_and_many("messages: large", bursts, frames=_large_posts),
    *_one_and_many("edits", bursts, frames=_edits, own_room=True),
    *_one_and_many("deletions: of what others wrote", bursts, frames=_deletions),
    *_one_and_many("topics", bursts, frames=_topics),
    *_one_and_many("names", names),
]
