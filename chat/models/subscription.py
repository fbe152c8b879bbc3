"""Subscriptions: a member's own state in a room (last visit, read pointer, muted)."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

VisitKey = tuple[int, int]  # the primary keys of a member and a room

VISIT_INTERVAL = timedelta(minutes=1)  # how long a stored visit counts as recent


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def record_visit(self, member: Member, room: Room) -> bool:
        """Store that the member is in the room now. Returns whether this is the first visit.

        On the first visit, all earlier messages count as read.
        """
        return bool(self.record_visits([(member, room)]))

    def record_visits(self, visits: Iterable[tuple[Member, Room]]) -> set[VisitKey]:
        """Store visits, as `record_visit` does with one. Returns the first visits among them."""
        now = timezone.now()
        wanted = {
            (member.pk, room.pk): Subscription(
                member=member, room=room, visited_at=now, read_seq=room.last_seq
            )
            for member, room in visits
        }
        first = wanted.keys() - self.stored(wanted)
        self.bulk_create(
            [wanted[key] for key in sorted(wanted)],  # all processes lock in the same order
            update_conflicts=True,
            unique_fields=["member", "room"],
            update_fields=["visited_at"],
        )
        return first

    def recent_visits(self, visits: Collection[VisitKey]) -> set[VisitKey]:
        """Those of the visits that are stored, within the last VISIT_INTERVAL."""
        return self.filter(visited_at__gt=timezone.now() - VISIT_INTERVAL).stored(visits)

    def stored(self, visits: Collection[VisitKey]) -> set[VisitKey]:
        """Those of the visits that are stored."""
        if not visits:
            return set()
        members, rooms = zip(*visits, strict=True)
        found = self.filter(member__in=set(members), room__in=set(rooms))
        return set(visits) & set(found.values_list("member_id", "room_id"))

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
