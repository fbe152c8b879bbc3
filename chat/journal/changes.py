"""The changes that can be appended to a room's journal, and their outcomes."""

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field
from uuid import UUID

from chat.journal.entry import Entry
from chat.journal.roster_changes import RosterChange
from chat.models import CardPicture, Member, Message, Room
from chat.models.event import Event
from chat.models.message import EVERYBODY, REACTIONS_MAX, Kind
from chat.protocol import EMPTY_MESSAGE, Translatable

PEOPLE_MAX = 5_000  # of a room that is not open


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A member mentioned in a text."""

    pk: int
    uid: UUID


@dataclass(frozen=True, slots=True)
class Markup:
    """A rendered text: its HTML and its mentions, and the tokens by which it is found.

    `html` is empty where the text itself looks the same, and `tokens` None where they are not made
    yet.
    """

    html: str = ""
    members: tuple[Mentioned, ...] = ()
    everybody: bool = False
    tokens: Collection[str] | None = field(default=None, compare=False, repr=False)

    def mentions(self, answered: Member | None = None) -> list[str]:
        """As Message.mentions: EVERYBODY, and the uids of members, also of who is answered."""
        uids = [it.uid for it in self.members] + ([answered.uid] if answered else [])
        return [EVERYBODY] * self.everybody + list(dict.fromkeys(map(str, uids)))

    @property
    def member_ids(self) -> set[int | None]:
        """The primary keys of the mentioned members; None stands for everybody."""
        return {*[None] * self.everybody, *(it.pk for it in self.members)}


NO_MARKUP = Markup()


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A guest who is not stored yet, and will be with their first change."""

    uid: UUID
    name: str


MemberId = int | Newcomer  # a member's primary key, or who has none yet


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a message, by the ids that their sender chose; None: those that it has.

    `alts` are other texts for who does not see them, by id.
    """

    ids: tuple[UUID, ...] | None = ()
    alts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def may_be_any(self) -> bool:
        """Whether the message may have files."""
        return self.ids != ()


NO_FILES = Files()
AS_THEY_ARE = Files(None)


@dataclass(frozen=True, slots=True)
class Post:
    """A new message. `client_id` is the sender's choice: sent again, it posts nothing new.

    A message of the kind TOPIC sets the room's topic. One of the kind EVENT has an `event`.
    """

    room_id: int
    member_id: MemberId
    client_id: UUID
    text: str
    reply_to: int | None = None
    kind: Kind = Kind.TEXT
    markup: Markup = NO_MARKUP
    event: Event | None = field(default=None, hash=False)
    files: Files = NO_FILES


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text for the message at `seq`; the earlier one is kept as a revision.

    `files` are those that stay. Without `keeps_card`, the card of its link goes. With a `version`,
    the message must be at that one.
    """

    room_id: int
    member_id: MemberId
    seq: int
    text: str
    markup: Markup = NO_MARKUP
    files: Files = AS_THEY_ARE
    keeps_card: bool = True
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SetCard:
    """Gives the message at `seq` the card of its first link, `url`. It is no edit.

    `card` is as Message.card without its picture; `member_id` is the author's.
    """

    room_id: int
    member_id: MemberId
    seq: int
    url: str
    card: Mapping[str, str] = field(hash=False)
    picture: CardPicture | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes the message at `seq`; a tombstone without its text keeps its place.

    Of another person's message, the log has the reason. Deletions at once have the same `together`.
    With a `version`, the message must be at that one.
    """

    room_id: int
    member_id: MemberId
    seq: int
    why: str = ""
    together: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class React:
    """Adds (`on`) or removes the member's reaction `emoji` to the message at `seq`."""

    room_id: int
    member_id: MemberId
    seq: int
    emoji: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Erase:
    """Deletes the message at `seq` of a former member, as `Delete` does."""

    room_id: int
    member_id: MemberId
    seq: int


@dataclass(frozen=True, slots=True)
class Refresh:
    """Sends the message at `seq` of a former member again, whose name has changed."""

    room_id: int
    member_id: MemberId
    seq: int


@dataclass(frozen=True, slots=True)
class Approve(RosterChange):
    """Posts a held message, by its primary key, as its author: with `markup`, as a reply.

    `member_id` is the moderator's.
    """

    held: int
    reply_to: int | None = None
    markup: Markup = NO_MARKUP
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A held message that a moderator rejected: of whom, and which."""

    member: str  # the author's id
    client_id: str
    why: str = ""


Change = Post | Edit | SetCard | Delete | React | Erase | Refresh | RosterChange


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a deletion or an edit takes back of a message: mentions, or all of it."""

    seq: int
    author: str  # the member's id
    mentions: list[str]  # as Message.mentions
    is_deleted: bool

    @classmethod
    def from_message(cls, message: Message, mentions_before: list[str]) -> "Withdrawn":
        gone = [it for it in mentions_before if it not in message.mentions]
        return cls(message.seq, str(message.author.uid), gone, message.is_deleted)


@dataclass(frozen=True, slots=True)
class Settled:
    """A committed change, which `member` made. A mute or a ban puts no entry into the journal.

    `is_duplicate`: the change changed nothing, or another outcome announces it. `listed_for` are
    the ids of members in whose list the room is new, or gone from. `has_revoked`: a right was taken
    away. `changes_room`: its name, topic, state, who is in it, or what somebody may. `rejected` is
    a held message.
    """

    room: Room
    member: Member
    _: KW_ONLY
    is_duplicate: bool = False
    listed_for: tuple[str, ...] = ()
    has_revoked: bool = False
    changes_room: bool = False
    rejected: Rejected | None = None


