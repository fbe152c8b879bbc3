"""What a link's card shows: fetched once in an hour, and not often from one host."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from chat.link_cards import charsets, pages
from chat.link_cards.client import Client, Fetched, Wanted
from chat.link_cards.network import GuardedNetwork
from chat.link_cards.no_card import NoCard
from chat.link_cards.pages import Page
from chat.link_cards.picture import Preview, preview_of
from chat.link_cards.targets import Target, joined, target_of
from chat.live.rates.moving_window import MEMBER, NETWORK, MovingWindow

FETCHES_OF_MEMBER = 10, 60.0  # pages in seconds
REQUESTS_TO_ADDRESS = 20, 60.0  # also pictures and redirects; of IPv6 to a /64
WHOLE_SECONDS = 10  # for a page and its picture
KEPT_SECONDS = 3_600
KEPT_MAX = 200  # links
PAGE_MAX_BYTES = 512 * 1024
PICTURE_MAX_BYTES = 5 * 1024 * 1024

PAGE = Wanted(
    "text/html,application/xhtml+xml",
    lambda it: it in {"text/html", "application/xhtml+xml"},
    PAGE_MAX_BYTES,
    is_cut=True,
)
PICTURE = Wanted(
    "image/webp,image/png,image/jpeg,image/gif,image/avif",
    lambda it: it.startswith("image/") and it != "image/svg+xml",
    PICTURE_MAX_BYTES,
    is_cut=False,
)

logger = logging.getLogger(__name__)


class TooOften(NoCard):
    """Too many fetches for a member, or from a host. Another time, there may be a card."""


class Card(NamedTuple):
    """What a page says about itself, with its picture."""

    title: str
    text: str
    site: str
    preview: Preview | None


class Fetcher:
    """Fetches cards, and remembers those of the last hour, and which links have none."""

    def __init__(
        self,
        network: Callable[[Callable[[str], None]], GuardedNetwork] = GuardedNetwork,
        client: Callable[[GuardedNetwork], Client] = Client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`network` makes one that calls what it gets with each address before a connection."""
        self._client = client(network(self._count_address))
        self._clock = clock
        self._members = MovingWindow("link card", MEMBER, *FETCHES_OF_MEMBER)
        self._addresses = MovingWindow("link card", NETWORK, *REQUESTS_TO_ADDRESS)
        self._kept: OrderedDict[str, tuple[float, Card | None]] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def card(self, url: str, member: str) -> Card | None:
        """The card of a link that a member posted; None without one. Raises TooOften."""
        lock = self._locks.setdefault(url, asyncio.Lock())
        try:
            async with lock:  # who asks meanwhile gets the same
                kept = self._kept.get(url)
                if kept is None or kept[0] < self._clock() - KEPT_SECONDS:
                    kept = self._keep(url, await self._fetch(url, member))
                return kept[1]
        finally:
            if not lock.locked():
                self._locks.pop(url, None)

    def _keep(self, url: str, card: Card | None) -> tuple[float, Card | None]:
        self._kept[url] = self._clock(), card
        self._kept.move_to_end(url)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return self._kept[url]

    async def _fetch(self, url: str, member: str) -> Card | None:
        try:
            target = target_of(url)
            _count(self._members, member, self._clock())
            page, picture = await self._fetch_page(target)
            preview = await _preview(picture)
        except TooOften:
            raise
        except NoCard as reason:
            logger.info("a link has no card: %s", reason)
            return None
        except Exception as error:  # of a page that no test has; its job would try for ever
            logger.warning("a page could not be read: %r", error)
            return None
        return Card(page.title, page.text, page.site or target.host, preview)

    async def _fetch_page(self, target: Target) -> tuple[Page, Fetched | None]:
        """A page, and its picture as far as the time lets it come. Raises NoCard."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + WHOLE_SECONDS
        try:
            async with asyncio.timeout_at(ends_at):
                fetched = await self._client.fetch(target, PAGE)
        except TimeoutError:
            raise NoCard("too slow") from None
        page = await asyncio.to_thread(_read, fetched)
        try:
            async with asyncio.timeout_at(ends_at):
                return page, await self._fetch_picture(fetched, page)
        except (NoCard, TimeoutError):
            return page, None

    async def _fetch_picture(self, fetched: Fetched, page: Page) -> Fetched | None:
        if not page.picture:
            return None
        return await self._client.fetch(joined(fetched.target, page.picture), PICTURE)

    def _count_address(self, address: str) -> None:
        _count(self._addresses, _network_of(address), self._clock())


async def _preview(picture: Fetched | None) -> Preview | None:
    try:
        return await preview_of(picture.body) if picture else None
    except NoCard as reason:
        logger.info("a card has no picture: %s", reason)
        return None


def _read(fetched: Fetched) -> Page:
    return pages.page_of(charsets.decode(fetched.body, fetched.charset))


def _count(window: MovingWindow, key: str, now: float) -> None:
    if window.wait(key, 1, now):
        raise TooOften("too often")
    window.hit(key, 1, now)


def _network_of(address: str) -> str:
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)
