"""Rooms."""

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy

from chat.formatting.isolates import isolate
from chat.models.room_name import KEY_MAX_CHARACTERS, RoomName
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.protocol import TOPIC_MAX_CHARACTERS


class RoomQuerySet(models.QuerySet["Room"]):
    def named(self, name: RoomName) -> "Room | None":
        return self.filter(key=name.key).first()

    def ensure(self, name: RoomName) -> "Room":
        """The room of that name; created if there is none."""
        return self.ensure_all([name])[name.key]

    def ensure_all(self, names: Iterable[RoomName]) -> "dict[str, Room]":
        """The rooms of these names, by key. Creates missing ones, named as first typed."""
        wanted: dict[str, str] = {}
        for it in names:
            wanted.setdefault(it.key, it.shown)
        rooms = self.in_bulk(wanted, field_name="key")
        if missing := sorted(wanted.keys() - rooms.keys()):
            new = [Room(key=key, name=wanted[key]) for key in missing]
            self.bulk_create(new, ignore_conflicts=True)
            rooms |= self.in_bulk(missing, field_name="key")
        return rooms


class Room(models.Model):
    """A chat room. Every change in the room takes the next version."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the public id
    key = models.CharField(max_length=KEY_MAX_CHARACTERS, unique=True)  # one room per name
    name = models.CharField(gettext_lazy("name"), max_length=NAME_MAX_CHARACTERS)
    topic = models.CharField(gettext_lazy("topic"), max_length=TOPIC_MAX_CHARACTERS, blank=True)
    version = models.PositiveBigIntegerField(default=0)  # of the last change
    last_seq = models.PositiveBigIntegerField(default=0)  # of the last message
    posted_at = models.DateTimeField(gettext_lazy("last message"), null=True, blank=True)
    created_at = models.DateTimeField(gettext_lazy("opened"), auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("room")
        verbose_name_plural = gettext_lazy("rooms")

    def __str__(self) -> str:
        return isolate(self.name)

    @property
    def is_begun(self) -> bool:
        """Whether anybody has said anything here: a mistyped name makes a room, too."""
        return self.last_seq > 0

    @property
    def group(self) -> str:
        """The room's channel-layer group. Channels takes up to 99 ASCII characters."""
        return f"room.{self.uid.hex}"
