"""What a server process does before it ends."""

import asyncio
import logging

from chat import runtime

SOFT_STATE_SECONDS = 5  # the journal has a limit of its own

logger = logging.getLogger(__name__)


async def drain() -> None:
    """Finish accepted work, and tell the other processes whose people are gone.

    From now on, sockets that open are refused.
    """
    services = runtime.current()
    await services.journal.drain()
    try:
        async with asyncio.timeout(SOFT_STATE_SECONDS):
            await services.read_pointers.drain()
            await services.presence.leave_all()
            await services.rates.aclose()
    except TimeoutError:
        logger.error("shutdown: read pointers are not stored, or others not told who is gone")
