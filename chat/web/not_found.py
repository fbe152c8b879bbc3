"""The answer 404: the same where no room ever was, and where one is that is not open to me."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, reverse
from django.utils.translation import gettext
from django.views.defaults import page_not_found as default

from chat.models.room_address import ID_SIGN
from chat.web.doors import RoomNotFound
from chat.web.guests import SAFE_METHODS, sign_in_url
from chat.web.requests import is_for_people


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404. Below the address of a room that is not open, no path says more."""
    is_below = request.path_info.startswith(f"/chat/{ID_SIGN}")
    if isinstance(exception, RoomNotFound) or (isinstance(exception, Resolver404) and is_below):
        response = _room_not_found(request)
        response["Cache-Control"] = "private, no-cache"  # who is added later looks again
        return response
    return default(request, exception)


def _room_not_found(request: HttpRequest) -> HttpResponse:
    if is_for_people(request):
        context = {"sign_in_url": None if request.user.is_authenticated else _sign_in(request)}
        return render(request, "chat/room_not_found.html", context, status=404)
    detail = gettext("There is no room at this address, or it is not open to you.")
    return JsonResponse({"error": {"code": "no_such_room", "detail": detail}}, status=404)


def _sign_in(request: HttpRequest) -> str:
    """The page to sign in, which leads back where that can be opened."""
    is_page = request.method in SAFE_METHODS
    return sign_in_url(request) if is_page else reverse("account_login")
