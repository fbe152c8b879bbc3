"""The programs in examples/, each in a process of its own, which may be killed at a point."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from api.tests.examples.conftest import House

EXAMPLES = Path(settings.BASE_DIR) / "examples"
SECONDS = 60
# Runs the program of the second argument until the point in the first: before or after a request.
MORTAL = """
import os, runpy, signal, sys, lobby
steps, ask_once = int(sys.argv.pop(1)), lobby.Lobby._ask_once

def step():
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def ask(*args):
    step()
    answer = ask_once(*args)
    step()
    return answer

lobby.Lobby._ask_once = ask
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def environment(house: House) -> dict[str, str]:
    shown = {"LOBBY": house.server.url, "TOKEN": house.token, "PYTHONPATH": str(EXAMPLES)}
    return {**os.environ, **shown}


@contextmanager
def running(house: House, name: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A program, which is killed at the end of the block if it has not ended."""
    command = [sys.executable, str(EXAMPLES / name), *args]
    with started(house, command) as process:
        yield process


@contextmanager
def started(house: House, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        env=environment(house),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_until(house: House, step: int, name: str, *args: str) -> None:
    """Run a program until it is killed at a step."""
    command = [sys.executable, "-c", MORTAL, str(step), str(EXAMPLES / name), *args]
    with started(house, command) as process:
        _, error = process.communicate(timeout=SECONDS)
        assert process.returncode == -9, error


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
