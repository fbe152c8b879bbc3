"""A person with a sidebar, who asks for the list and waits for news."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chat.journal import database
from chat.models import Member, Room, RoomName, Subscription
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.sockets import Socket, connected


async def visit(member: Member, *names: str) -> None:
    for name in names:
        room = await database.write(Room.objects.ensure, RoomName.parse(name))
        await database.write(Subscription.objects.keep, member, room)


async def ask_for_rooms(socket: Socket) -> dict[str, Any]:
    """Ask for the whole list. Returns the rooms by name."""
    await socket.send(type="rooms")
    return by_name(await socket.soft("rooms"))


def by_name(listed: dict[str, Any]) -> dict[str, Any]:
    return {room["name"]: room for room in listed["rooms"]}


async def until_listed(socket: Socket, *names: str) -> dict[str, Any]:
    """Wait for a list of exactly these rooms. Returns the rooms by name."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while set(listed := by_name(await socket.soft("rooms"))) != set(names):
            pass
        return listed


async def news_until(socket: Socket, seq: int) -> dict[str, Any]:
    """Wait for news of the post at `seq`. Returns all news until then, of one room, merged."""
    posts, mentions = [], []
    while seq not in posts:
        [room] = (await socket.soft("news"))["rooms"]
        posts += room["posts"]
        mentions += room["mentions"]
    return {"name": room["name"], "posts": posts, "mentions": mentions}


@asynccontextmanager
async def alice_and_bob(alice: Member, bob: Member) -> AsyncIterator[tuple[Socket, Socket]]:
    """Alice in the Lobby; and Bob, who has visited the Lobby, in the Den with a sidebar."""
    await visit(bob, "Lobby", "Den")
    async with connected("Lobby", alice) as (hers,), connected("Den", bob) as (his,):
        assert set(await ask_for_rooms(his)) == {"Lobby", "Den"}
        yield hers, his
