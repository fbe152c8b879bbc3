"""The changes of who is in a room, what they may there, and of the room itself.

Each becomes an event in the journal, but for mutes, bans in open rooms, filters, knocks, rejected
messages, and whether guests send files.
"""

from dataclasses import dataclass
from datetime import datetime

from chat.models import Role, SanctionKind
from chat.models.room import History


@dataclass(frozen=True, slots=True)
class RosterChange:
    """`member_id` is who makes the change: a primary key, as are other people's ids."""

    room_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class Begin(RosterChange):
    """The first entry of a room that is not open: its maker owns it, with these people in it."""

    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AddPeople(RosterChange):
    """Adds people, who see what was said before if `sees_history`.

    To a direct room, which becomes a members room of the name `room_name`.
    """

    people: tuple[int, ...]
    sees_history: bool = True
    room_name: str = ""


@dataclass(frozen=True, slots=True)
class Join(RosterChange):
    """The member comes in by an invite: a primary key."""

    invite: int


@dataclass(frozen=True, slots=True)
class JoinAsOperator(RosterChange):
    """The member, who operates the installation, comes in openly."""


@dataclass(frozen=True, slots=True)
class Inherit(RosterChange):
    """The member becomes an owner of a members room: the next in line, where no owner is active."""


@dataclass(frozen=True, slots=True)
class Withdraw(RosterChange):
    """Takes out the member, whose account is deleted."""


@dataclass(frozen=True, slots=True)
class RemovePerson(RosterChange):
    person: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Leave(RosterChange):
    pass


@dataclass(frozen=True, slots=True)
class SetRole(RosterChange):
    """In an open room, a role other than that of a member makes a membership."""

    person: int
    role: Role


@dataclass(frozen=True, slots=True)
class SetHistory(RosterChange):
    """Sets what newcomers see if nobody says otherwise."""

    history: History


@dataclass(frozen=True, slots=True)
class RenameRoom(RosterChange):
    """Gives the room a name. An open room's address goes with its name."""

    name: str


@dataclass(frozen=True, slots=True)
class SetArchived(RosterChange):
    archived: bool


@dataclass(frozen=True, slots=True)
class DeleteRoom(RosterChange):
    """Deletes the room for everybody. What was said in it is removed by a job."""


@dataclass(frozen=True, slots=True)
class SetLocked(RosterChange):
    """Lets moderators alone post, or everybody again."""

    locked: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class SetSlow(RosterChange):
    """Lets a person post once in so many seconds; 0 ends slow mode."""

    seconds: int


@dataclass(frozen=True, slots=True)
class SetRetention(RosterChange):
    """Lets messages go after so many days; 0: when those of the installation do."""

    days: int


@dataclass(frozen=True, slots=True)
class SetGuestFiles(RosterChange):
    """Lets guests send files in the room, or no longer."""

    allowed: bool


@dataclass(frozen=True, slots=True)
class SetFilter(RosterChange):
    """Sets which messages wait, and what guests are asked: as the fields of RoomFilter."""

    words: str = ""
    holds_words: bool = False
    holds_newcomer_links: bool = False
    holds_repeated: bool = False
    asks_name: bool = False
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class SetKnock(RosterChange):
    """Lets newcomers in only when they have knocked, or without that again."""

    knock: bool


@dataclass(frozen=True, slots=True)
class LetIn(RosterChange):
    """Lets in a person who has knocked."""

    person: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class TurnAway(RosterChange):
    """Does not let in a person who has knocked."""

    person: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reject(RosterChange):
    """Deletes the text of a held message: its primary key."""

    held: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mute(RosterChange):
    """The person may only read until then."""

    person: int
    until: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ban(RosterChange):
    """The person may not be in the room until then. Who is in a members room is removed."""

    person: int
    until: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lift(RosterChange):
    """Ends a mute or a ban of the person."""

    person: int
    kind: SanctionKind
    why: str = ""
