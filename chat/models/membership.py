"""Memberships: the right to be in a room, and the role there."""

from collections.abc import Collection

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

BEGINNING = 1  # the version of the first entry of a room that is not open

MembershipKey = tuple[int, int]  # the primary keys of a member and a room


class Role(models.TextChoices):
    OWNER = "owner", gettext_lazy("owner")
    MODERATOR = "moderator", gettext_lazy("moderator")
    MEMBER = "member", gettext_lazy("member")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, keys: Collection[MembershipKey]) -> "dict[MembershipKey, Membership]":
        """The memberships of these members in these rooms. One query."""
        if not keys:
            return {}
        members, rooms = zip(*keys, strict=True)
        found = self.filter(member__in=set(members), room__in=set(rooms))
        return {it.key: it for it in found if it.key in keys}

    def of_beginning(self) -> "MembershipQuerySet":
        """Those with whom a room that is not open began."""
        return self.filter(since__lte=BEGINNING)

    def active(self) -> "MembershipQuerySet":
        """Those of members as whom somebody may speak; blocks of guests are not looked at."""
        speaks = Q(member__user=None) | Q(member__user__is_active=True)
        return self.filter(speaks, member__is_former=False, member__claimed_by=None)

    def has_active_owner(self, room_pk: int) -> bool:
        return self.filter(room=room_pk, role=Role.OWNER).active().exists()

    def next_owner(self, room_pk: int) -> "Membership | None":
        """Who inherits a room: its eldest moderator, else its eldest member with an account."""
        candidates = self.filter(room=room_pk, member__user__isnull=False).active()
        moderators = candidates.filter(role=Role.MODERATOR)
        members = candidates.filter(role=Role.MEMBER)
        return moderators.order_by("pk").first() or members.order_by("pk").first()

    def hold(self, members: Collection[int], keys: Collection[str]) -> None:
        """Keep these members in the rooms with these keys until the transaction ends.

        Locks the rooms that they are in, as the journal does when it takes somebody out.
        """
        if members and keys:
            rooms = Room.objects.filter(key__in=keys, membership__member__in=members)
            locked = rooms.select_for_update(no_key=True, of=("self",)).order_by("pk")
            list(locked.only("pk"))

    def by_rank(self) -> "MembershipQuerySet":
        """With the members: owners and moderators first, then by name."""
        ranks = [When(role=Role.OWNER, then=Value(0)), When(role=Role.MODERATOR, then=Value(1))]
        found = self.select_related("member__user")
        return found.order_by(Case(*ranks, default=Value(2)), "member__name_key", "pk")

    def move(self, source: Member, target: Member) -> None:
        """Make the memberships of a member those of another one, who keeps the greater right."""
        own = {it.room_id: it for it in self.filter(member=target)}
        for it in self.filter(member=source, room__in=own):
            own[it.room_id].join(it)
            own[it.room_id].save()
            it.delete()
        self.filter(member=source).update(member=target)


class Membership(models.Model):
    """A member is in a room, with a role. In an open room, only who keeps it has a membership.

    The member came in at the version `since`, and sees the messages from `visible_from`.
    """

    member = models.ForeignKey(  # indexed below
        Member, on_delete=models.CASCADE, db_index=False, verbose_name=gettext_lazy("member")
    )
    room = models.ForeignKey(Room, on_delete=models.CASCADE, verbose_name=gettext_lazy("room"))
    role = models.CharField(gettext_lazy("role"), max_length=9, choices=Role, default=Role.MEMBER)
    since = models.PositiveBigIntegerField(default=0)  # a version
    visible_from = models.PositiveBigIntegerField(default=0)  # a seq
    added_by = models.ForeignKey(
        Member,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="added_memberships",
        verbose_name=gettext_lazy("added by"),
    )
    invite = models.ForeignKey(  # by which the member came in
        "chat.Invite", null=True, blank=True, on_delete=models.SET_NULL, related_name="came_in"
    )
    created_at = models.DateTimeField(gettext_lazy("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("membership")
        verbose_name_plural = gettext_lazy("memberships")
        constraints = [
            models.UniqueConstraint(fields=["member", "room"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(visible_from__lte=F("since")), name="membership_sees_its_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.room}"

    @property
    def key(self) -> MembershipKey:
        return self.member_id, self.room_id

    def join(self, other: "Membership") -> None:
        """Take the greater right of both."""
        ranks = [Role.MEMBER, Role.MODERATOR, Role.OWNER]
        self.role = max(self.role, other.role, key=lambda it: ranks.index(Role(it)))
        self.visible_from = min(self.visible_from, other.visible_from)
        self.since = max(self.since, other.since)
