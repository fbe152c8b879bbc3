"""History bounds: what people who are out of a room see of it when they come in again."""

from django.db import models

from chat.models.member import Member
from chat.models.room import Room
from chat.models.rows_by_room import RowsByRoom


class HistoryBoundQuerySet(RowsByRoom):
    later_by = "visible_from"

    def record(self, member: Member, room: Room, visible_from: int) -> None:
        """Store what a member saw who goes. Who saw all has no bound."""
        if visible_from:
            self.update_or_create({"visible_from": visible_from}, member=member, room=room)
        else:
            self.filter(member=member, room=room).delete()

    def take(self, member: Member, room: Room) -> int:
        """Remove the bound of a member who comes in again. Returns the first seq to be seen."""
        found = self.filter(member=member, room=room)
        visible_from = found.values_list("visible_from", flat=True).first() or 0
        found.delete()
        return visible_from


class HistoryBound(models.Model):
    """A member who was in the room saw the messages from `visible_from`, and is out of it.

    Coming in again shows no earlier ones, unless an owner who adds the member chooses so.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    visible_from = models.PositiveBigIntegerField()  # a seq

    objects = HistoryBoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "room"], name="history_bound_once"),
        ]

    def __str__(self) -> str:
        return f"what {self.member} saw of {self.room}"
