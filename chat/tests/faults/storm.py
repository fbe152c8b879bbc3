"""Many people talk while everything under them fails; then the verdict."""

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

from chat.tests.faults.installation import ROOM, Installation, installed
from chat.tests.faults.people import Listener, Talker
from chat.tests.support.clients import guest_cookie

FAULTS = 3  # at least, on a slow machine too
CONFIRMED = 50  # messages, at least
TALKERS = 6
LISTENERS = 6
SETTLE_SECONDS = 180  # for everybody to be complete, once nothing fails any more
PAGE = 200

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Verdict:
    """What became of everything that was said."""

    faults: int
    connections: int
    refused: int
    confirmed: int
    delivered: int
    lost: int  # confirmed and not in the journal, or in the journal and not with a person
    repeated: int  # stored twice, or sent twice to the same person
    out_of_order: int
    thrown_back: int  # told to start over, though the cursor was near enough to resume

    @property
    def is_good(self) -> bool:
        wrong = self.lost + self.repeated + self.out_of_order + self.thrown_back
        return not wrong and self.confirmed > 0


async def storm(
    kind: str, database: str, layer: str, seconds: float, seed: int, say: Progress
) -> Verdict:
    """Let everything fail for at least so long, and judge."""
    chance = random.Random(seed)
    async with installed(kind, database, layer) as installation:
        server = installation.servers[0]
        address = _either(installation, chance)
        talkers = [
            Talker(f"talker {n}", address, chance, guest_cookie(server)) for n in range(TALKERS)
        ]
        listeners = [Listener(address, chance, guest_cookie(server)) for _ in range(LISTENERS)]
        people = [*talkers, *listeners]
        staying = [asyncio.create_task(person.stay()) for person in people]
        faults = said = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end or faults < FAULTS or said < CONFIRMED:
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            name = await _fault(installation, chance)
            faults += 1
            said = sum(len(talker.confirmed) for talker in talkers)
            say(f"{faults:4}  {name:20} {said:6} confirmed")
        for talker in talkers:
            talker.is_done = True
        await _settle(installation, talkers, people)
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
        return _judge(await _history(installation), talkers, people, faults)


def _either(installation: Installation, chance: random.Random) -> Callable[[int], str]:
    return lambda after: installation.address(chance.randrange(2), after)


async def _fault(it: Installation, chance: random.Random) -> str:
    number, seconds = chance.randrange(2), chance.uniform(0.2, 2)
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
    name = chance.choice(list(faults))
    await faults[name]()
    return name


async def _settle(
    installation: Installation, talkers: list[Talker], people: list[Listener]
) -> None:
    """Nothing fails any more: wait until everything is confirmed and has reached everybody."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while not all(talker.is_quiet for talker in talkers):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            head = 0
            while head == 0 or any(person.record.cursor < head for person in people):
                await asyncio.sleep(1)
                with contextlib.suppress(
                    HTTPError
                ):  # a pool is not yet back from what was done to it
                    history = await _history(installation)
                    head = max((message["version"] for message in history.values()), default=0)


async def _history(installation: Installation) -> dict[int, dict[str, Any]]:
    """The whole journal, over HTTP."""
    messages: dict[int, dict[str, Any]] = {}
    more, query = True, f"limit={PAGE}"
    while more:
        url = f"{installation.servers[0].url}/chat/{quote(ROOM)}/messages?{query}"
        page = await asyncio.to_thread(_get, url)
        messages |= {message["seq"]: message for message in page["messages"]}
        more, query = page["more"], f"limit={PAGE}&before={min(messages, default=0)}"
    return messages


def _judge(
    history: dict[int, dict[str, Any]],
    talkers: list[Talker],
    people: list[Listener],
    faults: int,
) -> Verdict:
    stored = Counter(message["id"] for message in history.values())
    confirmed = [id for talker in talkers for id in talker.confirmed]
    lost = sum(stored[id] == 0 for id in confirmed)
    repeated = sum(count - 1 for count in stored.values())
    for person in people:
        seen, since = person.record.states, person.record.since
        expected = {seq: state for seq, state in history.items() if seq >= since}
        lost += sum(seen.get(seq) != state for seq, state in expected.items())
        repeated += person.record.repeated
    return Verdict(
        faults=faults,
        connections=sum(person.record.connections for person in people),
        refused=sum(talker.refusals for talker in talkers),
        confirmed=len(confirmed),
        delivered=sum(person.record.deliveries for person in people),
        lost=lost,
        repeated=repeated,
        out_of_order=sum(person.record.out_of_order for person in people),
        thrown_back=sum(person.record.thrown_back for person in people),
    )


def _get(url: str) -> dict[str, Any]:
    with urlopen(url) as answer:
        page: dict[str, Any] = json.load(answer)
        return page
