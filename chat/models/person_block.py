"""Blocks between people: whom a person does not let talk to them alone.

Not an operator's ban (`Sanction`), which keeps somebody out of all rooms.
"""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from chat.models.member import Member

PersonPair = tuple[int, int]  # the primary keys of who blocks, and of who is blocked


class PersonBlockQuerySet(models.QuerySet["PersonBlock"]):
    def block(self, member: Member, other: Member) -> None:
        self.get_or_create(member=member, blocked=other)

    def unblock(self, member: Member, other: Member) -> None:
        self.filter(member=member, blocked=other).delete()

    def has_blocked(self, member: Member, other: Member) -> bool:
        return member.is_saved and self.filter(member=member, blocked=other).exists()

    def among(self, people: Collection[int]) -> set[PersonPair]:
        """The blocks between these members, given by their primary keys. One query."""
        found = self.filter(member__in=people, blocked__in=people)
        return set(found.values_list("member_id", "blocked_id"))

    def move(self, source: Member, target: Member) -> None:
        """Make the blocks by and of a member those of another one."""
        for own, other in (("member", "blocked"), ("blocked", "member")):
            moved = self.filter(**{own: source})
            known = self.filter(**{own: target}).values_list(other, flat=True)
            moved.filter(**{f"{other}__in": [target.pk, *known]}).delete()
            moved.update(**{own: target})


class PersonBlock(models.Model):
    """The blocked person can neither begin nor continue a direct room with the member.

    The rows are of accounts' own members, and of guests whom no account has claimed.
    """

    member = models.ForeignKey(  # indexed below
        Member, on_delete=models.CASCADE, db_index=False, verbose_name=gettext_lazy("member")
    )
    blocked = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        related_name="blocked_by",
        verbose_name=gettext_lazy("blocked"),
    )
    at = models.DateTimeField(gettext_lazy("blocked at"), auto_now_add=True)

    objects = PersonBlockQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("blocked person")
        verbose_name_plural = gettext_lazy("blocked people")
        constraints = [
            models.UniqueConstraint(fields=["member", "blocked"], name="person_blocked_once"),
            models.CheckConstraint(
                condition=~Q(member=F("blocked")), name="person_block_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.blocked}"
