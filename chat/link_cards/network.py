"""The way to a page: resolves a name once, and connects to that very address if it is allowed."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpcore

from chat.link_cards.addresses import is_public
from chat.link_cards.no_card import NoCard

TRIED_ADDRESSES = 3  # of a name
RESOLVED_AT_ONCE = 4  # a name server may keep a thread waiting long after its card was given up

Place = tuple[str, int]  # an address and a port
Resolve = Callable[[str, int], Awaitable[list[Place]]]

_resolvers = ThreadPoolExecutor(RESOLVED_AT_ONCE, thread_name_prefix="resolver")


async def resolve(host: str, port: int, threads: ThreadPoolExecutor = _resolvers) -> list[Place]:
    """All addresses of a host, as the system knows them. Raises NoCard."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.get_running_loop().run_in_executor(threads, ask)
    except (OSError, UnicodeError):
        raise NoCard("the name has no address") from None
    return list(dict.fromkeys((str(it[4][0]), int(it[4][1])) for it in found))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects for httpcore. One address of a name that is not allowed refuses the name.

    `count` is asked before each connection, with its address; it may refuse, too.
    """

    def __init__(
        self,
        count: Callable[[str], None],
        resolve: Resolve = resolve,
        is_allowed: Callable[[str], bool] = is_public,
    ) -> None:
        self._count, self._resolve, self._is_allowed = count, resolve, is_allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        places = await self._resolve(host, port)
        if not places or not all(self._is_allowed(address) for address, _ in places):
            raise NoCard("an address that is not public")
        failure: Exception = NoCard("no connection")
        for address, its_port in places[:TRIED_ADDRESSES]:
            self._count(address)
            try:
                return await self._network.connect_tcp(address, its_port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
