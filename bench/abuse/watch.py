"""What an attack does to the server's process: memory, descriptors, CPU, and its log."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

from bench.abuse.talkers import cpu_seconds
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server

SAMPLE_SECONDS = 0.1
ERROR_LINE = re.compile(r"^.* (?:ERROR|CRITICAL) .*$", re.MULTILINE)


@dataclass
class Range:
    """A figure before an attack, at its peak and at the end."""

    before: int
    peak: int
    after: int = 0

    @property
    def grown(self) -> int:
        return self.peak - self.before


class Watch:
    """Watches one server while it is attacked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._process = psutil.Process(server.process.pid)
        self._log_bytes = server.log_path.stat().st_size
        memory, descriptors = self._sample()
        self.memory = Range(memory, memory)  # resident bytes
        self.descriptors = Range(descriptors, descriptors)
        self.busy = 0.0  # cores that the server used while it was followed

    def _sample(self) -> tuple[int, int]:
        return self._process.memory_info().rss, self._process.num_fds()

    async def _follow(self) -> None:
        while True:
            memory, descriptors = self._sample()
            self.memory.peak = max(self.memory.peak, memory)
            self.descriptors.peak = max(self.descriptors.peak, descriptors)
            await asyncio.sleep(SAMPLE_SECONDS)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Sample as long as the block lasts."""
        task = asyncio.create_task(self._follow())
        began, cpu_began = time.monotonic(), self._cpu_seconds()
        try:
            yield
        finally:
            task.cancel()
            self.busy = (self._cpu_seconds() - cpu_began) / (time.monotonic() - began)

    def _cpu_seconds(self) -> float:
        return cpu_seconds(self._server.process.pid)

    async def settle(self, spare_descriptors: int) -> None:
        """Wait until the descriptors are back, or for TIMEOUT_SECONDS."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while self._process.num_fds() > self.descriptors.before + spare_descriptors:  # noqa: ASYNC110
                    await asyncio.sleep(SAMPLE_SECONDS)
        except TimeoutError:
            pass
        self.memory.after, self.descriptors.after = self._sample()

    @property
    def log(self) -> str:
        """What was logged since the watch began."""
        with self._server.log_path.open("rb") as log:
            log.seek(self._log_bytes)
            return log.read().decode(errors="replace")

    @property
    def logged_errors(self) -> list[str]:
        log = self.log
        tracebacks = ["a traceback"] * log.count("Traceback")
        return tracebacks + [it.group() for it in ERROR_LINE.finditer(log)]