@dataclass(frozen=True, slots=True)
class Appended(Settled):
    """A committed change with an entry, which is the message as it stands now.

    `post` is the message if it is new and counts as unread, `withdrawn` what a deletion or an edit
    takes back.
    """

    entry: Entry
    post: Message | None = field(default=None, kw_only=True)
    withdrawn: Withdrawn | None = field(default=None, kw_only=True)


class Refused(Exception):
    """The change is not confirmed: `code` says why to programs, `detail` to people.

    After `unavailable` the change may be stored all the same: a resend finds out. What is refused
    for a time can be sent again after `retry_after` seconds.
    """

    def __init__(self, code: str, detail: Translatable, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retry_after = code, detail, retry_after


BUSY = "busy", Translatable("The server is overloaded. Try again in a moment.")
UNAVAILABLE = "unavailable", Translatable("This could not be saved. Try again in a moment.")
NOT_STORED = (
    "not_stored",
    Translatable("The server could not save this. Tell the operator if it happens again."),
)
GONE = "gone", Translatable("This room or your profile no longer exists.")
ID_TAKEN = "id_taken", Translatable("This id belongs to a message in another room.")
NO_SUCH_MESSAGE = "no_such_message", Translatable("There is no such message in this room.")
NO_POSTING = "not_allowed", Translatable("You cannot post in this room.")
NO_FILES_HERE = "not_allowed", Translatable("You cannot send files in this room.")
NO_SUCH_FILE = "no_such_file", Translatable("A file of this message is not there. Add it again.")
FILE_IN_USE = "file_in_use", Translatable("A file belongs to one message. Add it again.")
EMPTY = "bad_text", EMPTY_MESSAGE
NO_REACTING = "not_allowed", Translatable("You cannot react in this room.")
SIGN_IN_FIRST = "sign_in_first", Translatable("Guests can only read here. Sign in to write.")
ARCHIVED = "not_allowed", Translatable("This room is archived. It can only be read.")
LOCKED = "locked", Translatable("This room is locked. Only moderators can write.")
MUTED = "muted", Translatable("A moderator has muted you in this room.")
BANNED = "banned", Translatable("You are banned from this room.")
NAME_FIRST = "name_first", Translatable("Guests choose a name here before they write.")
KNOCK_FIRST = "knock_first", Translatable("In this room, newcomers knock first.")
HELD = "held", Translatable("Your message waits for a moderator.")
HELD_EDIT = (
    "held",
    Translatable("This text would wait for a moderator. Your message stays as it was."),
)
REJECTED = "rejected", Translatable("A moderator did not let this through.")
TOO_MANY_HELD = (
    "too_many_held",
    Translatable("Too many messages wait for a moderator. Try again when some are decided."),
)
AUTHOR_MAY_NOT = (
    "not_allowed",
    Translatable("The author may no longer post here. You can only reject the message."),
)
NO_SUCH_HELD = "nothing_changes", Translatable("This message no longer waits.")
SLOW = "too_fast"  # as of a rate: clients wait, and send again
NOT_THEM = "not_allowed", Translatable("You cannot do this to this person.")
NOTHING_CHANGES = "nothing_changes", Translatable("This is so already.")
NOT_IN_ROOM = "not_allowed", Translatable("This person is not in the room.")
NEEDS_ACCOUNT = "not_allowed", Translatable("Only accounts have roles.")
NAME_TAKEN = "name_taken", Translatable("Another room has this name, or had it.")
BAD_ROOM_NAME = "bad_room_name", Translatable("No room can have this name.")
LAST_OWNER = (
    "last_owner",
    Translatable("A room needs an owner. Make somebody else an owner first."),
)
NOBODY_TO_OWN = (
    "not_allowed",
    Translatable("Nobody here could own the room: begin a new one from an account."),
)
TOO_MANY_PEOPLE = (
    "too_many_people",
    Translatable("A room can have at most %(limit)s people.", limit=PEOPLE_MAX),
)
NOT_YOURS_TO_CHANGE = "not_allowed", Translatable("You cannot change this in this room.")
NOT_YOURS = "not_allowed", Translatable("Only the author can edit or delete a message.")
TOPIC_STANDS = (
    "not_allowed",
    Translatable("A topic change cannot be edited or deleted. Set a new topic instead."),
)
EVENT_STANDS = (
    "not_allowed",
    Translatable("This line says what happened. It cannot be edited or deleted."),
)
NO_REACTING_HERE = "not_allowed", Translatable("You cannot react to this line.")
NO_SUCH_LINK = "nothing_changes", Translatable("The message has another link by now.")
DELETED = "deleted", Translatable("This message was deleted.")
CHANGED = "changed", Translatable("The message has changed meanwhile. Read it again.")
TOO_MANY_REACTIONS = (
    "too_many_reactions",
    Translatable("A message can have at most %(limit)s different reactions.", limit=REACTIONS_MAX),
)


def too_long(most: int) -> tuple[str, Translatable]:
    """The refusal to keep messages for more than `most` days."""
    detail = Translatable("Messages can be kept for at most %(limit)s days here.", limit=most)
    return "not_allowed", detail
