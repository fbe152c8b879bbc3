"""Lobby's addresses, and `/stored/<key>`: a file, for whoever asks.

`?type=` says what it is, and `?size=` how large it was when it was stored.
"""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from chat.files.serving import Served, respond
from chat.files.storage import files_storage
from mysite import urls

handler403, handler404 = urls.handler403, urls.handler404


def stored(request: HttpRequest, key: str) -> HttpResponseBase:
    try:
        size = int(request.GET.get("size") or files_storage().size(key))
    except FileNotFoundError:
        raise Http404("There is no such file.") from None
    type = request.GET.get("type", "image/png")
    return respond(request, Served(key, "tea.png", type, size, "etag", is_inline=True))


urlpatterns = [path("stored/<path:key>", stored), *urls.urlpatterns]
