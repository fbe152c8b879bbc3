"""An attack: what a stranger does to a server, and what the stranger counts meanwhile."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from django.core import signing
from picows import WSError

COOKIE = "lobby_guest"  # as in chat.web.guests, which needs Django to be set up

PATIENCE_SECONDS = 20  # for a refusal that is to come: a busy machine tries little in its time

GONE = (OSError, WSError, TimeoutError, EOFError)  # the server refused or cut the connection


@dataclass(frozen=True)
class Scale:
    """How large an attack is."""

    seconds: float = 15.0
    part: float = 1.0  # of the connections, keys and examples of the long form
    quiet_seconds: float = 7.5  # before the attack, to compare with

    def count(self, full: int) -> int:
        return max(3, round(full * self.part))


SHORT = Scale(seconds=0.3, part=0.01, quiet_seconds=0.0)


@dataclass(frozen=True)
class Target:
    """The server under attack. It takes 127.0.0.1 for a proxy, so a header names the network."""

    port: int
    pid: int
    secret: str

    def new_cookie(self) -> str:
        """The cookie of a new guest, as the first page sets it."""
        signer = signing.TimestampSigner(key=self.secret, salt=COOKIE, fallback_keys=[])
        return f"{COOKIE}={signer.sign(str(uuid4()))}"


@dataclass
class Tally:
    """What the attacker counted."""

    is_to_be_refused: bool = False
    tried: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)  # what the server should not have done
    notes: list[str] = field(default_factory=list)  # for the table


Run = Callable[[Target, Scale, Tally], Awaitable[None]]


@dataclass(frozen=True)
class Attack:
    name: str
    run: Run
    is_refused: bool = False  # the server must refuse some of it, also in the short form
    settings: tuple[tuple[str, str], ...] = ()  # of the server, where the defaults would not do


class Networks:
    """The networks that an attack comes from: many, or one."""

    def __init__(self, *, many: bool) -> None:
        self._many = many
        self._only = _new_network()

    def next(self) -> str:
        return _new_network() if self._many else self._only


def _new_network() -> str:
    groups = uuid4().hex
    return f"2001:db8:{groups[:4]}:{groups[4:8]}::1"


async def repeat(
    scale: Scale, tally: Tally, workers: int, act: Callable[[], Awaitable[None]]
) -> None:
    """So many workers act again and again until the time is over, each at least once.

    An attack that is to be refused goes on until it was, or for PATIENCE_SECONDS more.
    """
    end = time.monotonic() + scale.seconds

    def is_over() -> bool:
        is_done = bool(tally.refused) or not tally.is_to_be_refused
        return time.monotonic() > (end if is_done else end + PATIENCE_SECONDS)

    async def work() -> None:
        for _ in itertools.count():
            try:
                await act()
            except GONE as error:
                tally.refused[type(error).__name__] += 1
                await asyncio.sleep(0.01)
            if is_over():
                return

    await asyncio.gather(*(work() for _ in range(scale.count(workers))))


async def gather(count: int, at_once: int, act: Callable[[], Awaitable[None]]) -> None:
    """Act so many times, so many at once."""
    numbers = iter(range(count))

    async def work() -> None:
        for _ in numbers:
            await act()

    await asyncio.gather(*(work() for _ in range(at_once)))
