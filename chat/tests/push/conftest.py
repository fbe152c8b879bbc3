from collections.abc import AsyncIterator

import pytest

from chat import runtime
from chat.journal import database
from chat.models import Member, Room
from chat.push.pusher import Pusher
from chat.tests.push.support import Phone, listed
from chat.tests.support.push_service import Browser, PushService, serving_pushes


@pytest.fixture
async def service(lobby: Room) -> AsyncIterator[PushService]:
    """A push service that this test's runtime pushes to."""
    async with serving_pushes() as service:
        runtime.current().pushing.pusher = Pusher(service.client)
        yield service
        await runtime.current().pushing.aclose()


@pytest.fixture
async def phone(service: PushService, lobby: Room, bob: Member) -> Phone:
    """Bob's phone. Bob has the lobby in his list, and Alice writes there."""
    await database.write(listed, bob, lobby)
    browser = Browser("bobs-phone")
    device = await database.write(browser.device, bob)
    return Phone(browser, device, service)
