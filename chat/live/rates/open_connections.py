"""How many connections each member and each network has open."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import islice
from uuid import uuid4

from django.conf import settings

from chat.live.rates.shared import SharedCounters
from chat.live.rates.too_fast import OF_MEMBER_CONNECTIONS, OF_NETWORK_CONNECTIONS, TooFast

RETRY_SECONDS = 30  # for a connection that is refused
REPORT_SECONDS = 15  # between two reports to the other processes
LEASE_SECONDS = 45  # after a process's last report, its connections are gone
KEYS_PER_REPORT = 500
CLOSED_MAX = 10_000  # keys without connections to report; what is beyond expires

MEMBER, NETWORK = "member:", "network:"


class OpenConnections:
    """Counts connections on this process, and adds what the others report."""

    def __init__(self, shared: SharedCounters | None) -> None:
        self._shared = shared
        self._process = uuid4().hex
        self._open: Counter[str] = Counter()
        self._closed: set[str] = set()  # since the last report
        self._report_task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def hold(self, member: str | None, network: str | None) -> AsyncIterator[None]:
        """Count a connection as long as the block lasts. Raises TooFast."""
        limits = dict(_limits(member, network))
        self._open.update(limits.keys())
        try:
            if limits:
                await self._check(limits)
            yield
        finally:
            for key in limits:
                self._remove(key)

    async def _check(self, limits: Mapping[str, int]) -> None:
        full = next((key for key, most in limits.items() if self._open[key] > most), None)
        if full is None and self._shared is not None:
            self._start_reporting()
            counts = {key: self._open[key] for key in limits}
            full = await self._report(counts, limits)
        if full is not None:
            text = OF_MEMBER_CONNECTIONS if full.startswith(MEMBER) else OF_NETWORK_CONNECTIONS
            raise TooFast(text, RETRY_SECONDS)

    def _remove(self, key: str) -> None:
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]
            if self._shared is not None and len(self._closed) < CLOSED_MAX:
                self._closed.add(key)

    # --- to the other processes -----------------------------------------------------------------

    async def aclose(self) -> None:
        """Stop reporting, and withdraw what was reported."""
        if self._report_task is not None:
            self._report_task.cancel()
            with suppress(asyncio.CancelledError):
                await self._report_task
            self._report_task = None
            await self._report_all(dict.fromkeys([*self._open, *self._closed], 0))

    def _start_reporting(self) -> None:
        if self._report_task is None:
            self._report_task = asyncio.create_task(self._report_regularly())

    async def _report_regularly(self) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            closed, self._closed = self._closed, set()
            await self._report_all({key: self._open[key] for key in [*self._open, *closed]})

    async def _report_all(self, counts: Mapping[str, int]) -> None:
        keys = iter(counts)
        while some := list(islice(keys, KEYS_PER_REPORT)):
            await self._report({key: counts[key] for key in some}, {})

    async def _report(self, counts: Mapping[str, int], limits: Mapping[str, int]) -> str | None:
        if (shared := self._shared) is None:
            return None
        return await shared.ask(
            lambda: shared.report(self._process, LEASE_SECONDS, counts, limits), lambda: None
        )


def _limits(member: str | None, network: str | None) -> Iterator[tuple[str, int]]:
    of_member, of_network = settings.CONNECTIONS_MAX
    if member and of_member:
        yield MEMBER + member, of_member
    if network and of_network:
        yield NETWORK + network, of_network
