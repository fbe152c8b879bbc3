"""Knocking: what somebody sees of a room who must be let in first, and how they ask for that."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import policy
from chat.live.rates import GUEST, MESSAGE
from chat.models import Knock, Member, Room
from chat.web import doors, names, rates
from chat.web.doors import KnockFirst
from chat.web.forms import NameForm
from chat.web.guests import guest_view, sign_in_first, sign_in_url

KNOCK_BYTES = 300  # that the database grows by
FULL = 429


def page(
    request: HttpRequest,
    member: Member,
    room: Room,
    form: NameForm | None = None,
    status: int = 403,
) -> HttpResponse:
    """The room's name, and a button to knock; or that somebody has knocked."""
    context = {
        "room": room,
        "has_knocked": has_knocked(member, room),
        "form": form or NameForm(initial={"name": member.name}),
        "is_guest": member.is_guest,
        "is_full": status == FULL,
        "sign_in_url": sign_in_url(request) if member.is_guest else None,
        "may_knock": policy.may_change(member),
    }
    return render(request, "chat/knock.html", context, status=status)


def has_knocked(member: Member, room: Room) -> bool:
    return member.is_saved and Knock.objects.waiting().filter(member=member, room=room).exists()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@guest_view
def knock(request: HttpRequest, member: Member, room_name: str) -> HttpResponse:
    """GET tells whether one is let in: {"state": "in"}, "knocked" or "outside". POST knocks.

    With a `name`, which is taken. Leads to the room's page. Raises TooFast.
    """
    is_asked = request.method != "POST"
    try:
        doors.find(member, room_name)
    except KnockFirst as refusal:
        room = refusal.found.room
        if not is_asked:
            return _knock(request, member, room)
        state = "knocked" if has_knocked(member, room) else "outside"
        return JsonResponse({"state": state})
    return JsonResponse({"state": "in"}) if is_asked else redirect(_address(room_name))


def _knock(request: HttpRequest, member: Member, room: Room) -> HttpResponse:
    if policy.needs_account(member):
        return sign_in_first(request)
    if not policy.may_change(member):
        raise PermissionDenied
    form = NameForm(request.POST, member=member) if "name" in request.POST else None
    if form and not form.is_valid():
        return page(request, member, room, form, status=422)
    newcomer = [] if member.is_saved else [GUEST]
    rates.count(request, member, MESSAGE, *newcomer, bytes=KNOCK_BYTES)
    member.ensure_saved()
    if form:
        names.rename(request, member, form.cleaned_data["name"])
    if not Knock.objects.knock(member, room):
        return page(request, member, room, status=FULL)
    return redirect(_address(room.address))


def _address(name: str) -> str:
    return reverse("room", args=[name])
