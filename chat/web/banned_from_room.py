"""The answer 403: to who is banned from a room, until when, and why."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import permission_denied as default

from chat.journal.changes import BANNED
from chat.models import FOR_GOOD, Sanction
from chat.web.doors import RoomBanned
from chat.web.refusals import in_words
from chat.web.requests import is_for_people


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if not isinstance(exception, RoomBanned):
        return default(request, exception)
    member, room = exception.member, exception.found.room
    if member.is_guest and member.is_saved and member.network_digest:
        Sanction.objects.add_first_network(member, member.network_digest, room)
    response = _page(request, exception) if is_for_people(request) else _json(exception)
    response["Cache-Control"] = "private, no-cache"  # the ban may be lifted
    return response


def _page(request: HttpRequest, banned: RoomBanned) -> HttpResponse:
    room, standing = banned.found.room, banned.found.standing
    until = standing.banned_until
    context = {
        "room_name": room.shown_name,
        "until": until if until != FOR_GOOD else None,
        "why": standing.why_banned,
        "is_guest": banned.member.is_guest,
    }
    return render(request, "chat/banned_from_room.html", context, status=403)


def _json(banned: RoomBanned) -> HttpResponse:
    standing = banned.found.standing
    code, detail = BANNED
    error = {"code": code, "detail": in_words(detail), "until": standing.banned_until}
    if standing.why_banned:
        error["why"] = standing.why_banned
    return JsonResponse({"error": error}, status=403)
