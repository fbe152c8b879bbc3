"""The channel layer, seen as something that may be away."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LAYER_SECONDS = 2.0  # waited for an answer

logger = logging.getLogger(__name__)


class LayerHealth:
    """Whether the channel layer answers; says so once when it stops, and once when it is back."""

    def __init__(self) -> None:
        self.is_down = False

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Around a call of the layer, which raises what it raises."""
        try:
            yield
        except Exception as error:
            if not self.is_down:
                self.is_down = True
                logger.warning("the channel layer is away, messages will be late: %r", error)
            raise
        if self.is_down:
            self.is_down = False
            logger.info("the channel layer is back")
