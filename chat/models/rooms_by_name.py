"""Open rooms by name: those that have it, those that had it, and those that begin with it."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy

from chat.models.room_name import KEY_MAX_CHARACTERS, RoomName

if TYPE_CHECKING:
    from chat.models.room import Room

# A room's own name goes before a former one.
BY_KEYS = """
    SELECT room.*, former."key" AS found_by FROM chat_formerroomname former
        JOIN chat_room room ON room.id = former.room_id WHERE former."key" IN ({keys})
    UNION ALL SELECT room.*, room."key" FROM chat_room room WHERE room."key" IN ({keys})
"""


class RoomsByName(models.QuerySet["Room"]):
    def named(self, name: RoomName) -> "Room | None":
        """The open room that has, or had, this name."""
        return self.by_keys([name.key]).get(name.key)

    def by_keys(self, keys: Collection[str]) -> "dict[str, Room]":
        """The rooms that have these keys, or of which they are former names. One query.

        All who enter ask this: the ORM takes some six times the CPU for the same SQL.
        """
        if not keys:
            return {}
        placeholders = ", ".join(["%s"] * len(keys))
        found: Any = self.raw(BY_KEYS.format(keys=placeholders), [*keys, *keys])
        return {it.found_by: it for it in found}

    def is_taken(self, name: RoomName, room: "Room") -> bool:
        """Whether another room has, or had, this name."""
        found = self.named(name)
        return found is not None and found.pk != room.pk

    def ensure(self, name: RoomName) -> "Room":
        """The room of that name; created if there is none, named as typed."""
        self.create_missing([name])
        return self.by_keys([name.key])[name.key]

    def create_missing(self, names: Iterable[RoomName]) -> "dict[RoomName, Room]":
        """Create the rooms of these names that there are not yet, named as first typed.

        Returns those that this call has created, and no other transaction.
        """
        wanted: dict[str, RoomName] = {}
        for it in names:
            wanted.setdefault(it.key, it)
        missing = wanted.keys() - self.by_keys(wanted.keys()).keys()
        new = [self.model(key=key, name=wanted[key].shown) for key in sorted(missing)]
        if not new:
            return {}
        self.bulk_create(new, ignore_conflicts=True)
        created = self.filter(uid__in=[it.uid for it in new])
        former = FormerRoomName.objects.filter(key__in=missing)  # renamed since we looked
        created.filter(key__in=list(former.values_list("key", flat=True))).delete()
        return {wanted[it.key]: it for it in created.all()}


class FormerRoomName(models.Model):
    """A name that an open room had, and that leads there. No other room can take the name."""

    key = models.CharField(max_length=KEY_MAX_CHARACTERS, unique=True)  # as Room.key
    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="former_names")

    class Meta:
        verbose_name = gettext_lazy("former room name")
        verbose_name_plural = gettext_lazy("former room names")

    def __str__(self) -> str:
        return self.key
