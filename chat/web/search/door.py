"""GET /chat/search: finds messages: a page for people, JSON for programs."""

from datetime import tzinfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.live.rates import SEARCH
from chat.models import Member
from chat.search import query as queries
from chat.search import searching
from chat.search.pages import NoSuchPlace
from chat.search.query import InvalidQuery
from chat.search.searching import Result, Results
from chat.web import rates
from chat.web.guests import guest_view
from chat.web.refusals import in_words
from chat.web.requests import is_for_people
from chat.web.search.asked import Place, asked_place, first_error, refusal
from chat.web.search.forms import NO_SUCH_PLACE, SearchForm
from chat.web.search.shown import grouped
from chat.web.time_zones import zone_of

PAGE_RESULTS = 20
NOTHING = Results([], more=False, before=None)

no_store = cache_control(private=True, no_store=True)


@no_store
@require_safe
@guest_view
def search(request: HttpRequest, member: Member) -> HttpResponse:
    """Messages with what is asked for, newest first. Raises TooFast, and as the room's page."""
    rates.count(request, member, SEARCH)
    place = asked_place(request, member)
    form = SearchForm(request.GET)
    show = _html if is_for_people(request) else _json
    answer = show(request, member, place, form)
    patch_vary_headers(answer, ["Accept"])
    return answer


def _html(
    request: HttpRequest, member: Member, place: Place | None, form: SearchForm
) -> HttpResponse:
    form.full_clean()
    results, error = NOTHING, ""
    try:
        results = _find(request, member, place, form)
    except InvalidQuery as invalid:
        error = in_words(invalid.detail)
    except NoSuchPlace:
        error = gettext("Search again: these results are no longer there.")
    context = {
        "q": request.GET.get("q", ""),
        "results": results,
        "groups": grouped(results.results),
        "error": error,
        "is_first": not form.cleaned_data.get("before"),
        "room_address": place and place.address,
        "room_name": place and place.name,
    }
    with timezone.override(_zone(member, form)):
        return render(request, "chat/search/page.html", context, status=400 if error else 200)


def _json(
    request: HttpRequest, member: Member, place: Place | None, form: SearchForm
) -> HttpResponse:
    if not form.is_valid():
        return refusal("bad_form", first_error(form))
    try:
        results = _find(request, member, place, form)
    except InvalidQuery as invalid:
        return refusal(invalid.code, in_words(invalid.detail))
    except NoSuchPlace:
        return refusal("bad_form", f"before: {NO_SUCH_PLACE}")
    fields = {
        "results": [described(it) for it in results.results],
        "more": results.more,
        "before": place_in(results),
    }
    return HttpResponse(msgspec.json.encode(fields), content_type="application/json")


def _find(request: HttpRequest, member: Member, place: Place | None, form: SearchForm) -> Results:
    """An open room that nobody has been in is at its address, and empty.

    Raises InvalidQuery and NoSuchPlace.
    """
    zone = _zone(member, form)
    query = queries.parse(request.GET.get("q", ""), now=timezone.now(), zone=zone)
    if query.is_empty or (place and not place.found):
        return NOTHING
    found = place.found if place else None
    before = form.cleaned_data.get("before")
    return searching.search(member, query, found, before, limit=PAGE_RESULTS)


def place_in(results: Results) -> int | str | None:
    """In one room a seq, as `before` is in the history of the room."""
    place = results.before
    if place is None:
        return None
    return place.seq if place.room is None else str(place)


def _zone(member: Member, form: SearchForm) -> tzinfo:
    """In whose days are counted: those of the browser, if it says so."""
    return form.cleaned_data.get("zone") or zone_of(member)


def described(result: Result) -> dict[str, object]:
    room = {"id": result.room.address, "name": result.room.shown_name}
    return {"room": room, "message": result.state, "marks": result.marks}
