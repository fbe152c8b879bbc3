"""The models and their database constraints."""

from chat.models.block import Block, BlockedNetwork
from chat.models.device_link import DeviceLink
from chat.models.history_bound import HistoryBound
from chat.models.invite import Invite, InviteUse
from chat.models.job import Job
from chat.models.member import Member
from chat.models.membership import Membership, Role
from chat.models.mention import Mention
from chat.models.message import Message
from chat.models.person_block import PersonBlock
from chat.models.reaction import Reaction
from chat.models.removal import Removal
from chat.models.revision import Revision
from chat.models.revocation import Revocation
from chat.models.room import FormerRoomName, History, Room, RoomKind
from chat.models.room_address import Address, RoomId, parse_address
from chat.models.room_name import RoomName, RoomNameError
from chat.models.subscription import Subscription

__all__ = [
    "Address",
    "Block",
    "BlockedNetwork",
    "DeviceLink",
    "FormerRoomName",
    "History",
    "HistoryBound",
    "Invite",
    "InviteUse",
    "Job",
    "Member",
    "Membership",
    "Mention",
    "Message",
    "PersonBlock",
    "Reaction",
    "Removal",
    "Revision",
    "Revocation",
    "Role",
    "Room",
    "RoomId",
    "RoomKind",
    "RoomName",
    "RoomNameError",
    "Subscription",
    "parse_address",
]
