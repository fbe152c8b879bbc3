"""Who is muted and banned in a room now, whether it is locked, and how slow it is."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from chat import policy
from chat.access import Found
from chat.models import FOR_GOOD, Member, Membership, Sanction
from chat.policy import Action, Standing

SANCTIONS_SHOWN = 100  # those that were imposed last

SLOW_TIMES = [
    (0, gettext_lazy("Off")),
    (5, gettext_lazy("5 seconds")),
    (15, gettext_lazy("15 seconds")),
    (30, gettext_lazy("30 seconds")),
    (60, gettext_lazy("1 minute")),
    (300, gettext_lazy("5 minutes")),
    (900, gettext_lazy("15 minutes")),
    (3600, gettext_lazy("1 hour")),
]


class SlowModeForm(forms.Form):
    """The seconds between two posts of a person; one that a program set is a choice, too."""

    seconds = forms.TypedChoiceField(label=gettext_lazy("Slow mode"), coerce=int)

    def __init__(self, seconds: int) -> None:
        super().__init__(initial={"seconds": seconds}, auto_id="slow-%s")
        known = dict(SLOW_TIMES)
        other = [] if seconds in known else [(seconds, f"{seconds} s")]
        self.fields["seconds"].choices = [*SLOW_TIMES, *other]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Row:
    sanction: Sanction
    is_for_good: bool
    lifting: str  # the act that lifts it; none where the viewer may not


def section(viewer: Member, found: Found) -> dict[str, Any]:
    """What templates/chat/settings/moderation.html shows, as `moderation`."""
    may_see = found.may(viewer, Action.MUTE) or found.may(viewer, Action.BAN)
    return {
        "sanctions": _rows(viewer, found) if may_see else [],
        "may_see": may_see,
        "may_lock": found.may(viewer, Action.LOCK),
        "slow_form": SlowModeForm(found.room.slow_seconds),
        "may_set_slow": found.may(viewer, Action.SET_SLOW),
        "may_see_log": found.may(viewer, Action.SEE_LOG),
    }


def _rows(viewer: Member, found: Found) -> list[Row]:
    of_room = Sanction.objects.in_force().filter(room=found.room)
    people = ("member__user", "member__claimed_by", "by")
    shown = list(of_room.select_related(*people).order_by("-pk")[:SANCTIONS_SHOWN])
    memberships = Membership.objects.of({(it.member_id, found.room.pk) for it in shown})
    return [_row(viewer, found, it, memberships.get((it.member_id, found.room.pk))) for it in shown]


def _row(viewer: Member, found: Found, sanction: Sanction, membership: Membership | None) -> Row:
    action = Action.BAN if sanction.is_ban else Action.MUTE
    others = Standing.of(membership)
    may_lift = found.may(viewer, action) and policy.may_sanction(
        viewer, found.standing, sanction.member, others
    )
    lifting = "unban" if sanction.is_ban else "unmute"
    return Row(sanction, sanction.until == FOR_GOOD, lifting if may_lift else "")
