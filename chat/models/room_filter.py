"""What a room holds back for a moderator or asks of guests, and the messages that wait."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.formatting.word_filter import folded
from chat.models.client_ids import ClientKey, by_client_id
from chat.models.member import Member
from chat.models.message import Kind
from chat.models.moderation_act import WHY_MAX_CHARACTERS
from chat.models.room import Room
from chat.protocol import TEXT_MAX_CHARACTERS

WORDS_MAX_CHARACTERS = 10_000
PHRASES_MAX = 100  # each costs up to a millisecond for a text, in the transaction of the post
HELD_OF_MEMBER_MAX = 5  # that wait in a room
HELD_IN_ROOM_MAX = 200
REJECTED_KEPT = timedelta(days=30)  # without their texts: a resend finds out


def phrases_in(words: str) -> list[str]:
    """The phrases in the lines of a text, each once."""
    return list(dict.fromkeys(it for line in words.splitlines() if (it := folded(line))))


class RoomFilterQuerySet(models.QuerySet["RoomFilter"]):
    def of(self, rooms: Iterable[Room]) -> "Mapping[int, RoomFilter]":
        """The filters of rooms, by their primary keys. One query; none where nothing is on."""
        filtered = [it.pk for it in rooms if it.is_filtered]
        found = self.filter(room__in=filtered) if filtered else []
        return {it.room_id: it for it in found}


class RoomFilter(models.Model):
    """What waits for a moderator, and what is asked of guests before they post.

    `Room.is_filtered` is true where anything is on.

    A newcomer is who came to the installation less than a day ago.
    """

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="filter")
    words = models.TextField(max_length=WORDS_MAX_CHARACTERS, blank=True)  # or phrases, in lines
    holds_words = models.BooleanField(default=False)
    holds_newcomer_links = models.BooleanField(default=False)
    holds_repeated = models.BooleanField(default=False)
    asks_name = models.BooleanField(default=False)  # of guests whose names are given
    wait_seconds = models.PositiveIntegerField(default=0)  # of guests, from their first visit

    objects = RoomFilterQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("room filter")
        verbose_name_plural = gettext_lazy("room filters")

    def __str__(self) -> str:
        return str(self.room)

    @property
    def phrases(self) -> list[str]:
        """The words and phrases as texts are compared."""
        return phrases_in(self.words)

    @property
    def is_on(self) -> bool:
        holds = self.holds_words or self.holds_newcomer_links or self.holds_repeated
        return holds or self.asks_name or self.wait_seconds > 0


class HeldRule(models.TextChoices):
    """Why a message is held."""

    WORD = "word", gettext_lazy("a word of the list")
    LINK = "link", gettext_lazy("a link from a newcomer")
    REPEATED = "repeated", gettext_lazy("repeated text")


class HeldMessageQuerySet(models.QuerySet["HeldMessage"]):
    def waiting(self) -> "HeldMessageQuerySet":
        return self.filter(rejected_at=None)

    def sent(self, keys: Collection[ClientKey]) -> "Mapping[ClientKey, HeldMessage]":
        """Those with these members and client ids. One query; none without keys."""
        return by_client_id(self, keys)

    def move(self, source: Member, target: Member) -> None:
        """Make the held messages of a member those of another one."""
        known = self.model.objects.filter(member=target).values("client_id")
        self.filter(member=source).exclude(client_id__in=known).update(member=target)

    def forget_rejected(self, room: Room) -> None:
        """Delete what was rejected long ago."""
        self.filter(room=room, rejected_at__lt=timezone.now() - REJECTED_KEPT).delete()


class HeldMessage(models.Model):
    """A message that waits for a moderator, or was rejected: then it has no text."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4)  # the public id
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    client_id = models.UUIDField()  # as of the message
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=TEXT_MAX_CHARACTERS, blank=True)
    reply_to = models.PositiveBigIntegerField(null=True)
    files = models.JSONField(default=list)  # the client ids of its files
    rule = models.CharField(max_length=8, choices=HeldRule)
    at = models.DateTimeField(default=timezone.now)
    rejected_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=WHY_MAX_CHARACTERS, blank=True)  # it was rejected

    objects = HeldMessageQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("held message")
        verbose_name_plural = gettext_lazy("held messages")
        constraints = [
            # A resend is not a new message.
            models.UniqueConstraint(fields=["member", "client_id"], name="held_message_once"),
            # A rejected message keeps no content.
            models.CheckConstraint(
                condition=models.Q(rejected_at__isnull=True) | models.Q(text=""),
                name="held_message_rejected_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"

    def reject(self, at: datetime, why: str) -> None:
        """Keep the row, without the text."""
        self.rejected_at, self.text, self.files, self.why = at, "", [], why
        self.save(update_fields=["rejected_at", "text", "files", "why"])
