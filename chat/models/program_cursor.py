"""How far programs have got: named cursors that are kept, each with a position in each room."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from chat.models.member import Member

NAME_MAX_CHARACTERS = 64
CURSORS_MAX = 100  # of a member

Positions = dict[str, list[Any]]  # by the uid of a room: its epoch then, and a version in it


class TooManyCursors(Exception):
    """The member has CURSORS_MAX."""


class ProgramCursorQuerySet(models.QuerySet["ProgramCursor"]):
    def find(self, member: Member, name: str) -> "ProgramCursor | None":
        return self.filter(member=member.pk, name=name).first()

    @transaction.atomic
    def begin(self, member: Member, name: str, positions: Positions) -> "ProgramCursor":
        """The cursor of this name, which begins here if there is none. Raises TooManyCursors."""
        Member.objects.select_for_update().filter(pk=member.pk).first()  # one at a time
        if found := self.find(member, name):
            return found
        if self.filter(member=member.pk).count() >= CURSORS_MAX:
            raise TooManyCursors
        return self.create(member=member, name=name, positions=positions)

    @transaction.atomic
    def move(self, cursor: "ProgramCursor", to: Mapping[str, list[Any]]) -> None:
        """Move a cursor forward in rooms; in another epoch, anywhere."""
        locked = self.select_for_update().filter(pk=cursor.pk).first()
        if locked is None:
            return
        for room, (epoch, version) in to.items():
            before_epoch, before = locked.positions.get(room, (None, 0))  # an empty room is at 0
            if epoch != before_epoch or version > before:
                locked.positions[room] = [epoch, version]
        locked.moved_at = timezone.now()
        locked.save(update_fields=["positions", "moved_at"])


class ProgramCursor(models.Model):
    """A cursor of a member's programs, over all their rooms."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # below
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    positions: Any = models.JSONField(default=dict)  # Positions; rooms that are gone stay in it
    moved_at = models.DateTimeField(default=timezone.now)

    objects = ProgramCursorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "name"], name="program_cursor_once"),
        ]

    def __str__(self) -> str:
        return f"cursor {self.name} of {self.member_id}"
