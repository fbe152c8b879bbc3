"""Rooms."""

import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from chat.formatting.isolates import isolate
from chat.models.member import Member
from chat.models.member_name import clean_name
from chat.models.picture import Picture
from chat.models.room_address import key_of_id
from chat.models.room_name import KEY_MAX_CHARACTERS, RoomName, RoomNameError
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.models.rooms_by_name import FormerRoomName, RoomsByName
from chat.protocol import TOPIC_MAX_CHARACTERS

DIGEST_CHARACTERS = 64
SKIPPED_VERSIONS = 1_000_000  # more than can have been taken since a backup
DIRECT_PEOPLE_MAX = 8
RETENTION_MAX_DAYS = 36_500


class RoomKind(models.TextChoices):
    """Who is in a room: docs/rooms.md has them in a table."""

    OPEN = "open", gettext_lazy("open")  # whoever has the address
    MEMBERS = "members", gettext_lazy("members")  # who was added, or came by an invite
    DIRECT = "direct", gettext_lazy("direct")  # the people with whom it was begun


class History(models.TextChoices):
    """From where newcomers of a members room see what was said."""

    START = "start", gettext_lazy("from the start")
    JOINING = "joining", gettext_lazy("from their joining")


def direct_key(people: Iterable[Member]) -> str:
    """Names the people of a direct room: the same for the same people."""
    ids = sorted({it.uid.hex for it in people})
    return sha256(" ".join(ids).encode()).hexdigest()


class RoomQuerySet(RoomsByName):
    def ensure_direct(self, people: Iterable[Member]) -> "Room":
        """The direct room of these people; created if there is none. Nobody has begun a new one."""
        key = direct_key(people)
        if (room := self.filter(people=key).first()) is None:
            new = Room.new_private(RoomKind.DIRECT, people=key)
            self.bulk_create([new], ignore_conflicts=True)  # another process may be first
            room = self.get(people=key)
        return room

    def begin_anew(self) -> int:
        """Begin another epoch: the journals were put back to an earlier state. Returns how many.

        Versions that were lost are not taken again: what a client has kept of them, like a seq up
        to which it has read, names nothing else later.
        """
        version = models.F("version") + SKIPPED_VERSIONS
        return self.update(epoch=uuid.uuid4(), version=version)


