from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from accounts import views
from api import hooks

admin.site.site_header = admin.site.site_title = "Lobby"

handler403 = "chat.web.banned_from_room.permission_denied"
handler404 = "chat.web.not_found.page_not_found"
handler429 = "accounts.views.too_many_requests"  # allauth's


def not_there(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404("There is no page at this address.")


urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("setup/<slug:token>/", views.first_operator, name="setup"),
    path("admin/r/<path:row>/", not_there),  # says which rows there are; no model here needs it
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("hooks/<str:token>", hooks.incoming, name="hook"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("chat.urls")),
]
