"""Messages: the entries of a room's journal."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from accounts.visible_text import is_blank, visible_text
from chat import protocol
from chat.models.event import ENDING, Event
from chat.models.member import Member
from chat.models.room import Room
from chat.protocol import EMPTY_MESSAGE, TEXT_MAX_CHARACTERS, InvalidText

EVERYBODY = "room"  # in `mentions`, for @room
FILE_MARK = "📎"  # before the name of a file, in a text
REACTIONS_MAX = 20  # different emoji per message
REACTION_NAMES_MAX = 100  # members named per reaction; the count includes all


def clean_text(typed: str) -> str:
    """The text of a message, which must have something to see. Raises InvalidText."""
    text = protocol.clean_text(typed)
    if is_blank(text):
        raise InvalidText(EMPTY_MESSAGE)
    return text


def clean_topic(typed: str) -> str:
    """A topic, shown like a name. Raises InvalidText."""
    return visible_text(protocol.clean_topic(typed)).strip()


class Kind(models.TextChoices):
    TEXT = "text"
    ACTION = "action"  # "/me waves"
    TOPIC = "topic"  # sets the room's topic
    EVENT = "event"  # what happened; `event` says it to programs, `text` in English


class DeletedBy(models.TextChoices):
    AUTHOR = "author", gettext_lazy("its author")
    MODERATOR = "moderator", gettext_lazy("a moderator")


class Message(models.Model):
    """The current state of one message.

    `seq` is the room's version at which the message was posted: its fixed position in the room.
    `version` is the room's version at the message's last change. What changed after v is
    `version > v`, in the order of `version`.
    """

    # The constraints below that begin with a foreign key are its index.
    room = models.ForeignKey(  # a room with messages cannot be deleted
        Room, on_delete=models.PROTECT, db_index=False, verbose_name=gettext_lazy("room")
    )
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    author = models.ForeignKey(  # an author with messages cannot be deleted
        Member, on_delete=models.PROTECT, db_index=False, verbose_name=gettext_lazy("author")
    )
    client_id = models.UUIDField()  # chosen by the client: recognises a resend
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    text = models.TextField(gettext_lazy("text"), max_length=TEXT_MAX_CHARACTERS, blank=True)
    html = models.TextField(blank=True)  # rendered; empty where the text looks the same
    event: "models.JSONField[Event | None]" = models.JSONField(  # of the kind EVENT
        null=True, blank=True
    )
    # Uids of members whom the text mentions or a reply answers, and EVERYBODY.
    mentions = models.JSONField(default=list, blank=True)
    reactions = models.JSONField(default=list, blank=True)  # the Reaction rows, summed up
    files = models.JSONField(default=list, blank=True)  # the File rows, as they are sent
    # Of its first link, as it is sent; empty: its author took the card away.
    card: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True, blank=True)
    reply_to = models.PositiveBigIntegerField(null=True, blank=True)  # a seq of the same room
    sent_at = models.DateTimeField(gettext_lazy("sent"))
    edited_at = models.DateTimeField(gettext_lazy("edited"), null=True, blank=True)
    edited_version = models.PositiveBigIntegerField(  # of the last edit: reactions take later ones
        null=True, blank=True, editable=False
    )
    deleted_at = models.DateTimeField(gettext_lazy("deleted"), null=True, blank=True)
    deleted_by = models.CharField(
        gettext_lazy("deleted by"), max_length=9, choices=DeletedBy, blank=True
    )

    class Meta:
        verbose_name = gettext_lazy("message")
        verbose_name_plural = gettext_lazy("messages")
        constraints = [
            # Also the index for history pages: "before this seq, newest first".
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq_once"),
            # Also the index for cursors: "what changed after this version".
            models.UniqueConstraint(fields=["room", "version"], name="message_version_once"),
            # A resend is not a new message.
            models.UniqueConstraint(fields=["author", "client_id"], name="message_posted_once"),
            # A message changes after it was posted.
            models.CheckConstraint(
                condition=Q(seq__gte=1, version__gte=F("seq")), name="message_versions_grow"
            ),
            # A reply answers an earlier message.
            models.CheckConstraint(
                condition=Q(reply_to__isnull=True) | Q(reply_to__gte=1, reply_to__lt=F("seq")),
                name="message_replies_to_an_earlier_one",
            ),
            # A deleted message keeps no content.
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(text="", html=""),
                name="message_deleted_is_empty",
            ),
            # Only a deleted message was deleted by somebody.
            models.CheckConstraint(
                condition=Q(deleted_by="") | Q(deleted_at__isnull=False),
                name="message_deleted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.seq}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def text_and_files(self) -> str:
        """The text, and a line with the name of each file."""
        names = (f"{FILE_MARK} {it['name']}" for it in self.files)
        return "\n".join(filter(None, [self.text, *names]))

    @property
    def is_ending(self) -> bool:
        """Somebody was taken out of the room, or left. Such an event never changes: see View."""
        return self.event is not None and self.event["type"] in ENDING

    def edit(self, text: str, html: str, mentions: list[str], now: datetime) -> None:
        self.text, self.html, self.mentions = text, html, mentions
        self.edited_at = now

    def mark_deleted(self, now: datetime, by: DeletedBy = DeletedBy.AUTHOR) -> None:
        """Make this message a tombstone: position and author stay, the content goes."""
        self.text = self.html = ""
        self.event = None
        self.mentions, self.reactions, self.files = [], [], []
        self.card = None
        self.deleted_at, self.deleted_by = now, by

    def accepts_reaction(self, emoji: str) -> bool:
        """Whether adding this emoji stays within REACTIONS_MAX."""
        return len(self.reactions) < REACTIONS_MAX or self._reaction(emoji) is not None

    def add_reaction(self, emoji: str, member: Member) -> None:
        """Add a new Reaction row to the summary."""
        reaction = self._reaction(emoji)
        if reaction is None:
            reaction = {"emoji": emoji, "count": 0, "people": []}
            self.reactions.append(reaction)
        reaction["count"] += 1
        if len(reaction["people"]) < REACTION_NAMES_MAX:
            reaction["people"].append({"id": str(member.uid), "name": member.name})

    def remove_reaction(self, emoji: str, member: Member) -> None:
        """Take a deleted Reaction row out of the summary."""
        reaction = self._reaction(emoji)
        if reaction is None:
            return
        reaction["count"] -= 1
        reaction["people"] = [it for it in reaction["people"] if it["id"] != str(member.uid)]
        if reaction["count"] <= 0:
            self.reactions.remove(reaction)

    def _reaction(self, emoji: str) -> dict[str, Any] | None:
        return next((it for it in self.reactions if it["emoji"] == emoji), None)
