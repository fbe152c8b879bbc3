"""Messages: the entries of a room's journal."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room
from chat.protocol import TEXT_MAX_CHARACTERS

EVERYBODY = "room"  # among those a message mentions
REACTIONS_MAX = 20  # different ones on a message
REACTION_PEOPLE = 100  # named with each; the others are counted


class Kind(models.TextChoices):
    TEXT = "text"
    ACTION = "action"  # what its author does: "/me waves"
    TOPIC = "topic"  # from here on, what the room is about


class Message(models.Model):
    """The state of one message.

    `seq` is the room's version at which it was posted, its place in the room for ever; `version` is
    that of its last change. What changed after v is `version > v`, in the order of `version`.
    """

    # The indexes of the foreign keys are the constraints below that begin with them.
    room = models.ForeignKey(  # a journal is never cut
        Room, on_delete=models.PROTECT, db_index=False
    )
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    author = models.ForeignKey(  # their words stay theirs
        Member, on_delete=models.PROTECT, db_index=False
    )
    client_id = models.UUIDField()  # the sender's own name for it
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    text = models.TextField(max_length=TEXT_MAX_CHARACTERS, blank=True)
    html = models.TextField(blank=True)  # as it is shown; nothing where the text says it all
    mentions = models.JSONField(default=list, blank=True)  # uids, and EVERYBODY
    reactions = models.JSONField(default=list, blank=True)  # what the rows of Reaction come to
    reply_to = models.PositiveBigIntegerField(null=True, blank=True)  # a seq of the same room
    sent_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("message")
        verbose_name_plural = gettext_lazy("messages")
        constraints = [
            # One message a place. Also the index for pages: "before this seq, newest first".
            models.UniqueConstraint(fields=["room", "seq"], name="message_in_its_place"),
            # One change a version. Also the index for cursors: "what changed after this version".
            models.UniqueConstraint(fields=["room", "version"], name="message_version_once"),
            # A resend is not a new message.
            models.UniqueConstraint(fields=["author", "client_id"], name="message_posted_once"),
            # A change comes after the posting.
            models.CheckConstraint(
                condition=Q(seq__gte=1, version__gte=F("seq")), name="message_versions_grow"
            ),
            # A reply answers something that was there.
            models.CheckConstraint(
                condition=Q(reply_to__isnull=True) | Q(reply_to__gte=1, reply_to__lt=F("seq")),
                name="message_replies_to_an_earlier_one",
            ),
            # Deleted means gone: the tombstone has no text.
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(text="", html=""),
                name="message_deleted_is_wiped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.seq}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def edit(self, text: str, html: str, mentions: list[str], now: datetime) -> None:
        self.text, self.html, self.mentions = text, html, mentions
        self.edited_at = now

    def wipe(self, now: datetime) -> None:
        """Leave a tombstone: its place, its author and nothing of what it said."""
        self.text = self.html = ""
        self.mentions, self.reactions = [], []
        self.deleted_at = now

    def takes(self, emoji: str) -> bool:
        """Whether there is room for this reaction among the others."""
        return len(self.reactions) < REACTIONS_MAX or self._reaction(emoji) is not None

    def add_reaction(self, emoji: str, member: Member) -> None:
        """Count a reaction that is new."""
        reaction = self._reaction(emoji)
        if reaction is None:
            reaction = {"emoji": emoji, "count": 0, "people": []}
            self.reactions.append(reaction)
        reaction["count"] += 1
        if len(reaction["people"]) < REACTION_PEOPLE:
            reaction["people"].append({"id": str(member.uid), "name": member.name})

    def remove_reaction(self, emoji: str, member: Member) -> None:
        """Count a reaction no more that was there."""
        reaction = self._reaction(emoji)
        if reaction is None:
            return
        reaction["count"] -= 1
        reaction["people"] = [it for it in reaction["people"] if it["id"] != str(member.uid)]
        if reaction["count"] <= 0:
            self.reactions.remove(reaction)

    def _reaction(self, emoji: str) -> dict[str, Any] | None:
        return next((it for it in self.reactions if it["emoji"] == emoji), None)
