"""`manage.py serve`: uvicorn, as it should be run for others."""

import signal
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from mysite.servers import descriptors, startup
from mysite.servers.accepting import PacedListener
from mysite.servers.connections import IDLE_SECONDS
from mysite.servers.uvicorn_websocket import FRAME_MAX_BYTES

CLOSE_SECONDS = 5  # for the last answers and frames to leave
WORKERS_MAX = 1_000


class Command(BaseCommand):
    help = "Serves Lobby with uvicorn, until SIGTERM or Ctrl-C."
    requires_system_checks = []  # a start is quick; `manage.py check` is for the operator to run

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
        parser.add_argument("--port", default="8000", help="0 takes a free one (8000)")
        parser.add_argument("--workers", default="1", help="processes; needs REDIS_URL (1)")

    def handle(self, *args: Any, host: str, port: str, workers: str, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _exit)
        descriptors.raise_limit()  # inherited by the workers
        config = _config(_number("--workers", workers, 1, WORKERS_MAX))
        with listen(host, _number("--port", port, 0, 65_535)) as listening:
            startup.prepare()
            self.stdout.write(f"Lobby: {_address(listening)}")
            self.stdout.flush()
            startup.print_setup_link(_address(listening))
            _serve(config, listening)


def _exit(*args: Any) -> None:
    """Uvicorn raises SIGTERM again once it is through with it."""
    sys.exit()


def _number(name: str, text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise CommandError(f"{name} {text} is not a number from {least} to {most}.")
    return number


def _config(workers: int) -> Config:
    if workers > 1 and settings.CHANNEL_LAYER == "memory":
        raise CommandError(
            f"--workers {workers} needs REDIS_URL. Without it, people on different workers would"
            f" see each other's messages up to {settings.RECONCILE_SECONDS:g} s late."
        )
    return Config(
        "mysite.asgi:application",
        workers=workers,
        backlog=descriptors.backlog(),
        http="mysite.servers.uvicorn_http:ChatHTTPProtocol",
        timeout_keep_alive=IDLE_SECONDS,
        ws="mysite.servers.uvicorn_websocket:ChatWebSocketProtocol",
        ws_max_size=FRAME_MAX_BYTES,
        ws_per_message_deflate=False,  # would compress anew for each receiver
        lifespan="on",
        proxy_headers=False,  # `mysite.asgi` believes TRUSTED_PROXIES
        log_config=None,  # Django's
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CommandError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise CommandError(f"Cannot listen on {host}, port {port}: {error}") from None
    # asyncio sets TCP_NODELAY where it reads that it is TCP; frames would wait up to 40 ms without.
    return PacedListener(family, listening.type, socket.IPPROTO_TCP, listening.detach())


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve(config: Config, listening: socket.socket) -> None:
    try:
        if config.workers == 1:
            Server(config).run(sockets=[listening])
        else:
            _supervise(Multiprocess(config, sockets=[listening]))
    except KeyboardInterrupt:
        pass


def _supervise(workers: Multiprocess) -> None:
    workers.run()
    if any(it.exitcode == STARTUP_FAILURE for it in workers.processes):
        raise CommandError("A worker could not start.")
