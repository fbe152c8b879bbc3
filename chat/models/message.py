"""Messages: the entries of a room's journal."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from chat.models.member import Member
from chat.models.room import Room
from chat.protocol import TEXT_MAX_CHARACTERS


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
    text = models.TextField(max_length=TEXT_MAX_CHARACTERS, blank=True)
    reply_to = models.PositiveBigIntegerField(null=True, blank=True)  # a seq of the same room
    sent_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
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
                condition=Q(deleted_at__isnull=True) | Q(text=""), name="message_deleted_is_wiped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.seq}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def edit(self, text: str, now: datetime) -> None:
        self.text, self.edited_at = text, now

    def wipe(self, now: datetime) -> None:
        """Leave a tombstone: its place, its author and nothing of what it said."""
        self.text, self.deleted_at = "", now
