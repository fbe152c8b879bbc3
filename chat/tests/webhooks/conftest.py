from collections.abc import AsyncIterator

import pytest

from chat import runtime
from chat.journal import database
from chat.models import Member, Room
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account
from chat.tests.support.push_service import serving
from chat.tests.webhooks.support import Hook, Receivers, new_webhook
from chat.webhooks.pusher import Pusher


@pytest.fixture
async def service(lobby: Room) -> AsyncIterator[Receivers]:
    """Receivers to which this test's runtime pushes."""
    async with serving(Receivers()) as service:
        runtime.current().webhooks.sending.pusher = Pusher(service.webhook_client)
        yield service
        await runtime.current().webhooks.aclose()


@pytest.fixture
async def owner(lobby: Room) -> Member:
    return await database.write(new_account, "Olivia")


@pytest.fixture
async def tea(owner: Member) -> Room:
    """An open room that Olivia owns."""
    return await database.write(new_open_room, "Tea", owner)


@pytest.fixture
async def hook(service: Receivers, tea: Room, owner: Member) -> Hook:
    """A webhook that hears everything in the tea room."""
    made = await database.write(new_webhook, tea, owner)
    return Hook(made.pk, "/hook", service)
