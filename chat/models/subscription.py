"""Who is in which room, and how far they have read."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

VISIT_EVERY = timedelta(minutes=1)  # a reconnect storm must not become a storm of writes


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visit(self, member: Member, room: Room) -> bool:
        """Note that the member is in the room now. Returns whether this is the first visit.

        What was said before it is read.
        """
        now = {"visited_at": timezone.now()}
        first = {**now, "read_seq": room.last_seq}
        _, is_first = self.update_or_create(
            member=member, room=room, defaults=now, create_defaults=first
        )
        return is_first

    def is_fresh(self, member: Member, room: Room) -> bool:
        """Whether a visit was noted just now, and need not be again."""
        since = timezone.now() - VISIT_EVERY
        return self.filter(member=member, room=room, visited_at__gt=since).exists()

    def lately(self, member: Member) -> "SubscriptionQuerySet":
        """The member's rooms, the latest visit first."""
        return self.filter(member=member).select_related("room").order_by("-visited_at")

    def of(self, member: Member, room: Room) -> "Subscription | None":
        return self.filter(member=member, room=room).first()

    def mute(self, member: Member, room: Room, *, muted: bool) -> None:
        """Let it be quiet for the member, or no more."""
        since = timezone.now() if muted else None
        self.filter(member=member, room=room).update(muted_at=since)

    def leave(self, member: Member, room: Room) -> None:
        """The room is none of the member's any more, until they come again."""
        self.filter(member=member, room=room).delete()


class Subscription(models.Model):
    """One member's standing in one room."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # see below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    visited_at = models.DateTimeField(default=timezone.now)
    read_seq = models.PositiveBigIntegerField(default=0)  # what they have seen; moves forward only
    muted_at = models.DateTimeField(null=True, blank=True)  # since when it is quiet for them

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("subscription")
        verbose_name_plural = gettext_lazy("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "room"], name="subscription_once"
            ),  # two tabs are one person
        ]
        indexes = [
            models.Index(fields=["member", "-visited_at"], name="subscription_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"
