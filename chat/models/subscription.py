"""Subscriptions: a member's own state in a room: in the list, last visit, read pointer, marks."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.knock import Knock
from chat.models.member import Member
from chat.models.membership import Membership
from chat.models.room import Room, RoomKind

VisitKey = tuple[int, int]  # the primary keys of a member and a room

VISIT_INTERVAL = timedelta(minutes=1)  # how long a stored visit counts as recent


class Notify(models.TextChoices):
    """What of a room is pushed to its member's devices: see chat/push/recipients.py."""

    ALL = "all", gettext_lazy("All messages")
    MENTIONS = "mentions", gettext_lazy("Mentions and replies")
    NOTHING = "nothing", gettext_lazy("Nothing")


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
                member=member,
                room=room,
                visited_at=now,
                read_seq=room.last_seq,
                seen_version=room.version,
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

    def of(self, visits: Collection[VisitKey]) -> "SubscriptionQuerySet":
        """The subscriptions of these members in these rooms."""
        if not visits:
            return self.none()
        return self.filter(reduce(or_, (Q(member=member, room=room) for member, room in visits)))

    def recent(self, member: Member) -> "SubscriptionQuerySet":
        """The member's list of rooms, the latest visit first: those that the member may be in."""
        is_in = Membership.objects.filter(member=OuterRef("member"), room=OuterRef("room"))
        knocks = Knock.objects.filter(let_in_at__isnull=False)
        let_in = knocks.filter(member=OuterRef("member"), room=OuterRef("room"))
        kept = self.filter(
            Q(room__kind=RoomKind.OPEN, room__needs_knock=False) | Exists(is_in) | Exists(let_in),
            member=member,
            kept_at__isnull=False,
            room__deleted_at=None,
        )
        return kept.select_related("room").order_by("-visited_at")

    def current(self, member: Member) -> "SubscriptionQuerySet":
        """The list without archived rooms, unless the member has starred them."""
        return self.recent(member).filter(Q(room__archived_at=None) | Q(starred_at__isnull=False))

    def find(self, member: Member, room: Room) -> "Subscription | None":
        return self.filter(member=member, room=room).first()

    def set_muted(self, member: Member, room: Room, *, muted: bool) -> None:
        now = timezone.now()
        self.filter(member=member, room=room).update(
            muted_at=now if muted else None, kept_at=Coalesce("kept_at", now)
        )

    def set_starred(self, member: Member, room: Room, *, starred: bool) -> None:
        now = timezone.now()
        self.filter(member=member, room=room).update(
            starred_at=now if starred else None, kept_at=Coalesce("kept_at", now)
        )

    @transaction.atomic
    def set_notify(self, member: Member, room: Room, notify: Notify) -> None:
        """Store what is pushed of the room; the room knows whether it is followed by anybody."""
        Room.objects.select_for_update(no_key=True).filter(pk=room.pk).first()
        self.filter(member=member, room=room).update(notify=notify)
        followers = self.filter(room=room, notify=Notify.ALL)
        Room.objects.filter(pk=room.pk).update(is_followed=followers.exists())

    def keep(
        self,
        member: Member,
        room: Room,
        read: int | None = None,
        *,
        muted: bool = False,
        starred: bool = False,
    ) -> None:
        """Put the room into the member's list. With `read`, restore what `leave` removed.

        Changes nothing in a room that is not open, and that the member is not in.
        """
        with transaction.atomic():
            unseen = self._unseen(member, room)
            if unseen is None:
                return
            now = timezone.now()
            state: dict[str, Any] = {"kept_at": now}
            if read is not None:
                read_seq = max(min(read, room.last_seq), unseen)
                state["read_seq"] = read_seq
                state["muted_at"] = now if muted else None
                state["starred_at"] = now if starred else None
            new = {"read_seq": room.last_seq, "seen_version": room.version} | state
            self.update_or_create(state, new, member=member, room=room)

    def _unseen(self, member: Member, room: Room) -> int | None:
        """The last message that the member does not see; None if the member may not be in.

        It counts as read. The member is in until the transaction ends.
        """
        if room.is_open:
            return 0
        Membership.objects.hold([member.pk], [room.key])
        found = Membership.objects.filter(member=member, room=room).first()
        return max(found.visible_from - 1, 0) if found else None

    def move(self, source: Member, target: Member) -> None:
        """Move all of a member's state to another member; where both have some, join it."""
        own = {it.room_id: it for it in self.filter(member=target)}
        moved = list(self.filter(member=source, room__in=own))
        for it in moved:
            room = own[it.room_id]
            room.read_seq = max(room.read_seq, it.read_seq)
            room.seen_version = max(room.seen_version, it.seen_version)
            room.kept_at = room.kept_at or it.kept_at
            room.starred_at = room.starred_at or it.starred_at
        fields = ["read_seq", "seen_version", "kept_at", "starred_at"]
        self.bulk_update([own[it.room_id] for it in moved], fields)
        self.filter(pk__in=[it.pk for it in moved]).delete()
        self.filter(member=source).update(member=target)

    def leave(self, member: Member, room: Room) -> None:
        """Take the room out of the member's list, and forget the member's state in it."""
        self.filter(member=member, room=room).delete()


class Subscription(models.Model):
    """One member's own state in one room. A room that is only looked at is not in the list."""

    member = models.ForeignKey(  # indexed below
        Member, on_delete=models.CASCADE, db_index=False, verbose_name=gettext_lazy("member")
    )
    room = models.ForeignKey(Room, on_delete=models.CASCADE, verbose_name=gettext_lazy("room"))
    kept_at = models.DateTimeField(  # null: not in the member's list
        gettext_lazy("in the list since"), null=True, blank=True
    )
    first_visited_at = models.DateTimeField(default=timezone.now, editable=False)
    visited_at = models.DateTimeField(gettext_lazy("last visit"), default=timezone.now)
    read_seq = models.PositiveBigIntegerField(default=0)  # the last message the member has seen
    # The version of the room up to which the member had been sent changes then.
    seen_version = models.PositiveBigIntegerField(default=0)
    muted_at = models.DateTimeField(null=True, blank=True)  # null: not muted
    starred_at = models.DateTimeField(null=True, blank=True)  # null: not starred
    notify = models.CharField(max_length=8, choices=Notify, default=Notify.MENTIONS)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("subscription")
        verbose_name_plural = gettext_lazy("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["member", "room"], name="subscription_once"),
        ]
        indexes = [
            models.Index(fields=["member", "-visited_at"], name="subscription_by_visit"),
            models.Index(
                fields=["room"], condition=Q(notify="all"), name="subscription_of_followers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"
