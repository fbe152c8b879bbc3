"""Who keeps the programs of a room: asked in the transaction that changes them, and logged."""

from enum import StrEnum

from chat import access, policy
from chat.models import ActKind, Bot, Member, ModerationAct, Room
from chat.policy import Action


class ProgramKind(StrEnum):
    """What is made and removed."""

    BOT = "bot"
    WEBHOOK = "webhook"


class Changed(StrEnum):
    """What is done to one."""

    TOKEN = "token"  # noqa: S105  # a new one
    REVOKE = "revoke"  # of a token
    SECRET = "secret"  # noqa: S105  # a new one
    PAUSE = "pause"
    RESUME = "resume"
    HEARS = "hears"


class NotAllowed(Exception):
    """The member may not do this with programs of the room."""


def may_keep(member: Member, room: Room) -> bool:
    return policy.may(member, Action.SET_PROGRAMS, room, access.standing_of(member, room))


def locked(member: Member, room: Room) -> Room:
    """The room, locked. Raises NotAllowed."""
    room = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if not may_keep(member, room):
        raise NotAllowed
    return room


def log_made(by: Member, room: Room | None, bot: Bot, kind: ProgramKind) -> None:
    """Let the log of moderation tell it. Without a room, operators made it for the installation."""
    _log(ActKind.MAKE_PROGRAM, by, room, bot.member, program=kind.value)


def log_changed(by: Member, room: Room | None, bot: Member, what: Changed) -> None:
    _log(ActKind.CHANGE_PROGRAM, by, room, bot, change=what.value)


def log_removed(by: Member, room: Room | None, bot: Bot, kind: ProgramKind) -> None:
    _log(ActKind.REMOVE_PROGRAM, by, room, bot.member, program=kind.value)


def _log(kind: ActKind, by: Member, room: Room | None, bot: Member, **details: str) -> None:
    act = ModerationAct(kind=kind, by=by, room=room, member=bot, details=details)
    ModerationAct.objects.log([act])
