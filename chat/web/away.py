"""GET /chat/<room>/away: what has happened in a room since the member left off, as JSON."""

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat import protocol
from chat.journal.read import queries
from chat.journal.read.view import view_of
from chat.live.away import Away, find_away, left_off
from chat.live.unread import Read
from chat.models import Member, Room
from chat.web import doors
from chat.web.caching import no_cache
from chat.web.forms import SEQ_MAX
from chat.web.guests import guest_view


class AwayForm(forms.Form):
    """Where the member left off, as a page was told; else what is stored counts."""

    after = forms.IntegerField(required=False, min_value=0, max_value=SEQ_MAX)
    seen = forms.IntegerField(required=False, min_value=0, max_value=SEQ_MAX)


@no_cache
@require_safe
@guest_view
def away(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """As docs/protocol.md describes it. Raises Http404 and PermissionDenied as the room's page."""
    form = AwayForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    _, found = doors.find(member, room_name)
    if found is None:
        return HttpResponse(_json(Away(), "[]"), content_type="application/json")
    view = view_of(member, found)
    told = find_away(member, found.room, _since(form, member, found.room), view)
    entries, is_cut = (
        queries.at_seqs(found.room.pk, told.seqs, view=view) if told.seqs else ([], False)
    )
    told.more |= is_cut
    answer = _json(told, protocol.frame(it.json for it in entries))
    return doors.forgettable(HttpResponse(answer, content_type="application/json"), found)


def _since(form: AwayForm, member: Member, room: Room) -> Read:
    after, seen = form.cleaned_data["after"], form.cleaned_data["seen"]
    if after is None:
        return left_off(member, room)
    return Read(after, max(after, seen or 0))


def _json(told: Away, messages: str) -> str:
    """The entries are JSON already."""
    others = msgspec.json.encode(told).decode().removeprefix("{")
    return f'{{"messages":{messages},{others}'
