"""Pages, asked for as fast as they come."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.requests import fetch, request

WORKERS = 40

Path = Callable[[], str]


def _room() -> str:
    return "/chat/lobby/"


def _qr_code() -> str:
    return f"/chat/{uuid4().hex}/qr.svg"  # drawn anew for each address


def _question() -> str:
    return f"/rooms/find?typed={uuid4().hex}"


def _history() -> str:
    return "/chat/large/messages?limit=200"


async def pages(target: Target, scale: Scale, tally: Tally, *, path: Path, many: bool) -> None:
    networks = Networks(many=many)

    async def act() -> None:
        await fetch(target, tally, request("GET", path(), networks.next()))

    await repeat(scale, tally, WORKERS, act)


ATTACKS = [
    Attack("pages: rooms, one network", partial(pages, path=_room, many=False), is_refused=True),
    Attack("pages: rooms, many networks", partial(pages, path=_room, many=True)),
    Attack("pages: history, many networks", partial(pages, path=_history, many=True)),
    Attack(
        "pages: whether a room exists, many networks", partial(pages, path=_question, many=True)
    ),
    Attack("pages: QR codes, many networks", partial(pages, path=_qr_code, many=True)),
]