class Room(models.Model):
    """A chat room. Every change in the room takes the next version."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the public id
    # In which versions are counted: a cursor of another epoch says nothing. See begin_anew.
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(
        gettext_lazy("kind"), max_length=7, choices=RoomKind, default=RoomKind.OPEN
    )
    # The address as compared: one open room per name; of other kinds, `~` and the id.
    key = models.CharField(max_length=KEY_MAX_CHARACTERS, unique=True)
    # Of a direct room, who is in it: the same people get the same room. See direct_key. Null for
    # other rooms: of nulls there can be many.
    people = models.CharField(  # noqa: DJ001
        max_length=DIGEST_CHARACTERS, unique=True, null=True, editable=False
    )
    name = models.CharField(gettext_lazy("name"), max_length=NAME_MAX_CHARACTERS)
    topic = models.CharField(gettext_lazy("topic"), max_length=TOPIC_MAX_CHARACTERS, blank=True)
    picture = models.OneToOneField(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, editable=False
    )
    version = models.PositiveBigIntegerField(default=0)  # of the last change
    last_seq = models.PositiveBigIntegerField(default=0)  # of the last message
    history = models.CharField(max_length=7, choices=History, default=History.START)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)  # moderators post
    slow_seconds = models.PositiveIntegerField(default=0)  # between two posts of a person
    is_filtered = models.BooleanField(default=False)  # messages may wait: see RoomFilter
    takes_guest_files = models.BooleanField(default=True)
    needs_knock = models.BooleanField(default=False)  # newcomers are let in: see Knock
    is_followed = models.BooleanField(default=False)  # each message is pushed to somebody: Notify
    kept_days = models.PositiveIntegerField(null=True, blank=True)  # of messages: retention_days
    expired_seq = models.PositiveBigIntegerField(default=0)  # messages up to this seq are gone
    sanctioned_until = models.DateTimeField(null=True, blank=True, editable=False)  # the last one
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)  # read-only
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)  # nobody finds it
    posted_at = models.DateTimeField(gettext_lazy("last message"), null=True, blank=True)
    created_at = models.DateTimeField(gettext_lazy("opened"), auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    # Of a direct room, for somebody: set by models/direct_rooms.py.
    people_names = ""
    person_picture: uuid.UUID | None = None

    class Meta:
        verbose_name = gettext_lazy("room")
        verbose_name_plural = gettext_lazy("rooms")

    def __str__(self) -> str:
        if self.deleted_at is not None:
            return gettext("deleted room")
        return isolate(self.shown_name or self.key)

    @classmethod
    def new_private(cls, kind: RoomKind, **fields: Any) -> "Room":
        """An unsaved room of a kind that is not open: its address has its id."""
        uid = uuid.uuid4()
        return cls(uid=uid, kind=kind, key=key_of_id(uid), **fields)

    @property
    def is_open(self) -> bool:
        return self.kind == RoomKind.OPEN

    @property
    def is_direct(self) -> bool:
        return self.kind == RoomKind.DIRECT

    @property
    def shown_name(self) -> str:
        """The name for whom the room was found: a direct room has none but its people's."""
        return self.people_names if self.is_direct else self.name

    @property
    def shown_picture(self) -> uuid.UUID | None:
        """The picture for whom the room was found: in a direct room, of the only other person."""
        return self.person_picture if self.is_direct else self.picture_id

    @property
    def retention_days(self) -> int | None:
        """After how many days messages go: the fewest of the room and the installation."""
        days = [it for it in (self.kept_days, settings.RETENTION_DAYS) if it is not None]
        return min(days, default=None)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def has_sanctions(self) -> bool:
        """Whether anybody may be muted or banned here: sanctions are looked up only then."""
        return self.sanctioned_until is not None and self.sanctioned_until > timezone.now()

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def address(self) -> str:
        """What stands in the room's URLs."""
        return self.name if self.is_open and self.deleted_at is None else self.key

    @property
    def is_begun(self) -> bool:
        """Whether anybody has said anything here: a mistyped name makes a room, too."""
        return self.last_seq > 0

    @property
    def group(self) -> str:
        """The room's channel-layer group. Channels takes up to 99 ASCII characters."""
        return f"room.{self.uid.hex}"

    def new_name(self, typed: str) -> RoomName:
        """The name that the room may take: its address goes with it only if the room is open.

        Raises ValidationError.
        """
        if not self.is_open:
            return RoomName(shown=clean_name(typed, NAME_MAX_CHARACTERS), key=self.key)
        try:
            return RoomName.parse(typed)
        except RoomNameError as error:
            raise ValidationError(str(error)) from None

    def take_name(self, name: RoomName) -> None:
        """Rename the room. Where the address goes with the name, the old one leads there.

        Raises IntegrityError if another room has taken the name meanwhile.
        """
        former, self.name, self.key = self.key, name.shown, name.key
        Room.objects.filter(pk=self.pk).update(name=self.name, key=self.key)
        if self.key == former:
            return
        self.former_names.filter(key=self.key).delete()
        if FormerRoomName.objects.filter(key=self.key).exists():
            raise IntegrityError(f"{self.key} leads to another room")
        self.former_names.create(key=former)

    def mark_deleted(self) -> None:
        """Keep the row, without what says what the room was. An open room's name is free again."""
        self.deleted_at, self.name, self.topic = timezone.now(), "", ""
        self.key, self.people = key_of_id(self.uid), None
        self.save(update_fields=["deleted_at", "name", "topic", "key", "people"])
        Picture.objects.filter(room=self.pk).remove()
