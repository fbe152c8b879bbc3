"""Removals: who was taken out of a room, and is not in it again."""

from django.db import models
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room
from chat.models.rows_by_room import RowsByRoom


class RemovalQuerySet(RowsByRoom):
    later_by = "version"

    def record(self, member: Member, room: Room, version: int) -> None:
        self.update_or_create({"version": version}, member=member, room=room)

    def has(self, member: Member, room: Room, *, after: int) -> bool:
        """Whether the member was removed after this version of the room."""
        return self.filter(member=member.pk, room=room, version__gt=after).exists()


class Removal(models.Model):
    """Somebody took a member out of a room, at this version of the room.

    Invites from before do not let the member in. The row goes when the member comes in again.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    version = models.PositiveBigIntegerField()

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("removal")
        verbose_name_plural = gettext_lazy("removals")
        constraints = [
            models.UniqueConstraint(fields=["member", "room"], name="removal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} removed from {self.room}"
