"""Rows of which a member has one for a room, and that become another member's."""

from typing import Any

from django.db import models

from chat.models.member import Member


class RowsByRoom(models.QuerySet[Any]):
    """Rows with a member, a room, and a number that only grows: `later_by` names its field."""

    later_by: str

    def move(self, source: Member, target: Member) -> None:
        """Make the rows of a member those of another one; of two for a room, keep the later."""
        own = {it.room_id: it for it in self.filter(member=target)}
        for it in self.filter(member=source, room__in=own):
            kept = own[it.room_id]
            later = max(getattr(kept, self.later_by), getattr(it, self.later_by))
            setattr(kept, self.later_by, later)
            kept.save()
            it.delete()
        self.filter(member=source).update(member=target)
