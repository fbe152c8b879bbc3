"""Knocks: who waits to be let into an open room where newcomers knock, and who was let in."""

from collections.abc import Collection

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

WAITING_MAX = 200  # in a room

KnockKey = tuple[int, int]  # the primary keys of a member and a room


class KnockQuerySet(models.QuerySet["Knock"]):
    def waiting(self) -> "KnockQuerySet":
        return self.filter(let_in_at=None)

    def let_in(self, rooms: Collection[int], members: Collection[int]) -> set[KnockKey]:
        """Who of these was let into these rooms. One query; none without rooms or members."""
        if not rooms or not members:
            return set()
        found = self.filter(room__in=rooms, member__in=members, let_in_at__isnull=False)
        return set(found.values_list("member_id", "room_id"))

    def knock(self, member: Member, room: Room) -> bool:
        """The stored member knocks, once. Returns whether there was room for the knock."""
        if self.filter(member=member, room=room).exists():
            return True
        if self.waiting().filter(room=room).count() >= WAITING_MAX:
            return False
        self.bulk_create([Knock(member=member, room=room)], ignore_conflicts=True)
        return True

    def let_in_who_kept(self, room: Room) -> None:
        """Let in everybody in whose list the room is: newcomers knock from now on."""
        kept = room.subscription_set.filter(kept_at__isnull=False)
        now = timezone.now()
        rows = [
            Knock(member_id=pk, room=room, let_in_at=now)
            for pk in kept.values_list("member", flat=True).iterator()
        ]
        self.bulk_create(
            rows,
            batch_size=1_000,
            update_conflicts=True,
            unique_fields=["member", "room"],
            update_fields=["let_in_at"],
        )

    def move(self, source: Member, target: Member) -> None:
        """Make the knocks of a member those of another one, who is let in where either was."""
        let_in = self.filter(member=source, let_in_at__isnull=False).values("room")
        own = self.model.objects.filter(member=target)
        own.filter(let_in_at=None, room__in=list(let_in.values_list("room", flat=True))).delete()
        known = list(own.values_list("room", flat=True))
        self.filter(member=source).exclude(room__in=known).update(member=target)


class Knock(models.Model):
    """A member knocked at a room, and perhaps was let in."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, db_index=False)  # indexed below
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    at = models.DateTimeField(default=timezone.now)
    let_in_at = models.DateTimeField(null=True)

    objects = KnockQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("knock")
        verbose_name_plural = gettext_lazy("knocks")
        constraints = [models.UniqueConstraint(fields=["member", "room"], name="knock_once")]

    def __str__(self) -> str:
        return f"{self.member} at {self.room}"
