"""Rooms."""

import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from chat.formatting.isolates import isolate
from chat.models.member import Member
from chat.models.room_address import key_of_id
from chat.models.room_name import KEY_MAX_CHARACTERS, RoomName
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.protocol import TOPIC_MAX_CHARACTERS

DIGEST_CHARACTERS = 64
DIRECT_PEOPLE_MAX = 8


class RoomKind(models.TextChoices):
    """Who is in a room: DESIGN, "Rooms"."""

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


class RoomQuerySet(models.QuerySet["Room"]):
    def named(self, name: RoomName) -> "Room | None":
        return self.filter(key=name.key).first()

    def ensure(self, name: RoomName) -> "Room":
        """The room of that name; created if there is none."""
        return self.ensure_all([name])[name.key]

    def ensure_all(self, names: Iterable[RoomName]) -> "dict[str, Room]":
        """The rooms of these names, by key. Creates missing ones, named as first typed."""
        names = list(names)
        self.create_missing(names)
        return self.in_bulk({it.key for it in names}, field_name="key")

    def ensure_direct(self, people: Iterable[Member]) -> "Room":
        """The direct room of these people; created if there is none. Nobody has begun a new one."""
        key = direct_key(people)
        if (room := self.filter(people=key).first()) is None:
            new = Room.new_private(RoomKind.DIRECT, people=key)
            self.bulk_create([new], ignore_conflicts=True)  # another process may be first
            room = self.get(people=key)
        return room

    def create_missing(self, names: Iterable[RoomName]) -> "dict[RoomName, Room]":
        """Create the rooms of these names that there are not yet, named as first typed.

        Returns those that this call has created, and no other transaction.
        """
        wanted: dict[str, RoomName] = {}
        for it in names:
            wanted.setdefault(it.key, it)
        present = set(self.filter(key__in=wanted).values_list("key", flat=True))
        new = [Room(key=key, name=wanted[key].shown) for key in sorted(wanted.keys() - present)]
        if not new:
            return {}
        self.bulk_create(new, ignore_conflicts=True)
        created = self.filter(uid__in=[it.uid for it in new])
        return {wanted[it.key]: it for it in created}


class Room(models.Model):
    """A chat room. Every change in the room takes the next version."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the public id
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
    version = models.PositiveBigIntegerField(default=0)  # of the last change
    last_seq = models.PositiveBigIntegerField(default=0)  # of the last message
    history = models.CharField(max_length=7, choices=History, default=History.START)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)  # moderators post
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)  # read-only
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)  # nobody finds it
    posted_at = models.DateTimeField(gettext_lazy("last message"), null=True, blank=True)
    created_at = models.DateTimeField(gettext_lazy("opened"), auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    people_names = ""  # of a direct room, for somebody: set by models/direct_rooms.py

    class Meta:
        verbose_name = gettext_lazy("room")
        verbose_name_plural = gettext_lazy("rooms")

    def __str__(self) -> str:
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
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def address(self) -> str:
        """What stands in the room's URLs."""
        return self.name if self.is_open else self.key

    @property
    def is_begun(self) -> bool:
        """Whether anybody has said anything here: a mistyped name makes a room, too."""
        return self.last_seq > 0

    @property
    def group(self) -> str:
        """The room's channel-layer group. Channels takes up to 99 ASCII characters."""
        return f"room.{self.uid.hex}"
