"""Lobby itself, in a process of its own, as an operator starts it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any
from urllib.parse import quote

from chat.tests.support.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30
STOP_SECONDS = 20

COMMANDS = {
    "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "mysite.asgi:application"],
    "uvicorn": ["-m", "uvicorn", "--port", "{port}", "mysite.asgi:application"],
    "runserver": ["manage.py", "runserver", "--noreload", "127.0.0.1:{port}"],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """What an installation in `data_dir` runs in; nothing of this run's own settings in it."""
    ours = {"DATABASE_URL", "REDIS_URL", "CHANNEL_LAYER", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {**inherited, "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1", **settings}


@cache
def prepared_data_dir() -> Path:
    """A data folder as a first start leaves it: schema and static files are there."""
    folder = Path(mkdtemp(prefix="prepared-", dir=os.environ.get("DATA_DIR")))
    prepare = [sys.executable, "-c", "import mysite.asgi"]
    subprocess.run(prepare, cwd=ROOT, env=environment(folder), check=True, capture_output=True)
    return folder


@cache
def migrated_postgresql() -> str:
    """A database with an up-to-date schema, to make others from."""
    postgresql = PostgreSQL.shared()
    name = postgresql.create()
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    settings = environment(prepared_data_dir(), DATABASE_URL=postgresql.url(name))
    subprocess.run(migrate, cwd=ROOT, env=settings, check=True, capture_output=True)
    return name


class Server:
    """One server process. It answers when the constructor returns."""

    def __init__(self, kind: str, data_dir: Path, **settings: str) -> None:
        self.kind, self.data_dir, self.settings = kind, data_dir, settings
        self.port = free_port()
        self.log_path = data_dir / f"{kind}-{self.port}.log"
        self._log: IO[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def socket_url(self, room: str, after: int | None = None) -> str:
        query = "" if after is None else f"?after={after}"
        return f"ws://127.0.0.1:{self.port}/ws/chat/{quote(room)}/{query}"

    def start(self) -> None:
        self._log = self.log_path.open("ab")
        command = [part.format(port=self.port) for part in COMMANDS[self.kind]]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(self.data_dir, **self.settings),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url, timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"{self.kind} does not answer:\n{self.log}")

    def terminate(self) -> None:
        """SIGTERM, and wait for the end."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._close_log()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.kill()
        self.process.wait()
        self._close_log()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def _close_log(self) -> None:
        if self._log:
            self._log.close()


@contextmanager
def serving(kind: str, data_dir: Path, **settings: str) -> Iterator[Server]:
    """A server for as long as the block lasts, on a data folder that is made ready if need be."""
    if not (data_dir / "secret_key").exists():
        shutil.copytree(prepared_data_dir(), data_dir, dirs_exist_ok=True)
    server = Server(kind, data_dir, **settings)
    try:
        yield server
    finally:
        server.resume()
        if server.process.poll() is None:
            server.kill()


def history(server: Server, room: str, query: str = "") -> dict[str, Any]:
    """A page of a room's history, over HTTP."""
    with urllib.request.urlopen(f"{server.url}/chat/{quote(room)}/messages{query}") as answer:
        page: dict[str, Any] = json.load(answer)
        return page
