"""Who was in which room."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from chat.models.member import Member
from chat.models.room import Room

VISIT_EVERY = timedelta(minutes=1)  # a reconnect storm must not become a storm of writes


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visit(self, member: Member, room: Room) -> None:
        """Note that the member is in the room now."""
        self.update_or_create(member=member, room=room, defaults={"visited_at": timezone.now()})

    def is_fresh(self, member: Member, room: Room) -> bool:
        """Whether a visit was noted just now, and need not be again."""
        since = timezone.now() - VISIT_EVERY
        return self.filter(member=member, room=room, visited_at__gt=since).exists()

    def lately(self, member: Member) -> "MembershipQuerySet":
        """The member's rooms, the latest visit first."""
        return self.filter(member=member).select_related("room").order_by("-visited_at")


class Membership(models.Model):
    """One member's standing in one room."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # see below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    visited_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "room"], name="membership_once"
            ),  # two tabs are one person
        ]
        indexes = [
            models.Index(fields=["member", "-visited_at"], name="membership_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"
