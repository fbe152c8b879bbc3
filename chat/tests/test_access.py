"""Rooms as doors look them up: what a member may not find does not exist."""

import pytest
from pytest_django.fixtures import Settings

from chat import access
from chat.models import Member, Room, RoomName, parse_address
from chat.tests.support.private_rooms import new_members_room

pytestmark = pytest.mark.django_db


def test_where_guests_are_off_a_guest_finds_no_room(gus: Member, settings: Settings) -> None:
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    assert access.find(gus, parse_address(room.address))
    settings.GUESTS = "off"
    assert access.find(gus, parse_address(room.address)) is None
    assert access.find_in(gus, room) is None


def test_who_is_in_a_deleted_room_finds_it_no_more(ada: Member) -> None:
    room = new_members_room(ada)
    assert access.find(ada, parse_address(room.address))
    room.mark_deleted()
    assert access.find(ada, parse_address(room.address)) is None
