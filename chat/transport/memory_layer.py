"""The in-memory channel layer, for an installation of one process."""

import time
from contextlib import suppress
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

EXPIRE_SECONDS = 10


class MemoryChannelLayer(InMemoryChannelLayer):
    """Channels' layer, whose cost of a message does not depend on the number of open groups.

    Channels looks through all channels and groups for what has expired, at each send and receive,
    and starts a task for each receiver. This layer looks every EXPIRE_SECONDS.
    """

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self._next_expiry = 0.0

    def has_others(self, group: str, channel: str | None) -> bool:
        """Whether a channel other than this one is in the group."""
        return not self.groups.get(group, {}).keys() <= {channel}

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to each channel of the group; a full channel drops the message."""
        self.require_valid_group_name(group)
        self._clean_expired()
        for channel in list(self.groups.get(group, ())):
            with suppress(ChannelFull):
                await self.send(channel, message)

    def _clean_expired(self) -> None:
        now = time.monotonic()
        if now >= self._next_expiry:
            self._next_expiry = now + EXPIRE_SECONDS
            super()._clean_expired()
