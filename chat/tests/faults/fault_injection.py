"""Fault injection: clients send and read while servers, network and stores fail."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from chat.tests.faults.clients import ReadingClient, SendingClient
from chat.tests.faults.installation import ROOM, Installation, new_installation
from chat.tests.support.clients import guest_cookie

SENDERS = 6
READERS = 6
FAULTS_MIN = 3  # on a busy machine, these take longer than the seconds asked for
CONFIRMED_MIN = 50
SETTLE_SECONDS = 60  # for all clients to catch up after the last fault
PAGE_MESSAGES = 200

Progress = Callable[[str], None]
Confirmed = Callable[[], int]  # how many messages are confirmed so far


@dataclass(frozen=True)
class Result:
    """Counts of one run."""

    faults: int
    connections: int
    refused: int
    confirmed: int
    delivered: int
    lost: int  # confirmed but not stored, or stored but not received by a client
    repeated: int  # stored twice, or received twice by a client
    out_of_order: int
    resets: int  # connections not resumed although the cursor was recent enough

    @property
    def passed(self) -> bool:
        failures = self.lost + self.repeated + self.out_of_order + self.resets
        return not failures and self.confirmed > 0


async def inject_faults(
    kind: str, database: str, layer: str, seconds: float, seed: int, report: Progress
) -> Result:
    """Run clients against a new installation and inject random faults.

    Ends after so many seconds, and after FAULTS_MIN faults and CONFIRMED_MIN messages.
    """
    rng = random.Random(seed)
    async with new_installation(kind, database, layer) as installation:

        async def inject(confirmed: Confirmed) -> int:
            faults = 0
            end = time.monotonic() + seconds
            while time.monotonic() < end or faults < FAULTS_MIN or confirmed() < CONFIRMED_MIN:
                await asyncio.sleep(rng.uniform(0.3, 1.5))
                name = await _inject_one(installation, rng)
                faults += 1
                report(f"{faults:4}  {name:20} {confirmed():6} confirmed")
            return faults

        return await run_clients(installation, rng, inject)


async def run_clients(
    installation: Installation, rng: random.Random, work: Callable[[Confirmed], Awaitable[int]]
) -> Result:
    """Let clients send and read while `work` does something to the installation, and count.

    `work` returns how many faults that were.
    """
    server = installation.servers[0]
    url = _random_server(installation, rng)
    senders = [SendingClient(f"sender {n}", url, rng, guest_cookie(server)) for n in range(SENDERS)]
    readers = [ReadingClient(url, rng, guest_cookie(server)) for _ in range(READERS)]
    clients = [*senders, *readers]
    tasks = [asyncio.create_task(client.run()) for client in clients]
    faults = await work(lambda: sum(len(sender.confirmed) for sender in senders))
    for sender in senders:
        sender.stop_sending()
    await _settle(installation, senders, clients)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return _count(await _history(installation), senders, clients, faults)


def _random_server(installation: Installation, rng: random.Random) -> Callable[[int], str]:
    return lambda after: installation.socket_url(rng.randrange(2), after)


async def _inject_one(it: Installation, rng: random.Random) -> str:
    number, seconds = rng.randrange(2), rng.uniform(0.2, 2)
    faults: dict[str, Callable[[], Awaitable[None]]] = {
        "kill -9": lambda: it.kill(number),
        "SIGTERM": lambda: it.restart(number),
        "server paused": lambda: it.pause(number, seconds),
        "connections cut": lambda: it.cut(number),
        "network slow": lambda: it.slow_down(number, seconds),
        "Redis stopped": lambda: it.stop_redis(seconds),
        "Redis flushed": it.flush_redis,
        "Redis frozen": lambda: it.freeze_redis(seconds),
    }
    if it.postgresql:
        faults["PostgreSQL stopped"] = lambda: it.restart_database(seconds)
    name = rng.choice(list(faults))
    await faults[name]()
    return name


async def _settle(
    installation: Installation, senders: list[SendingClient], clients: list[ReadingClient]
) -> None:
    """Wait until every message is confirmed and every client has read to the head."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while not all(sender.is_finished for sender in senders):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            head = 0
            while head == 0 or any(client.received.cursor < head for client in clients):
                await asyncio.sleep(1)
                with contextlib.suppress(HTTPError):  # the connection pool has not recovered yet
                    history = await _history(installation)
                    head = max((message["version"] for message in history.values()), default=0)


async def _history(installation: Installation) -> dict[int, dict[str, Any]]:
    """All messages of the room by seq, fetched over HTTP."""
    messages: dict[int, dict[str, Any]] = {}
    more, query = True, f"limit={PAGE_MESSAGES}"
    while more:
        url = f"{installation.servers[0].url}/chat/{quote(ROOM)}/messages?{query}"
        page = await asyncio.to_thread(_get, url)
        messages |= {message["seq"]: message for message in page["messages"]}
        more, query = page["more"], f"limit={PAGE_MESSAGES}&before={min(messages, default=0)}"
    return messages


def _count(
    history: dict[int, dict[str, Any]],
    senders: list[SendingClient],
    clients: list[ReadingClient],
    faults: int,
) -> Result:
    stored = Counter(message["id"] for message in history.values())
    confirmed = [id for sender in senders for id in sender.confirmed]
    lost = sum(stored[id] == 0 for id in confirmed)
    repeated = sum(count - 1 for count in stored.values())
    for client in clients:
        states, first_seq = client.received.states, client.received.first_seq
        expected = {seq: state for seq, state in history.items() if seq >= first_seq}
        lost += sum(states.get(seq) != state for seq, state in expected.items())
        repeated += client.received.repeated
    return Result(
        faults=faults,
        connections=sum(client.received.connections for client in clients),
        refused=sum(sender.refusals for sender in senders),
        confirmed=len(confirmed),
        delivered=sum(client.received.deliveries for client in clients),
        lost=lost,
        repeated=repeated,
        out_of_order=sum(client.received.out_of_order for client in clients),
        resets=sum(client.received.resets for client in clients),
    )


def _get(url: str) -> dict[str, Any]:
    with urlopen(url) as answer:
        page: dict[str, Any] = json.load(answer)
        return page
