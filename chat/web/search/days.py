"""GET /chat/search/day: where a day begins in a room, to jump there."""

from datetime import UTC, datetime, time, tzinfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.journal.read import queries
from chat.journal.read.view import view_of
from chat.live.rates import SEARCH
from chat.models import Member
from chat.web import rates
from chat.web.guests import guest_view
from chat.web.search.asked import asked_place, first_error, refusal
from chat.web.search.forms import DayForm
from chat.web.time_zones import zone_of


@cache_control(private=True, no_store=True)
@require_safe
@guest_view
def first_of_day(request: HttpRequest, member: Member) -> HttpResponse:
    """{"seq": 41}: the first message of the day `date`, or after it; null if there is none.

    Raises TooFast, and as the room's page.
    """
    rates.count(request, member, SEARCH)
    place = asked_place(request, member)
    form = DayForm(request.GET)
    if not form.is_valid():
        return refusal("bad_form", first_error(form))
    if place is None or place.found is None:
        return JsonResponse({"seq": None})
    found = place.found
    begins = _beginning(form, form.cleaned_data["zone"] or zone_of(member))
    view = view_of(member, found)
    return JsonResponse({"seq": queries.first_seq_since(found.room, begins, view)})


def _beginning(form: DayForm, zone: tzinfo) -> datetime:
    """The first moment of the day; of a day at the edge of the calendar, nearly that."""
    try:
        moment = datetime.combine(form.cleaned_data["date"], time(), zone)
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.combine(form.cleaned_data["date"], time(), UTC)
