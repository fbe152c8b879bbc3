"""People in rooms, in few words."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http.response import HttpResponseBase
from django.test import AsyncClient

from chat.models import Member
from chat.tests.support.sockets import Socket, joined
from chat.web import guests


@asynccontextmanager
async def people(room: str, *members: Member) -> AsyncIterator[list[Socket]]:
    """A socket for each in the room, past its first frame."""
    async with AsyncExitStack() as sockets:
        them = [await sockets.enter_async_context(joined(room, it)) for it in members]
        for socket in them:
            await socket.events()
        yield them


async def everybody_hears(*sockets: Socket) -> dict[str, Any]:
    """The next event, which is the same for all."""
    first, *others = [await socket.event() for socket in sockets]
    assert others == [first] * len(others)
    return first


async def get_page(member: Member, address: str) -> HttpResponseBase:
    """What the member's browser shows."""
    answer = await _browser(member).get(address)
    await sync_to_async(connections.close_all)()  # of the thread that views run on
    return answer


async def post_form(member: Member, address: str, **filled: Any) -> HttpResponseBase:
    """What the member's browser sends."""
    answer = await _browser(member).post(address, filled)
    await sync_to_async(connections.close_all)()
    return answer


def _browser(member: Member) -> AsyncClient:
    browser = AsyncClient()
    browser.cookies[guests.COOKIE] = guests.sign(member.uid)
    return browser
