"""The nouns, and the promises the database keeps for them."""

from chat.models.member import Member
from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.room import Room, RoomName, RoomNameError

__all__ = [
    "Member",
    "Membership",
    "Message",
    "Room",
    "RoomName",
    "RoomNameError",
]
