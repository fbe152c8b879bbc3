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
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any
from urllib.parse import quote

from filelock import FileLock

from chat.tests.support.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 200  # on a machine that does other things as well
STOP_SECONDS = 20

COMMANDS = {
    "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "mysite.asgi:application"],
    "uvicorn": ["-m", "uvicorn", "--port", "{port}", "mysite.asgi:application"],
    "runserver": ["manage.py", "runserver", "--noreload", "127.0.0.1:{port}"],
}


def free_port() -> int:
    """A port that only those who ask for it get, for a minute: others look for one as well.

    It is left in TIME_WAIT, which a server may have that sets SO_REUSEADDR, as they all do; who
    asks for any port is given another.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listening.accept()[0].close()  # who closes first is left waiting
    return port


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """What an installation in `data_dir` runs in; nothing of this run's own settings in it."""
    ours = {"DATABASE_URL", "REDIS_URL", "CHANNEL_LAYER", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    defaults = {"DATA_DIR": str(data_dir), "MESSAGE_RATE": "off", "PYTHONUNBUFFERED": "1"}
    return {**inherited, **defaults, **settings}


@cache
def prepared_data_dir() -> Path:
    """A data folder as a first start leaves it: schema and static files are there.

    The workers of a test run share one, in TESTS_SHARED_DIR: static files take seconds.
    """
    shared = os.environ.get("TESTS_SHARED_DIR")
    place = Path(shared or mkdtemp(prefix="prepared-", dir=os.environ.get("DATA_DIR")))
    folder = place / "prepared"
    with FileLock(place / "prepared.lock"):
        if not folder.exists():
            prepare = [sys.executable, "-c", "import mysite.asgi"]
            making = Path(mkdtemp(dir=place))
            settings = environment(making)
            subprocess.run(prepare, cwd=ROOT, env=settings, check=True, capture_output=True)
            making.rename(folder)
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


def make_ready(data_dir: Path) -> None:
    if not (data_dir / "secret_key").exists():
        shutil.copytree(prepared_data_dir(), data_dir, dirs_exist_ok=True)


@contextmanager
def serving(kind: str, data_dir: Path, **settings: str) -> Iterator[Server]:
    """A server for as long as the block lasts, on a data folder that is made ready if need be."""
    make_ready(data_dir)
    server = Server(kind, data_dir, **settings)
    try:
        yield server
    finally:
        server.resume()
        if server.process.poll() is None:
            server.kill()


@contextmanager
def serving_two(kind: str, data_dir: Path, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Two servers of one installation, started side by side."""
    make_ready(data_dir)
    with ExitStack() as stack:

        def start(_: int) -> Server:
            return stack.enter_context(serving(kind, data_dir, **settings))

        with ThreadPoolExecutor() as threads:
            one, other = threads.map(start, range(2))
        yield one, other


def history(server: Server, room: str, query: str = "") -> dict[str, Any]:
    """A page of a room's history, over HTTP."""
    with urllib.request.urlopen(f"{server.url}/chat/{quote(room)}/messages{query}") as answer:
        page: dict[str, Any] = json.load(answer)
        return page
