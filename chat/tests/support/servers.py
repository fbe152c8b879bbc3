"""Lobby's servers in processes of their own, as an operator starts them."""

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
START_SECONDS = 200  # long enough on a busy machine
STOP_SECONDS = 20

DAPHNE = ["-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "mysite.asgi:application"]
COMMANDS = {  # "uvicorn" is uvicorn as it should be run
    "daphne": DAPHNE,
    "daphne --proxy-headers": [*DAPHNE, "--proxy-headers"],
    "uvicorn": ["manage.py", "serve", "--port", "{port}"],
    "two workers": ["manage.py", "serve", "--port", "{port}", "--workers", "2"],
    "plain uvicorn": ["-m", "uvicorn", "--port", "{port}", "mysite.asgi:application"],
    "bounded daphne": ["-m", "chat.tests.support.bounded", "daphne", "{port}"],
    "bounded uvicorn": ["-m", "chat.tests.support.bounded", "uvicorn", "{port}"],
    "echoing daphne": ["-m", "chat.tests.support.echoing", "daphne", "{port}"],
    "echoing uvicorn": ["-m", "chat.tests.support.echoing", "uvicorn", "{port}"],
    "runserver": ["manage.py", "runserver", "--noreload", "127.0.0.1:{port}"],
}
PREPARE = "import mysite.asgi; from mysite.servers import startup; startup.prepare()"


def free_port() -> int:
    """A free port, reserved for about a minute.

    The port stays in TIME_WAIT: the kernel gives it to nobody that asks for any port, while a
    server with SO_REUSEADDR (all of ours) can still bind it.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listening.accept()[0].close()  # the side that closes first is in TIME_WAIT
    return port


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Environment variables for an installation in `data_dir`, without those of this test run."""
    test_run = {"DATABASE_URL", "REDIS_URL", "CHANNEL_LAYER", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in test_run}
    defaults = {"DATA_DIR": str(data_dir), "RATES": "off", "PYTHONUNBUFFERED": "1"}
    return {**inherited, **defaults, **settings}


@cache
def prepared_data_dir() -> Path:
    """A data folder after a first start, with the schema and the static files.

    The workers of a test run share the folder in TESTS_SHARED_DIR: collecting takes seconds.
    """
    shared = os.environ.get("TESTS_SHARED_DIR")
    parent = Path(shared or mkdtemp(prefix="prepared-", dir=os.environ.get("DATA_DIR")))
    folder = parent / "prepared"
    with FileLock(parent / "prepared.lock"):
        if not folder.exists():
            prepare = [sys.executable, "-c", PREPARE]
            unfinished = Path(mkdtemp(dir=parent))
            settings = environment(unfinished)
            subprocess.run(prepare, cwd=ROOT, env=settings, check=True, capture_output=True)
            unfinished.rename(folder)
    return folder


@cache
def migrated_postgresql(root: Path = ROOT) -> str:
    """The name of a database migrated by the code in `root`, to be the template of others."""
    postgresql = PostgreSQL.shared()
    name = postgresql.create()
    migrate(root, environment(prepared_data_dir(), DATABASE_URL=postgresql.url(name)))
    return name


def migrate(root: Path, settings: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    done = subprocess.run(command, cwd=root, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The migration failed:\n{done.stderr}")


class Server:
    """A server process. The constructor returns when the server answers requests."""

    def __init__(self, kind: str, data_dir: Path, root: Path = ROOT, **settings: str) -> None:
        self.kind, self.data_dir, self.settings = kind, data_dir, settings
        self.root = root  # of the code
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
            cwd=self.root,
            env=environment(self.data_dir, **self.settings),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"{self.kind} does not answer:\n{self.log}")

    def terminate(self) -> None:
        """Send SIGTERM and wait until the process ends."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._close_log()

    def kill(self) -> None:
        """Send SIGKILL."""
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
    """A server on a data folder, killed at the end of the block."""
    make_ready(data_dir)
    with serving_version(ROOT, kind, data_dir, **settings) as server:
        yield server


@contextmanager
def serving_version(root: Path, kind: str, data_dir: Path, **settings: str) -> Iterator[Server]:
    """As `serving`, with the code in `root`, which prepares the folder itself."""
    server = Server(kind, data_dir, root, **settings)
    try:
        yield server
    finally:
        server.resume()
        server.kill()


@contextmanager
def serving_two(kind: str, data_dir: Path, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Two servers of one installation, started at the same time."""
    make_ready(data_dir)
    with ExitStack() as stack:

        def start(_: int) -> Server:
            return stack.enter_context(serving(kind, data_dir, **settings))

        with ThreadPoolExecutor() as threads:
            one, other = threads.map(start, range(2))
        yield one, other


def history(server: Server, room: str, query: str = "") -> dict[str, Any]:
    """A page of a room's history, fetched over HTTP."""
    with urllib.request.urlopen(f"{server.url}/chat/{quote(room)}/messages{query}") as answer:
        page: dict[str, Any] = json.load(answer)
        return page


def shell(server: Server, code: str) -> Any:
    """What the code prints last, in a process beside the servers."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=ROOT,
        env=environment(server.data_dir, **server.settings),
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
