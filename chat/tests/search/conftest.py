"""What the tests of searches share."""

import pytest

from chat.models import Member, Room, RoomName, Subscription


@pytest.fixture
def kitchen(ada: Member) -> Room:
    """An open room that is in Ada's list."""
    room = Room.objects.ensure(RoomName.parse("kitchen"))
    Subscription.objects.keep(ada, room)
    return room
