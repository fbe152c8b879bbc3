"""What happens on SIGTERM, after the server stops accepting connections.

uvicorn closes the sockets with 1012, and then runs `shut_down` (`lifespan.py`). daphne runs `drain`
while the sockets are open, closes them with 1012, and then runs `stop` (`daphne.py`).
"""

import asyncio
import logging
from contextlib import suppress

from chat import runtime

SOFT_STATE_SECONDS = 5  # for `drain`; the journal has a limit of its own
STOP_SECONDS = 2

logger = logging.getLogger(__name__)


async def shut_down() -> None:
    await drain()
    await stop()


async def drain() -> None:
    """Stop jobs, commit the accepted changes, store read pointers, announce that our people left.

    From now on, this process refuses new sockets.
    """
    services = runtime.current()
    services.program_requests.close()
    await services.jobs.aclose()
    await services.journal.drain()
    try:
        async with asyncio.timeout(SOFT_STATE_SECONDS):
            await services.read_pointers.drain()
            await services.presence.leave_all()
            await services.rates.aclose()
    except TimeoutError:
        logger.error("shutdown: read pointers are not stored, or others not told who is gone")


async def stop() -> None:
    """Leave the channel layer, as far as the layer answers."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await runtime.current().stop()
