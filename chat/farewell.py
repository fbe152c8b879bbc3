"""Before a process ends: what was accepted is finished, and the others know who is gone."""

from chat import journal, presence, reading


async def say() -> None:
    """Finish, while our people are still connected. Takes nobody in any more."""
    await journal.drain()
    await reading.here().drain()
    await presence.farewell()
