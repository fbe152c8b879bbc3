"""How many uploads are under way: each has a file open, and some of its bytes in memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mysite.servers.uploads.unacceptable import Unacceptable

UPLOADS_MAX = 256  # in a process; each has up to 1 MB in memory
NETWORK_UPLOADS_MAX = 32
RETRY_SECONDS = 5

TOO_MANY = "Too many files are being sent at once. Try again soon."


class UploadSlots:
    """Counts the uploads under way in this process."""

    def __init__(self) -> None:
        self._by_network: Counter[str | None] = Counter()

    @contextmanager
    def hold(self, network: str | None) -> Iterator[None]:
        """Count an upload of a network as long as the block lasts. Raises Unacceptable.

        A network of None, which is that of a proxy, has no bound of its own.
        """
        if network is not None and self._by_network[network] >= NETWORK_UPLOADS_MAX:
            raise Unacceptable(429, "too_fast", TOO_MANY, RETRY_SECONDS)
        if self._by_network.total() >= UPLOADS_MAX:
            raise Unacceptable(503, "busy", TOO_MANY, RETRY_SECONDS)
        self._by_network[network] += 1
        try:
            yield
        finally:
            self._by_network[network] -= 1
            if not self._by_network[network]:
                del self._by_network[network]
