"""What became of a person's reports, and what moderators decided about the person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import reports
from chat.models import FOR_GOOD, Member, Membership, ModerationAct, Report, Room, direct_rooms
from chat.web.guests import guest_view
from chat.web.requests import is_for_people

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ShownAct:
    """Acts of one press about the person: `messages` were deleted."""

    act: ModerationAct
    messages: int

    @property
    def is_for_good(self) -> bool:
        return self.act.until == FOR_GOOD

    @property
    def is_over(self) -> bool:
        return self.act.until is not None and self.act.until <= timezone.now()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def mine(request: HttpRequest, member: Member) -> HttpResponse:
    """/moderation/mine: one's own reports and decisions about oneself. A POST marks all as seen."""
    if request.method == "POST":
        reports.mark_seen(member)
        return redirect("my_reports") if is_for_people(request) else HttpResponse(status=204)
    acts = reports.acts_about(member, SHOWN) if member.is_saved else []
    made = _made(member)
    rooms = {it.room.pk: it.room for it in acts if it.room} | {
        it.case.room_id: it.case.room for it in made
    }
    known = _known(member, rooms.values())
    context = {
        "reports": made,
        "acts": _together(acts),
        "known_rooms": known,
        "has_news": member.has_news,
    }
    return render(request, "chat/moderation/mine.html", context)


def _made(member: Member) -> Sequence[Report]:
    if not member.is_saved:
        return []
    found = Report.objects.filter(reporter=member.pk).select_related("case__room")
    return list(found.order_by("-at", "-pk")[:SHOWN])


def _known(member: Member, rooms: Collection[Room]) -> dict[int, Room]:
    """The rooms whose names the person may know, by primary key: a room may be called something
    else since the person was taken out of it."""
    there = [it for it in rooms if it.deleted_at is None]
    private = [it.pk for it in there if not it.is_open]
    memberships = Membership.objects.filter(member=member.pk, room__in=private)
    is_in = set(memberships.values_list("room", flat=True)) if private else set()
    direct_rooms.name_for([member.pk], [it for it in there if it.pk in is_in])
    return {it.pk: it for it in there if it.is_open or it.pk in is_in}


def _together(acts: Sequence[ModerationAct]) -> list[ShownAct]:
    """One for all messages that were deleted with one press."""
    first = {it.together: it for it in reversed(acts)}
    counts = [it.together for it in acts]
    return [ShownAct(it, counts.count(key)) for key, it in reversed(first.items())]
