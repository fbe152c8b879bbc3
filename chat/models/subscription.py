"""Subscriptions: a member's own state in a room (last visit, read pointer, muted)."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

VISIT_INTERVAL = timedelta(minutes=1)  # how long a stored visit counts as recent


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def record_visit(self, member: Member, room: Room) -> bool:
        """Store that the member is in the room now. Returns whether this is the first visit.

        On the first visit, all earlier messages count as read.
        """
        visit = {"visited_at": timezone.now()}
        first_visit = {**visit, "read_seq": room.last_seq}
        _, is_first = self.update_or_create(
            member=member, room=room, defaults=visit, create_defaults=first_visit
        )
        return is_first

    def has_recent_visit(self, member: Member, room: Room) -> bool:
        """Whether a visit within the last VISIT_INTERVAL is stored."""
        since = timezone.now() - VISIT_INTERVAL
        return self.filter(member=member, room=room, visited_at__gt=since).exists()

    def recent(self, member: Member) -> "SubscriptionQuerySet":
        """The member's subscriptions with their rooms, the latest visit first."""
        return self.filter(member=member).select_related("room").order_by("-visited_at")

    def find(self, member: Member, room: Room) -> "Subscription | None":
        return self.filter(member=member, room=room).first()

    def set_muted(self, member: Member, room: Room, *, muted: bool) -> None:
        since = timezone.now() if muted else None
        self.filter(member=member, room=room).update(muted_at=since)

    def leave(self, member: Member, room: Room) -> None:
        """Take the room out of the member's list, until the next visit."""
        self.filter(member=member, room=room).delete()


class Subscription(models.Model):
    """One member's own state in one room."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    visited_at = models.DateTimeField(default=timezone.now)
    read_seq = models.PositiveBigIntegerField(default=0)  # the last message the member has seen
    muted_at = models.DateTimeField(null=True, blank=True)  # null: not muted

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("subscription")
        verbose_name_plural = gettext_lazy("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["member", "room"], name="subscription_once"),
        ]
        indexes = [
            models.Index(fields=["member", "-visited_at"], name="subscription_by_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"
