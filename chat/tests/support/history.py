"""A room with messages, and its history as JSON."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from chat.models import Member, Message, Room, RoomName


def room_with(count: int, name: str = "Lobby") -> Room:
    """A room with `count` messages of Alice: 1, 2, 3 …"""
    room = Room.objects.ensure(RoomName.parse(name))
    alice = Member.objects.create(name="Alice")
    Message.objects.bulk_create(
        Message(
            room=room,
            seq=seq,
            version=seq,
            author=alice,
            client_id=uuid4(),
            text=str(seq),
            sent_at=timezone.now(),
        )
        for seq in range(1, count + 1)
    )
    room.version = count
    room.save()
    return room


def history(client: Client, query: str = "", room: str = "lobby") -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/chat/{quote(room)}/messages{query}").json()
    return answer
