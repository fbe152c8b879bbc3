"""The worker processes of one port. A scrape reaches one of them, which asks the others.

Each worker listens on a Unix socket in a folder that only this system user may enter, and answers
with its numbers. A worker has a number from 0 up, and its successor takes it over: so each series
goes on, and what Prometheus sees of a worker that died is a counter that begins anew.
"""

import asyncio
import errno
import logging
import multiprocessing
import os
import socket
import stat
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock
from prometheus_client import Metric

from ops.metrics.families import collect

ANSWER_SECONDS = 1.0  # then a worker counts as silent
LOCK_SECONDS = 10

ALONE = "0"  # the number of a process that shares its port with no other
WORKERS = "lobby_workers", "Processes that answer on this port."
SILENT = "lobby_workers_silent", "Processes on this port that do not answer: their numbers lack."

FAMILIES = [WORKERS, SILENT]

Packed = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]

logger = logging.getLogger(__name__)


class Workers:
    """This process among the workers of its port."""

    def __init__(self) -> None:
        self.number = ALONE
        self._path: Path | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Answer the other workers, if there may be any, until `aclose`."""
        parent = multiprocessing.parent_process()
        if parent is None:
            return
        try:
            path, listening = await asyncio.to_thread(_take_number, parent.pid or 0)
        except (OSError, TimeoutError) as error:
            logger.warning("/metrics will tell of one worker at a time: %s", error)
            return
        self._path, self.number = path, path.suffix[1:]
        self._server = await asyncio.start_unix_server(self._answer, sock=listening)

    async def aclose(self) -> None:
        if self._server is not None and self._path is not None:
            self._path.unlink(missing_ok=True)  # before a successor can take the number
            self._server.close()
            self._server = None

    async def collect(self) -> list[Metric]:
        """The numbers of all workers, and how many there are."""
        answers = await asyncio.gather(*(_ask(it) for it in self._others()))
        answered = [it for it in answers if it]
        silent = sum(it is None for it in answers)
        return [
            *_merged([pack(collect(self.number)), *answered]),
            _gauge(WORKERS, 1 + len(answered)),
            _gauge(SILENT, silent),
        ]

    def _others(self) -> list[Path]:
        if self._path is None:
            return []
        return sorted(
            it for it in self._path.parent.glob(f"{self._path.stem}.*") if it != self._path
        )

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(pack(collect(self.number))))
        try:
            await writer.drain()
        except OSError:
            pass  # who asked waits no longer
        finally:
            writer.close()


def pack(metrics: Iterable[Metric]) -> Packed:
    return [
        (it.name, it.documentation, it.type, [(s.name, s.labels, s.value) for s in it.samples])
        for it in metrics
    ]


def _merged(of_workers: Iterable[Packed]) -> Iterator[Metric]:
    """One metric for each name, with the samples of all workers: their labels differ."""
    merged: dict[str, Metric] = {}
    for packed in of_workers:
        for name, documentation, type, samples in packed:
            metric = merged.setdefault(name, Metric(name, documentation, type))
            for sample in samples:
                metric.add_sample(*sample)
    yield from merged.values()


def _gauge(family: tuple[str, str], value: int) -> Metric:
    metric = Metric(*family, "gauge")
    metric.add_sample(metric.name, {}, value)
    return metric


async def _ask(path: Path) -> Packed | None:
    """What a worker tells; None if it does not answer, and nothing if it is gone."""
    writer: Any = None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            return msgspec.json.decode(await reader.read(), type=Packed)
    except (ConnectionRefusedError, FileNotFoundError):
        return []
    except (OSError, ValueError):  # TimeoutError is one
        return None
    finally:
        if writer is not None:
            writer.close()


# --- numbers ------------------------------------------------------------------------------------


def _take_number(parent: int) -> tuple[Path, socket.socket]:
    """The first number that no worker of this parent has, and the socket to be asked on.

    Raises OSError and filelock.Timeout.
    """
    folder = _folder()
    with FileLock(folder / "lock", timeout=LOCK_SECONDS):
        for path in folder.glob("*.*"):
            if not _is_alive(path):
                path.unlink(missing_ok=True)
        path = next(it for it in (folder / f"{parent}.{n}" for n in count()) if not it.exists())
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(path))
        listening.listen()
    listening.setblocking(False)
    return path, listening


def _folder() -> Path:
    """A folder of this system user's alone. Its path is short: that of a Unix socket has a bound.

    Others may have made it before us: that raises PermissionError.
    """
    folder = Path(tempfile.gettempdir(), f"lobby-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if not is_private or found.st_uid != os.getuid():
        raise PermissionError(errno.EACCES, "belongs to others", str(folder))
    return folder


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.setblocking(False)
        try:
            asking.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


workers = Workers()
