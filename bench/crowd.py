"""People who came into rooms, and what a stretch of their talk cost the server."""

import asyncio
import gc
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import numpy as np

from bench.clients import CONNECTING_AT_ONCE, Person, connect
from bench.ledger import Ledger
from bench.machine import Vigil
from bench.subjects import Running

TIMEOUT_SECONDS = 2.0  # without any delivery, and what is missing is lost

numbers = itertools.count(1)  # of messages, over all rooms


@dataclass
class Figures:
    """One stretch of talk. Times in seconds, unless the name says milliseconds or microseconds."""

    seconds: float
    messages: int
    deliveries: int
    deliveries_per_second: float
    cpu_us_per_delivery: float
    server_busy: float  # cores
    generator_busy: float  # cores, of the one it has
    lost: int
    repeated: int
    out_of_order: int
    disconnected: int
    p50_ms: float
    p99_ms: float
    max_ms: float

    as_dict = asdict


class Crowd:
    """The people of some rooms, connected to one running subject."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.vigil = Vigil.here()
        self.ledgers: dict[str, Ledger] = {}
        self.people: dict[str, list[Person]] = {}
        self.connect_seconds = 0.0

    def ledger(self, room: str) -> Ledger:
        return self.ledgers.setdefault(room, Ledger(self.running.dialect.read, self.vigil))

    async def join(self, room: str, count: int, **options: int | str) -> list[Person]:
        """So many more people in a room."""
        ledger, people = self.ledger(room), self.people.setdefault(room, [])
        at_once = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def enter(number: int) -> Person:
            async with at_once:
                url, dialect = self.running.url(number), self.running.dialect
                return await connect(url, dialect, ledger, room, **options)  # type: ignore[arg-type]

        begun = time.perf_counter()
        came = await asyncio.gather(*(enter(len(people) + it) for it in range(count)))
        self.connect_seconds += time.perf_counter() - begun
        people += came
        return came

    def everybody(self) -> list[Person]:
        return [it for people in self.people.values() for it in people]

    def leave(self) -> None:
        for person in self.everybody():
            if person.closed is None:
                person.leave()

    # --- talking --------------------------------------------------------------------------------

    async def talk_in_turn(self, room: str, seconds: float) -> None:
        """One sender; a message goes out when everybody has the one before."""
        people, ledger = self.people[room], self.ledger(room)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            people[0].say(next(numbers), _present(people))
            if not await _settles(ledger):
                ledger.pending = 0

    async def talk_at_once(self, rooms: Sequence[str], senders: int, seconds: float) -> None:
        """In each room, so many senders, each with one message under way."""
        until = time.perf_counter() + seconds
        for room in rooms:
            for sender in self.people[room][:senders]:
                self._keep_talking(sender, room, until)
        while time.perf_counter() < until:
            await asyncio.sleep(0.1)
            self._urge(rooms, senders)

    def _keep_talking(self, sender: Person, room: str, until: float) -> None:
        people = self.people[room]
        receivers = len(people)

        def say() -> None:
            if time.perf_counter() < until and sender.closed is None:
                sender.say(next(numbers), receivers)

        sender.on_own = say
        say()

    def _urge(self, rooms: Sequence[str], senders: int) -> None:
        """Those whose message was lost on the way go on."""
        overdue = time.perf_counter() - TIMEOUT_SECONDS
        for room in rooms:
            ledger = self.ledger(room)
            for sender in self.people[room][:senders]:
                if sender.own is None or sender.on_own is None:
                    continue
                if ledger.sent_at[sender.own] < overdue:
                    sender.on_own()

    async def settle(self) -> None:
        """Wait for what is under way, as long as something comes."""
        for ledger in self.ledgers.values():
            await _settles(ledger)

    # --- measuring ------------------------------------------------------------------------------

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[list[Figures]]:
        """Appends the figures of what is said in the block, once all of it has arrived."""
        figures: list[Figures] = []
        for ledger in self.ledgers.values():
            ledger.forget()
        present = [it for it in self.everybody() if it.closed is None]
        gc.collect()
        gc.disable()
        usage, own, begun = self.running.usage(), self.vigil.busy_seconds, time.perf_counter()
        yield figures
        await self.settle()
        last = max((it.last_delivery for it in self.ledgers.values()), default=begun)
        seconds = max(last, begun + 1e-9) - begun
        own_used = self.vigil.busy_seconds - own
        used = self.running.usage().cpu_seconds - usage.cpu_seconds
        gc.enable()
        ledgers = list(self.ledgers.values())
        deliveries = sum(it.deliveries for it in ledgers)
        waits = np.concatenate([it.latencies() for it in ledgers] or [np.empty(0)]) * 1e3
        p50, p99, longest = (
            (float(it) for it in np.percentile(waits, (50, 99, 100)))
            if waits.size
            else (float("nan"),) * 3
        )
        figures.append(
            Figures(
                seconds=seconds,
                messages=sum(len(it.sent_at) for it in ledgers),
                deliveries=deliveries,
                deliveries_per_second=deliveries / seconds,
                cpu_us_per_delivery=used / max(deliveries, 1) * 1e6,
                server_busy=used / seconds,
                generator_busy=own_used / seconds,
                lost=sum(it.lost() for it in ledgers),
                repeated=sum(it.repeated for it in ledgers),
                out_of_order=sum(it.out_of_order for it in ledgers),
                disconnected=sum(1 for it in present if it.closed is not None),
                p50_ms=p50,
                p99_ms=p99,
                max_ms=longest,
            )
        )


def _present(people: Sequence[Person]) -> int:
    return sum(1 for it in people if it.closed is None)


async def _settles(ledger: Ledger) -> bool:
    """Whether all that was sent has arrived; gives up when nothing comes any more."""
    while ledger.pending > 0:
        before = ledger.deliveries
        try:
            await asyncio.wait_for(ledger.settled.wait(), TIMEOUT_SECONDS)
        except TimeoutError:
            if ledger.deliveries == before:
                return False
    return True


@asynccontextmanager
async def crowd(running: Running) -> AsyncIterator[Crowd]:
    it = Crowd(running)
    try:
        yield it
    finally:
        it.leave()
        await asyncio.sleep(0.5)
