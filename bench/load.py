"""The load generator: connects clients to a running target, sends messages, and measures."""

import asyncio
import gc
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import numpy as np

from bench.clients import CONNECTING_AT_ONCE, Client, connect
from bench.deliveries import Deliveries
from bench.machine import BusyPoller
from bench.targets import Running

LOSS_SECONDS = 2.0  # without a delivery, after which pending messages count as lost

message_numbers = itertools.count(1)  # over all rooms


@dataclass
class Measurement:
    """Times are in seconds, unless the name says milliseconds or microseconds."""

    seconds: float
    messages: int
    deliveries: int
    deliveries_per_second: float
    cpu_us_per_delivery: float
    server_busy: float  # cores
    generator_busy: float  # cores; the load generator has one
    lost: int
    repeated: int
    out_of_order: int
    disconnected: int
    p50_ms: float
    p99_ms: float
    max_ms: float

    as_dict = asdict


class LoadGenerator:
    """Clients by room, connected to one running target."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.poller = BusyPoller.of_running_loop()
        self.deliveries: dict[str, Deliveries] = {}
        self.clients: dict[str, list[Client]] = {}
        self.connect_seconds = 0.0

    def deliveries_in(self, room: str) -> Deliveries:
        decode = self.running.protocol.decode
        return self.deliveries.setdefault(room, Deliveries(decode, self.poller))

    async def join(self, room: str, count: int, **options: int | str) -> list[Client]:
        """Connect so many more clients to a room."""
        deliveries, clients = self.deliveries_in(room), self.clients.setdefault(room, [])
        limit = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def join_one(number: int) -> Client:
            async with limit:
                url, protocol = self.running.url(number), self.running.protocol
                return await connect(url, protocol, deliveries, room, **options)  # type: ignore[arg-type]

        start = time.perf_counter()
        joined = await asyncio.gather(*(join_one(len(clients) + it) for it in range(count)))
        self.connect_seconds += time.perf_counter() - start
        clients += joined
        return joined

    def all_clients(self) -> list[Client]:
        return [it for clients in self.clients.values() for it in clients]

    def disconnect(self) -> None:
        for client in self.all_clients():
            if client.close_code is None:
                client.disconnect()

    # --- sending --------------------------------------------------------------------------------

    async def send_in_turn(self, room: str, seconds: float) -> None:
        """One sender sends the next message when all clients have received the previous one."""
        clients, deliveries = self.clients[room], self.deliveries_in(room)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            clients[0].post(next(message_numbers), _count_connected(clients))
            if not await _wait_until_complete(deliveries):
                deliveries.pending = 0

    async def send_concurrently(self, rooms: Sequence[str], senders: int, seconds: float) -> None:
        """In each room, so many senders, each with one message in flight."""
        end = time.perf_counter() + seconds
        for room in rooms:
            for sender in self.clients[room][:senders]:
                self._send_continuously(sender, room, end)
        while time.perf_counter() < end:
            await asyncio.sleep(0.1)
            self._continue_after_losses(rooms, senders)

    def _send_continuously(self, sender: Client, room: str, end: float) -> None:
        clients = self.clients[room]
        receivers = len(clients)

        def post_next() -> None:
            if time.perf_counter() < end and sender.close_code is None:
                sender.post(next(message_numbers), receivers)

        sender.on_confirmed = post_next
        post_next()

    def _continue_after_losses(self, rooms: Sequence[str], senders: int) -> None:
        """Let senders go on whose message in flight was lost."""
        overdue = time.perf_counter() - LOSS_SECONDS
        for room in rooms:
            sent_at = self.deliveries_in(room).sent_at
            for sender in self.clients[room][:senders]:
                if sender.in_flight is None or sender.on_confirmed is None:
                    continue
                if sent_at[sender.in_flight] < overdue:
                    sender.on_confirmed()

    async def wait_until_delivered(self) -> None:
        """Wait for pending deliveries, as long as some arrive."""
        for deliveries in self.deliveries.values():
            await _wait_until_complete(deliveries)

    # --- measuring ------------------------------------------------------------------------------

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[list[Measurement]]:
        """Measure the messages sent in the block; appends to the list once all have arrived."""
        measurements: list[Measurement] = []
        for deliveries in self.deliveries.values():
            deliveries.reset()
        connected = [it for it in self.all_clients() if it.close_code is None]
        gc.collect()
        gc.disable()
        usage, busy = self.running.usage(), self.poller.busy_seconds
        start = time.perf_counter()
        yield measurements
        await self.wait_until_delivered()
        last = max((it.last_delivery for it in self.deliveries.values()), default=start)
        seconds = max(last, start + 1e-9) - start
        generator_seconds = self.poller.busy_seconds - busy
        server_seconds = self.running.usage().cpu_seconds - usage.cpu_seconds
        gc.enable()
        rooms = list(self.deliveries.values())
        count = sum(it.count for it in rooms)
        latencies = np.concatenate([it.latencies() for it in rooms] or [np.empty(0)]) * 1e3
        p50, p99, longest = (
            (float(it) for it in np.percentile(latencies, (50, 99, 100)))
            if latencies.size
            else (float("nan"),) * 3
        )
        measurements.append(
            Measurement(
                seconds=seconds,
                messages=sum(len(it.sent_at) for it in rooms),
                deliveries=count,
                deliveries_per_second=count / seconds,
                cpu_us_per_delivery=server_seconds / max(count, 1) * 1e6,
                server_busy=server_seconds / seconds,
                generator_busy=generator_seconds / seconds,
                lost=sum(it.lost() for it in rooms),
                repeated=sum(it.repeated for it in rooms),
                out_of_order=sum(it.out_of_order for it in rooms),
                disconnected=sum(1 for it in connected if it.close_code is not None),
                p50_ms=p50,
                p99_ms=p99,
                max_ms=longest,
            )
        )


def _count_connected(clients: Sequence[Client]) -> int:
    return sum(1 for it in clients if it.close_code is None)


async def _wait_until_complete(deliveries: Deliveries) -> bool:
    """Whether all pending deliveries arrive; gives up LOSS_SECONDS after the last one."""
    while deliveries.pending > 0:
        before = deliveries.count
        try:
            await asyncio.wait_for(deliveries.complete.wait(), LOSS_SECONDS)
        except TimeoutError:
            if deliveries.count == before:
                return False
    return True


@asynccontextmanager
async def load_generator(running: Running) -> AsyncIterator[LoadGenerator]:
    load = LoadGenerator(running)
    try:
        yield load
    finally:
        load.disconnect()
        await asyncio.sleep(0.5)
