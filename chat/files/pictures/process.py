"""Runs a picture worker: one process for one picture, which may take only so long."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from weakref import WeakKeyDictionary

from chat.files.pictures.answers import ANSWER_MAX_BYTES, WorkerFailed
from chat.files.pictures.unusable import UnusablePicture

WORKERS_MAX = 2  # at once, of an event loop
WALL_SECONDS = 120  # the worker has 30 of the processor, and gives way to the chat

# Without what lies in the working folder (-P) and in the user's site-packages (-s).
COMMAND = (sys.executable, "-P", "-s", "-m", "chat.files.picture_worker")
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[3])}

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def run(task: str, source: Path, workspace: Path) -> bytes:
    """Let a worker do a task on a picture, and return its answer. It writes into `workspace`.

    Waits while enough others work. Raises UnusablePicture, WorkerFailed.
    """
    async with _worker_places():
        with source.open("rb") as picture, TemporaryFile(dir=workspace) as answer:
            process = await _start(task, picture, answer, workspace)
            _check(await _end_of(process))
            answer.seek(0)
            return answer.read(ANSWER_MAX_BYTES)


def _worker_places() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _places:
        _places[loop] = asyncio.Semaphore(WORKERS_MAX)
    return _places[loop]


async def _start(
    task: str, picture: BinaryIO, answer: BinaryIO, workspace: Path
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *COMMAND,
            task,
            stdin=picture,
            stdout=answer,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=workspace,
            env=ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:  # no memory, or too many processes
        raise WorkerFailed(f"it did not start: {error.strerror}") from None


async def _end_of(process: asyncio.subprocess.Process) -> int:
    """Wait for the exit code. Whatever ends the wait ends the process."""
    try:
        async with asyncio.timeout(WALL_SECONDS):
            return await process.wait()
    except TimeoutError:
        raise UnusablePicture("too_complex") from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _check(code: int) -> None:
    if code == -signal.SIGXCPU:
        raise UnusablePicture("too_complex")
    if code < 0:
        raise WorkerFailed(f"{signal.Signals(-code).name} ended it")
    if code > 0:
        raise WorkerFailed(f"it ended with exit code {code}")
