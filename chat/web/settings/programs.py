"""What the pages of a room's bots and of its webhooks share."""

from typing import Any

from django import forms

from chat import runtime
from chat.access import Found
from chat.journal import Refused
from chat.journal.roster_changes import AddPeople
from chat.models import Bot, Hears, Member
from chat.policy import Action
from chat.programs import keeping
from chat.programs.keeping import ProgramKind
from chat.web.doors import RoomNotFound
from chat.web.forms import unmistakable
from chat.web.settings import door


class NewBotForm(forms.Form):
    """The fields `name` and `hears` of a form that makes a bot."""

    cleaned_data: dict[str, Any]

    def clean_name(self) -> str:
        return unmistakable(self.cleaned_data["name"])

    def clean_hears(self) -> Hears:
        return Hears(self.cleaned_data["hears"])


def find(member: Member, room_name: str) -> Found:
    """The room, if the member may set its programs. Raises RoomNotFound."""
    found = door.find(member, room_name)
    if not found.may(member, Action.SET_PROGRAMS):
        raise RoomNotFound
    return found


def add(member: Member, found: Found, bot: Bot, kind: ProgramKind) -> Refused | None:
    """Bring a new bot into a room that is not open, and log it. Returns why that is refused."""
    room, people = found.room, (bot.member_id,)
    try:
        if not room.is_open:
            runtime.append_from_sync(AddPeople(room.pk, member.pk, people, sees_history=False))
    except Refused as refusal:
        return refusal
    keeping.log_made(member, room, bot, kind)
    return None
