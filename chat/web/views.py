"""The start page, the card of a person, and a new name. A GET creates no room and no member."""

from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import policy
from chat.models import Member, Subscription, direct_rooms
from chat.web import cards, doors, names, unguessable_names
from chat.web.caching import no_cache
from chat.web.claims import claimable_guest
from chat.web.forms import EnterForm, NameForm
from chat.web.guests import change_view, guest_view

ROOMS_LISTED = 20


@no_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def index(request: HttpRequest, member: Member) -> HttpResponse:
    """The start page: a form with a name and a room, and the rooms of the list, by last visit."""
    initial = {"name": member.name}
    form = EnterForm(request, request.POST or None, initial=initial, member=member)
    if form.is_valid():
        if policy.may_change(member):
            names.rename(request, member, form.cleaned_data["name"])
        return redirect(form.cleaned_data["room"].path)
    subscriptions = list(
        Subscription.objects.current(member)[:ROOMS_LISTED] if member.is_saved else ()
    )
    direct_rooms.name_for([member.pk], [it.room for it in subscriptions])
    claimable = claimable_guest(request, member)
    context = {
        "form": form,
        "subscriptions": subscriptions,
        "claimable": claimable,
        "may_begin_private_rooms": policy.may_begin_private_rooms(member),
        "suggested": unguessable_names.suggest(),
        "has_news": member.has_news,
    }
    return render(request, "chat/index.html", context, status=422 if form.is_bound else 200)


@require_POST
@change_view
def rename(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new name. Answers {"name": …}, or 422 with {"errors": {…}}."""
    form = NameForm(request.POST, member=member)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    names.rename(request, member, form.cleaned_data["name"])
    return JsonResponse({"name": member.name})


@no_cache
@require_safe
@guest_view
def card(request: HttpRequest, member: Member, room_name: str, uid: UUID) -> HttpResponse:
    """The card of a person who is or was in the room, or 404."""
    _, found = doors.find(member, room_name)
    shown = cards.find(found, uid, member) if found else None
    if shown is None:
        raise Http404("There is no such person in this room.")
    answer = HttpResponse(msgspec.json.encode(shown), content_type="application/json")
    return doors.forgettable(answer, found)
