"""The TCP connections of this process: how many there are, and how long each may be idle.

A connection waits for its client while a request arrives, while the client does not read the
answer, and between requests. A wait that takes too long closes the connection. When a bound of
connections is reached, a new one takes the place of the one that waits longest. WebSockets and
requests that are being answered stay: where all are such, new connections are refused.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Protocol

from chat.live.rates import address_of, network_of
from mysite.servers import descriptors, proxies

HEADERS_SECONDS = 10  # for the head of a request, from its first byte or from the connect on
BODY_SECONDS = 20  # for the body of a request, and …
BODY_BYTES_PER_SECOND = 4096  # … as much longer as its bytes take at this speed, but …
BODY_STALL_SECONDS = 60  # … no longer for the next of them, however quickly the others came
ANSWER_SECONDS = 30  # for a client to take the next 64 KiB of an answer, or the last of it
IDLE_SECONDS = 15  # between requests
LINGER_SECONDS = 5  # for a client whose body is refused to read that
SWEEP_SECONDS = 1  # how late all these may be

NETWORK_MAX = 2_000  # connections of one network, WebSockets among them; half of all at most
UNREAD_MAX = 200  # answers that wait for their clients, each in memory
LOG_SECONDS = 60  # a bound that is reached is logged once in that time

LOCAL_PROXIES = {ip_address("127.0.0.1"), ip_address("::1")}

REFUSAL = b"HTTP/1.1 %b\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FULL = REFUSAL % b"503 Service Unavailable"
TOO_MANY = REFUSAL % b"429 Too Many Requests"

logger = logging.getLogger(__name__)


class Transport(Protocol):
    """An asyncio transport, or a Twisted transport adapted to its interface."""

    def is_closing(self) -> bool: ...

    def write(self, data: bytes, /) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...


@dataclass(eq=False, slots=True)
class Connection:
    """A connection, from its accept to its loss. `network` is None for those without a bound."""

    transport: Transport
    network: str | None
    is_refused: bool = False


class Connections:
    """Counts connections, and closes those that wait too long for their clients."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self._by_network: Counter[str | None] = Counter()
        self._waiting: dict[Connection, float] = {}  # until when; the longest waiting first
        self._held: dict[Connection, float] = {}  # seconds that are left to their clients
        self._unread: dict[Connection, None] = {}  # the longest unread first
        self._is_sweeping = False
        self._log_at = 0.0

    @cached_property
    def max(self) -> int:
        return descriptors.connections_max()

    @property
    def network_max(self) -> int:
        return min(NETWORK_MAX, self.max // 2)

    def open(self, transport: Transport, host: str | None) -> Connection:
        """Take a connection from an address; or refuse it, with an answer, and close it."""
        connection = Connection(transport, bounded_network(host))
        if refusal := self._refusal(connection):
            connection.is_refused = True
            transport.write(refusal)
            transport.close()
        else:
            self._open.add(connection)
            self._by_network[connection.network] += 1
            self.wait(connection, HEADERS_SECONDS)
            self._sweep_soon()
        return connection

    def close(self, connection: Connection) -> None:
        """The connection is lost."""
        self._waiting.pop(connection, None)
        self._held.pop(connection, None)
        self._unread.pop(connection, None)
        if connection in self._open:
            self._open.remove(connection)
            self._by_network[connection.network] -= 1
            if not self._by_network[connection.network]:
                del self._by_network[connection.network]

    def wait(self, connection: Connection, seconds: float) -> None:
        """The connection waits for its client; too long a wait closes it."""
        if connection not in self._unread:
            self.work(connection)
            self._waiting[connection] = _now() + seconds

    def wait_longer(self, connection: Connection, received: int) -> None:
        """So many bytes of a body have arrived."""
        if connection in self._waiting:
            until = self._waiting[connection] + received / BODY_BYTES_PER_SECOND
            self._waiting[connection] = min(until, _now() + BODY_STALL_SECONDS)

    def work(self, connection: Connection) -> None:
        """The connection waits for the application."""
        if connection not in self._unread:
            self._waiting.pop(connection, None)
            self._held.pop(connection, None)

    def hold(self, connection: Connection) -> None:
        """No more of a body is read until the application has taken what came."""
        if connection in self._waiting and connection not in self._unread:
            self._held[connection] = self._waiting.pop(connection) - _now()

    def release(self, connection: Connection) -> None:
        """The body is read on: the client has the time that was left to it."""
        if connection in self._held:
            self.wait(connection, self._held.pop(connection))

    def pause(self, connection: Connection) -> None:
        """The client does not read what it is sent: more waits than the transport should hold."""
        self.wait(connection, ANSWER_SECONDS)
        self._unread[connection] = None
        if len(self._unread) > UNREAD_MAX:
            self._evict(next(iter(self._unread)))

    def resume(self, connection: Connection) -> None:
        """The client has read on."""
        self._unread.pop(connection, None)
        self._waiting.pop(connection, None)

    def abort(self) -> None:
        """Close all connections at once."""
        for connection in self._open:
            connection.transport.abort()

    # --- bounds ---------------------------------------------------------------------------------

    def _refusal(self, connection: Connection) -> bytes | None:
        """Make room for a connection; return the answer to it if there is none."""
        network = connection.network
        if network is not None and self._by_network[network] >= self.network_max:
            if not self._evict_first(it for it in self._waiting if it.network == network):
                self._log(
                    f"{network} has {self.network_max} connections, and is refused more. A proxy's"
                    " address belongs into TRUSTED_PROXIES."
                )
                return TOO_MANY
        elif len(self._open) >= self.max and not self._evict_first(self._waiting):
            self._log(f"all {self.max} connections are in use, and more are refused.")
            return FULL
        return None

    def _evict_first(self, candidates: Iterable[Connection]) -> bool:
        """Close the first of these connections, and say whether there was one."""
        connection = next(iter(candidates), None)
        if connection is not None:
            self._evict(connection)
        return connection is not None

    def _evict(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)
        self._unread.pop(connection, None)
        connection.transport.abort()

    def _log(self, text: str) -> None:
        """Log that a bound is reached, unless that was logged lately."""
        if _now() >= self._log_at:
            self._log_at = _now() + LOG_SECONDS
            logger.warning("%s", text)

    # --- waits ----------------------------------------------------------------------------------

    def _sweep_soon(self) -> None:
        if not self._is_sweeping:
            self._is_sweeping = True
            asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._is_sweeping = False
        for connection in self._open:
            if connection not in self._waiting and connection.transport.is_closing():
                self.wait(connection, ANSWER_SECONDS)  # closes once its client has read the rest
        now = _now()
        for connection in [it for it, until in self._waiting.items() if until <= now]:
            self._end_wait(connection)
        if self._open:
            self._sweep_soon()

    def _end_wait(self, connection: Connection) -> None:
        if connection in self._unread or connection.transport.is_closing():
            self._evict(connection)
        else:
            del self._waiting[connection]
            connection.transport.close()


def bounded_network(host: str | None) -> str | None:
    """The network of an address; None for a proxy's, which is that of all its clients.

    An address of this machine itself is taken for a proxy's, and so is a unix socket.
    """
    address = address_of(host)
    if address is None or address in LOCAL_PROXIES or proxies.is_trusted(address):
        return None
    return network_of((host,))


def _now() -> float:
    return asyncio.get_running_loop().time()


connections = Connections()  # of this process
