"""When somebody posted last in a room in slow mode. Rooms without slow mode have no rows."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

PostedKey = tuple[int, int]  # the primary keys of a member and a room


class LastPostQuerySet(models.QuerySet["LastPost"]):
    def at(self, keys: Collection[PostedKey]) -> dict[PostedKey, datetime]:
        """When these members posted last in these rooms. One query; none without keys."""
        if not keys:
            return {}
        members, rooms = zip(*keys, strict=True)
        found = self.filter(member__in=set(members), room__in=set(rooms))
        return {(it.member_id, it.room_id): it.at for it in found}

    def store(self, times: Mapping[PostedKey, datetime]) -> None:
        rows = [LastPost(member_id=key[0], room_id=key[1], at=it) for key, it in times.items()]
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["member", "room"], update_fields=["at"]
        )


class LastPost(models.Model):
    """The time of a member's last post in a room."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    at = models.DateTimeField()

    objects = LastPostQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("last post")
        verbose_name_plural = gettext_lazy("last posts")
        constraints = [models.UniqueConstraint(fields=["member", "room"], name="last_post_once")]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"
