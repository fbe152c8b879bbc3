"""The models and their database constraints."""

from chat.models.bot import Bot, Hears
from chat.models.card_picture import CardPicture
from chat.models.device_link import DeviceLink
from chat.models.file import File
from chat.models.guest_closing import GuestClosing
from chat.models.history_bound import HistoryBound
from chat.models.imported import ImportedMessages, ImportedPerson, ImportedRoom
from chat.models.invite import Invite, InviteUse
from chat.models.job import Job
from chat.models.knock import Knock
from chat.models.last_post import LastPost
from chat.models.member import Member
from chat.models.membership import Membership, Role
from chat.models.mention import Mention
from chat.models.message import Message
from chat.models.moderation_act import ActKind, ModerationAct
from chat.models.person_block import PersonBlock
from chat.models.picture import Picture
from chat.models.program_cursor import ProgramCursor
from chat.models.push import PushDevice, PushKey, PushSettings
from chat.models.reaction import Reaction
from chat.models.removal import Removal
from chat.models.report import CaseLine, CaseNote, Report, ReportCase, Verdict
from chat.models.revision import Revision
from chat.models.revocation import Revocation
from chat.models.room import History, Room, RoomKind
from chat.models.room_address import Address, RoomId, parse_address
from chat.models.room_filter import HeldMessage, HeldRule, RoomFilter
from chat.models.room_name import RoomName, RoomNameError
from chat.models.rooms_by_name import FormerRoomName
from chat.models.sanction import FOR_GOOD, BannedNetwork, Sanction, SanctionKind
from chat.models.search_state import SearchState
from chat.models.subscription import Notify, Subscription
from chat.models.token import Scope, Token
from chat.models.waiting_post import WaitingPost
from chat.models.webhook import Webhook

__all__ = [
    "FOR_GOOD",
    "ActKind",
    "Address",
    "BannedNetwork",
    "Bot",
    "CardPicture",
    "CaseLine",
    "CaseNote",
    "DeviceLink",
    "File",
    "FormerRoomName",
    "GuestClosing",
    "Hears",
    "HeldMessage",
    "HeldRule",
    "History",
    "HistoryBound",
    "ImportedMessages",
    "ImportedPerson",
    "ImportedRoom",
    "Invite",
    "InviteUse",
    "Job",
    "Knock",
    "LastPost",
    "Member",
    "Membership",
    "Mention",
    "Message",
    "ModerationAct",
    "Notify",
    "PersonBlock",
    "Picture",
    "ProgramCursor",
    "PushDevice",
    "PushKey",
    "PushSettings",
    "Reaction",
    "Removal",
    "Report",
    "ReportCase",
    "Revision",
    "Revocation",
    "Role",
    "Room",
    "RoomFilter",
    "RoomId",
    "RoomKind",
    "RoomName",
    "RoomNameError",
    "Sanction",
    "SanctionKind",
    "Scope",
    "SearchState",
    "Subscription",
    "Token",
    "Verdict",
    "WaitingPost",
    "Webhook",
    "parse_address",
]
