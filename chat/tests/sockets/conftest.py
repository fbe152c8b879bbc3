"""Who is there beside Alice and Bob."""

import pytest

from chat.journal import database
from chat.models import Member, Room


@pytest.fixture
async def carol(lobby: Room) -> Member:
    return await database.write(Member.objects.create, name="Carol")
