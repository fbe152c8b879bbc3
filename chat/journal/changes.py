"""What can happen in a room, and what may come of it."""

from dataclasses import dataclass
from uuid import UUID

from chat.journal.entry import Entry
from chat.models import Message, Room
from chat.models.message import EVERYBODY, REACTIONS_MAX, Kind
from chat.protocol import Translatable


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A member whom a text means."""

    pk: int
    uid: UUID


@dataclass(frozen=True, slots=True)
class Markup:
    """What is made of a text: how it is shown, and whom it means."""

    html: str = ""
    members: tuple[Mentioned, ...] = ()
    everybody: bool = False

    @property
    def mentions(self) -> list[str]:
        """As a message keeps them."""
        return [EVERYBODY] * self.everybody + [str(it.uid) for it in self.members]

    @property
    def member_ids(self) -> set[int | None]:
        """The primary keys; None stands for everybody."""
        return {*[None] * self.everybody, *(it.pk for it in self.members)}


NO_MARKUP = Markup()


@dataclass(frozen=True, slots=True)
class Post:
    """A new message. `client_id` is the sender's own; the same again posts nothing new.

    One of the kind TOPIC is from then on what the room is about.
    """

    room_id: int
    member_id: int
    client_id: UUID
    text: str
    reply_to: int | None = None
    kind: Kind = Kind.TEXT
    markup: Markup = NO_MARKUP


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for the message at `seq`; the earlier one is kept for moderators."""

    room_id: int
    member_id: int
    seq: int
    text: str
    markup: Markup = NO_MARKUP


@dataclass(frozen=True, slots=True)
class Delete:
    """No text any more for the message at `seq`: a tombstone stays in its place."""

    room_id: int
    member_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class React:
    """The member's `emoji` on the message at `seq`: there from now on, or there no more."""

    room_id: int
    member_id: int
    seq: int
    emoji: str
    on: bool = True


Change = Post | Edit | Delete | React


@dataclass(frozen=True, slots=True)
class Appended:
    """A change that is on disk, as `entry` shows it; `is_duplicate` when that was told already.

    `post` is the message, where it is a new one.
    """

    room: Room
    entry: Entry
    is_duplicate: bool = False
    post: Message | None = None


class Refused(Exception):
    """A change that was not appended: `code` for programs, `detail` for people."""

    def __init__(self, code: str, detail: Translatable) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


BUSY = "busy", Translatable("The server has more to write than it can. Try again in a moment.")
UNAVAILABLE = "unavailable", Translatable("This could not be stored. Try again in a moment.")
NOT_STORED = "not_stored", Translatable("This cannot be stored.")
GONE = "gone", Translatable("This room, or its author, is no longer there.")
ID_TAKEN = "id_taken", Translatable("This id belongs to a message in another room.")
NO_SUCH_MESSAGE = "no_such_message", Translatable("There is no such message in this room.")
NOT_YOURS = "not_allowed", Translatable("Only its author may change a message.")
TOPIC_STANDS = "not_allowed", Translatable("A change of topic stands; set another.")
DELETED = "deleted", Translatable("This message was deleted.")
TOO_MANY_REACTIONS = (
    "too_many_reactions",
    Translatable("A message has at most %(limit)s different reactions.", limit=REACTIONS_MAX),
)
