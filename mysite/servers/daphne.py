"""Daphne's server, prepared before it listens and drained before it ends."""

import asyncio
import re
from contextlib import suppress
from functools import partial
from typing import Any

from daphne import server as daphne_server
from daphne.cli import CommandLineInterface
from daphne.server import Server
from django.conf import settings
from twisted.internet import reactor, tcp
from twisted.internet.defer import Deferred

from chat import runtime
from chat.protocol import Close
from mysite.logs import hide_personal
from mysite.servers import descriptors, shutdown, startup
from mysite.servers.accepting import PacedListener
from mysite.servers.connections import connections
from mysite.servers.daphne_http import ChatHTTPFactory, ChatRequest
from mysite.servers.daphne_websocket import POLL_SECONDS, ChatWebSocketProtocol

_reactor: Any = reactor  # its type is known only when it runs

SHUTDOWN_SECONDS = 3  # for clients to answer a close frame when the process ends
NO_PROXY_HEADERS = dict.fromkeys(  # daphne would believe them from anybody: TRUSTED_PROXIES decides
    f"proxy_forwarded_{kind}_header" for kind in ("address", "port", "proto")
)


class PacedPort(tcp.Port):
    """Twisted's listening port, which accepts few connections in each turn."""

    def createInternetSocket(self) -> PacedListener:  # noqa: N802
        self.backlog = descriptors.backlog()  # more wait in the kernel than daphne's 50
        return PacedListener.of(super().createInternetSocket())  # type: ignore[no-untyped-call]


class LobbyServer(Server):
    """Daphne's server, which prepares before it listens and drains before it ends.

    Daphne does not speak ASGI's lifespan protocol.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= NO_PROXY_HEADERS | {"ready_callable": self._start}
        super().__init__(*args, **options)

    def run(self) -> None:
        """Serve. Raises CannotStart."""
        startup.start(_origin(self.endpoints))
        daphne_server.HTTPFactory = ChatHTTPFactory  # `run` has no other way to name one
        tcp.Port = PacedPort  # type: ignore[misc]  # nor has the reactor
        super().run()

    def _start(self) -> None:
        self.ws_factory.protocol = ChatWebSocketProtocol
        # The reactor calls this before its event loop runs, and callLater's function after.
        _reactor.callWhenRunning(_reactor.callLater, 0, self._start_runtime)

    @staticmethod
    def _start_runtime() -> None:
        runtime.current().start()

    def create_application(self, protocol: Any, scope: Any) -> Any:
        """Call the application. Return what it receives from; of an upload, that is the body."""
        upload = getattr(protocol, "upload", None)
        if upload is None:
            queue = super().create_application(protocol, scope)
        else:
            queue = self._start_upload(protocol, scope, upload)
        if queue is not None and isinstance(protocol, ChatRequest):
            application = self.connections[protocol]["application_instance"]
            application.add_done_callback(protocol.close_unfinished)
        return queue

    def _start_upload(self, protocol: Any, scope: Any, upload: Any) -> Any:
        scope |= {"asgi": {"version": "3.0"}}
        running = self.application(scope, upload.receive, partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(running)
        return upload

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """Pass a message to the client, once it has read most of those before."""
        if isinstance(protocol, ChatRequest):
            await protocol.wait_until_read()
        await super().handle_reply(protocol, message)

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        """A line of daphne's access log. Where LOG_FORMAT is json, Lobby has its own."""
        if settings.LOG_FORMAT == "text":
            hidden = {"path": hide_personal(details["path"])}
            if client := details["client"]:  # none on a Unix socket
                host, _, port = client.rpartition(":")
                hidden["client"] = f"{hide_personal(host)}:{port}"
            super().log_action(protocol, action, details | hidden)

    def kill_all_applications(self) -> "Deferred[None]":
        """The reactor calls this before it stops, and waits."""
        return Deferred.fromFuture(asyncio.ensure_future(self._shut_down()))

    async def _shut_down(self) -> None:
        await shutdown.drain()
        for protocol in self.connections:
            if isinstance(protocol, ChatWebSocketProtocol) and protocol.is_connected:
                protocol.serverClose(Close.RESTARTING)
        await self._wait_for_applications()
        connections.abort()
        await self._wait_for_applications()
        await shutdown.stop()
        await _cancel(self._applications())

    async def _wait_for_applications(self) -> None:
        """Wait until all sockets and requests are through with what they do, or for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                while self._applications():  # noqa: ASYNC110
                    await asyncio.sleep(POLL_SECONDS)

    def _applications(self) -> "list[asyncio.Future[None]]":
        """The running applications: one of each socket, and of each request that has arrived."""
        found = (details.get("application_instance") for details in self.connections.values())
        return [it for it in found if it is not None and not it.done()]


def _origin(endpoints: list[str]) -> str:
    """Where people find it, by Twisted's descriptions of where it listens."""
    for endpoint in endpoints:
        if found := re.fullmatch(r"(tcp|ssl):port=(\d+):interface=([\d.]+|localhost)", endpoint):
            scheme = "https" if found[1] == "ssl" else "http"
            return f"{scheme}://{found[3]}:{found[2]}"
    return ""


async def _cancel(running: "list[asyncio.Future[None]]") -> None:
    for application in running:
        application.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def install() -> None:
    """Make the `daphne` command use our server.

    The command has no option for that. It reads this attribute after it has imported the
    application, and passes the server nothing but the application.
    """
    CommandLineInterface.server_class = LobbyServer
