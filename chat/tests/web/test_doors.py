"""The doors of a room over HTTP: who may not pass."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Member, Room, RoomName, Subscription
from chat.web import guests


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["", "messages", "qr.svg", "mute", "leave", "keep"])
def test_a_closed_account_passes_no_door_of_a_room(client: Client, door: str) -> None:
    user = User.objects.create_user("alice", is_active=False)
    member = Member.objects.create(name="Alice", user=user)
    room = Room.objects.ensure(RoomName.parse("lobby"))
    Subscription.objects.record_visit(member, room)
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    ask = client.post if door in {"mute", "leave", "keep"} else client.get
    assert ask(f"/chat/lobby/{door}").status_code == 403
    subscription = Subscription.objects.get()
    assert (subscription.kept_at, subscription.muted_at) == (None, None)
