"""GET /chat/search/names: people and rooms that complete a query, of what the member may see."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.live.rates import SEARCH
from chat.models import Member
from chat.search import completions
from chat.web import rates
from chat.web.guests import guest_view
from chat.web.search.asked import Place, asked_place, first_error, refusal
from chat.web.search.forms import IN, NamesForm

TYPED_MAX_CHARACTERS = 64


@cache_control(private=True, no_store=True)
@require_safe
@guest_view
def search_names(request: HttpRequest, member: Member) -> HttpResponse:
    """{"names": ["Ada", …]}: those that `q` begins. Raises TooFast, and as the room's page."""
    rates.count(request, member, SEARCH)
    form = NamesForm(request.GET)
    place = asked_place(request, member)
    if not form.is_valid():
        return refusal("bad_form", first_error(form))
    typed = request.GET.get("q", "")[:TYPED_MAX_CHARACTERS]
    return JsonResponse({"names": _names(member, form.cleaned_data["operator"], typed, place)})


def _names(member: Member, operator: str, typed: str, place: Place | None) -> list[str]:
    if operator == IN:
        return completions.rooms(member, typed)
    if place and not place.found:
        return []
    return completions.people(member, typed, place.found if place else None)
