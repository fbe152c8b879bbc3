"""Times in which the installation takes no new guests."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.moderation_act import ActKind, ModerationAct


class GuestClosingQuerySet(models.QuerySet["GuestClosing"]):
    @transaction.atomic
    def close(self, until: datetime, *, by: Member, why: str = "") -> None:
        """Take no new guests until then."""
        self._end()
        self.create(until=until)
        act = ModerationAct(kind=ActKind.CLOSE, by=by, until=until, why=why)
        ModerationAct.objects.log([act])

    @transaction.atomic
    def open(self, *, by: Member, why: str = "") -> bool:
        """Take new guests again. Returns whether none were taken."""
        if not self._end():
            return False
        ModerationAct.objects.log([ModerationAct(kind=ActKind.OPEN, by=by, why=why)])
        return True

    def until(self) -> datetime | None:
        """Until when no new guests are taken; None: they are."""
        in_force = self.filter(until__gt=timezone.now())
        return in_force.order_by("-until").values_list("until", flat=True).first()

    def mark(self, members: Iterable[Member]) -> None:
        """Mark those who come too late. One query, and none where nobody is a new guest."""
        new = [it for it in members if it.is_guest and not it.is_saved]
        if new and self.until():
            for member in new:
                member.comes_late = True

    def _end(self) -> int:
        return self.filter(until__gt=timezone.now()).update(until=timezone.now())


class GuestClosing(models.Model):
    """No new guests until then. Guests who have been here before are none."""

    until = models.DateTimeField(gettext_lazy("until"), db_index=True)
    at = models.DateTimeField(gettext_lazy("since"), default=timezone.now)

    objects = GuestClosingQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("closing to new guests")
        verbose_name_plural = gettext_lazy("closings to new guests")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
