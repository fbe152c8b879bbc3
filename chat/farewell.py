"""Before a process ends: accepted work is finished, and the other processes learn who is gone."""

from chat import runtime


async def say() -> None:
    await runtime.current().drain()
