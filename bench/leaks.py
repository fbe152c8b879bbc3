"""Does the time of an answer tell whether there is a room? `python -m bench.leaks [--rounds 500]`

A stranger with an account asks at each door, in random order, for a members room and for one that
never existed. The two samples of each door are compared by the Mann–Whitney U test (normal
approximation): a small p would mean that the times differ.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from math import sqrt
from pathlib import Path
from statistics import NormalDist, median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import uuid4

from rich.console import Console
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import ROOT, Server, environment, migrated_postgresql, serving

ROUNDS = 500
MESSAGES = 300  # in the room
WARM_UP = 20

INSTALL = f"""
import json
from uuid import uuid4
from chat.journal import Post
from chat.tests.support.accounts import sign_in
from chat.tests.support.private_rooms import applied, new_account, new_members_room
ada, ben, stranger = (new_account(it) for it in ("Ada", "Ben", "Stranger"))
room = new_members_room(ada, [ben])
for number in range({MESSAGES}):
    applied(Post(room.pk, ada.pk, uuid4(), f"message {{number}}"))
print(json.dumps({{"room": str(room.uid), "ada": str(ada.uid), "session": sign_in(stranger.user)}}))
"""

Ask = Callable[[str], Any]


class Compared(NamedTuple):
    """Milliseconds of both samples, and what the test says of them."""

    there: list[float]
    nowhere: list[float]

    @property
    def z(self) -> float:
        """The standardised U: how far the ranks of one sample lie from those of the other."""
        n, m = len(self.there), len(self.nowhere)
        ranked = sorted([(it, True) for it in self.there] + [(it, False) for it in self.nowhere])
        ranks = sum(rank for rank, (_, is_there) in enumerate(ranked, 1) if is_there)
        u = ranks - n * (n + 1) / 2
        return (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)

    @property
    def p(self) -> float:
        return 2 * (1 - NormalDist().cdf(abs(self.z)))

    def row(self, door: str) -> str:
        there, nowhere = median(self.there), median(self.nowhere)
        times = f"{there:8.2f} {nowhere:8.2f} {there - nowhere:+8.3f}"
        return f"{door:<16} {times} {self.z:+6.2f} {self.p:6.3f}"


def install(server: Server) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", INSTALL],
        cwd=ROOT,
        env=environment(server.data_dir, **server.settings),
        check=True,
        capture_output=True,
        text=True,
    )
    installed: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return installed


def compare(ask: Ask, there: str, nowhere: str, rounds: int) -> Compared:
    """Ask for both in random order, `rounds` times each."""
    samples: dict[str, list[float]] = {there: [], nowhere: []}
    order = [there, nowhere] * (rounds + WARM_UP)
    random.shuffle(order)
    for number, address in enumerate(order):
        started = time.perf_counter()
        ask(address)
        if number >= 2 * WARM_UP:
            samples[address].append((time.perf_counter() - started) * 1000)
    return Compared(samples[there], samples[nowhere])


class Stranger:
    """A browser with a session, on one connection."""

    def __init__(self, server: Server, session: str) -> None:
        self._server = server
        self._http = HTTPConnection("127.0.0.1", server.port)
        self._cookies = {"Cookie": f"sessionid={session}; csrftoken={'x' * 32}"}

    def get(self, door: str) -> Ask:
        return lambda address: self._ask("GET", door.format(room=quote(address)))

    def post(self, door: str, **fields: str) -> Ask:
        return lambda address: self._ask("POST", door.format(room=quote(address)), fields)

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> None:
        token = {"X-CSRFToken": "x" * 32, "Content-Type": "application/x-www-form-urlencoded"}
        headers = self._cookies | (token if method == "POST" else {})
        body = urlencode(fields or {}) if method == "POST" else None
        self._http.request(method, path, body, headers)
        answer = self._http.getresponse()
        answer.read()
        if answer.status not in {200, 404}:
            raise RuntimeError(f"{path}: {answer.status}")

    def connect(self, address: str) -> None:
        asyncio.run(self._connect(address))

    async def _connect(self, address: str) -> None:
        url, protocols = self._server.socket_url(address), [Subprotocol("chat.v1")]
        try:
            async with connect(
                url, subprotocols=protocols, additional_headers=self._cookies
            ) as socket:
                await socket.recv()
        except ConnectionClosed as closed:
            if closed.rcvd is None or closed.rcvd.code != 4404:
                raise


def doors(stranger: Stranger, installed: dict[str, str]) -> dict[str, Ask]:
    return {
        "room page": stranger.get("/chat/{room}/"),
        "messages": stranger.get("/chat/{room}/messages"),
        "messages around": stranger.get("/chat/{room}/messages?around=5"),
        "messages seqs": stranger.get("/chat/{room}/messages?seqs=1,2,3"),
        "qr code": stranger.get("/chat/{room}/qr.svg"),
        "card": stranger.get(f"/chat/{{room}}/people/{installed['ada']}"),
        "find": stranger.get("/rooms/find?typed={room}"),
        "mute": stranger.post("/chat/{room}/mute", muted="true"),
        "keep": stranger.post("/chat/{room}/keep", read="0"),
        "leave": stranger.post("/chat/{room}/leave"),
        "socket": stranger.connect,
    }


def run(name: str, rounds: int, **settings: str) -> None:
    with TemporaryDirectory() as folder, serving("uvicorn", Path(folder), **settings) as server:
        installed = install(server)
        stranger = Stranger(server, installed["session"])
        there, nowhere = f"~{installed['room']}", f"~{uuid4()}"
        say(f"\n{name}, {rounds} rounds; milliseconds (median)")
        say(f"{'door':<16} {'there':>8} {'nowhere':>8} {'more':>8} {'z':>6} {'p':>6}")
        for door, ask in doors(stranger, installed).items():
            say(compare(ask, there, nowhere, rounds).row(door))


def say(line: str) -> None:
    Console().print(line, markup=False, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    run("SQLite", rounds)
    postgresql = PostgreSQL.shared()
    database = postgresql.create(migrated_postgresql())
    run("PostgreSQL", rounds, DATABASE_URL=postgresql.url(database))


if __name__ == "__main__":
    main()
