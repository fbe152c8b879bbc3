"""Who may open the settings of a room, and the answers to changes there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from chat import runtime
from chat.access import Found
from chat.journal import Change, Refused
from chat.journal.changes import GONE, NOT_YOURS_TO_CHANGE
from chat.live.rates import MESSAGE
from chat.models import Member
from chat.policy import Action
from chat.web import doors, rates
from chat.web.doors import RoomNotFound
from chat.web.guests import change_view
from chat.web.refusals import in_words
from chat.web.requests import is_for_people

LINE_BYTES, PERSON_BYTES = 700, 700  # that the database grows by

Changing = Callable[..., HttpResponse]  # of a request, a member, what was found, and the address


def find(member: Member, room_name: str) -> Found:
    """The room, if the member may open its settings. Raises RoomNotFound."""
    _, found = doors.find(member, room_name)
    if found is None or not found.may(member, Action.SEE_SETTINGS):
        raise RoomNotFound
    return found


def settings_change(action: Action) -> Callable[[Changing], Callable[..., HttpResponseBase]]:
    """A POST that changes something, for members who may do the action in the room."""

    def decorate(view: Changing) -> Callable[..., HttpResponseBase]:
        @require_POST
        @change_view
        @wraps(view)
        def wrapped(
            request: HttpRequest, member: Member, room_name: str, **of_address: Any
        ) -> HttpResponse:
            found = find(member, room_name)
            if not found.may(member, action):
                return refuse(request, found, Refused(*NOT_YOURS_TO_CHANGE))
            return view(request, member, found, **of_address)

        return wrapped

    return decorate


def change(
    request: HttpRequest,
    member: Member,
    found: Found,
    change: Change,
    *,
    leads_to: str = "",
    people: int = 1,
) -> HttpResponse:
    """Append a change of the member. Answers 204 or 409 to programs; leads people back to the page.

    Raises TooFast: the change counts as a message about so many people.
    """
    rates.count(request, member, MESSAGE, bytes=LINE_BYTES + PERSON_BYTES * people)
    try:
        runtime.append_from_sync(change)
    except Refused as refusal:
        if refusal.code == GONE[0]:
            raise RoomNotFound from None
        return refuse(request, found, refusal)
    if is_for_people(request):
        return redirect(leads_to or _address(found))
    return HttpResponse(status=204)


def refuse(request: HttpRequest, found: Found, refusal: Refused) -> HttpResponse:
    """Say why not: 409 to programs; people are led back to the page."""
    detail = in_words(refusal.detail)
    if is_for_people(request):
        messages.error(request, detail)
        return redirect(_address(found))
    return JsonResponse({"error": {"code": refusal.code, "detail": detail}}, status=409)


def _address(found: Found) -> str:
    return reverse("room_settings", args=[found.room.address])
