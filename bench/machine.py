"""CPU cores, CPU time and memory of processes; the load generator's busy polling."""

import asyncio
import os
import platform
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil

CORES = sorted(os.sched_getaffinity(0))
GENERATOR_CORES = set(CORES[-1:])  # the load generator has one core, the servers have the others
SERVER_CORES = set(CORES[:-1]) or GENERATOR_CORES

POLL_SECONDS = 200e-6


@contextmanager
def pinned_to(cores: set[int]) -> Iterator[None]:
    """Run on these cores. Processes started in the block stay on them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True)
class Usage:
    """CPU time and memory of processes, with their threads and children."""

    cpu_seconds: float
    memory_bytes: int  # proportional set size: shared pages are divided

    @classmethod
    def of(cls, pids: Iterable[int]) -> "Usage":
        cpu, memory = 0.0, 0
        for pid in _family(pids):
            with suppress(psutil.NoSuchProcess):  # a child may end meanwhile, and counts no more
                memory += psutil.Process(pid).memory_full_info().pss
                cpu += cpu_seconds(pid)
        return cls(cpu, memory)


def _family(pids: Iterable[int]) -> list[int]:
    parents = [psutil.Process(pid) for pid in pids]
    return [it.pid for parent in parents for it in (parent, *parent.children(recursive=True))]


def cpu_seconds(pid: int) -> float:
    """Of a process and its threads, in nanoseconds: /proc/<pid>/stat counts hundredths."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(_nanoseconds(it) for it in threads) / 1e9


def _nanoseconds(schedstat: Path) -> int:
    """Of a thread; 0 of one that has just ended."""
    try:
        return int(schedstat.read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0


class BusyPoller:
    """Keeps this process's event loop out of epoll_wait: it polls every POLL_SECONDS instead.

    A write to a process that sleeps in epoll costs the writer some 10 µs on a virtual machine. The
    slower a server, the more of its readers sleep, so waiting would bias the comparison.
    """

    _by_loop: ClassVar[dict[asyncio.AbstractEventLoop, "BusyPoller"]] = {}

    @classmethod
    def of_running_loop(cls) -> "BusyPoller":
        loop = asyncio.get_running_loop()
        if loop not in cls._by_loop:
            cls._by_loop = {loop: cls()}
        return cls._by_loop[loop]

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = time.perf_counter()
        self._idle_seconds = 0.0
        self.events = 0  # incremented by whoever does work in the loop
        self._seen = 0
        self._loop.call_soon(self._poll)

    def _poll(self) -> None:
        if self.events == self._seen:
            before = time.perf_counter()
            time.sleep(POLL_SECONDS)
            self._idle_seconds += time.perf_counter() - before
        self._seen = self.events
        self._loop.call_soon(self._poll)

    @property
    def busy_seconds(self) -> float:
        """Time spent on work so far."""
        return time.perf_counter() - self._began - self._idle_seconds


def describe() -> dict[str, str | int]:
    """This machine, for the head of a report."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "cpu": model,
        "cores": len(CORES),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
