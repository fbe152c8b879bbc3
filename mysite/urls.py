from django.contrib import admin
from django.urls import include, path

from accounts import views

handler404 = "chat.web.not_found.page_not_found"
handler429 = "accounts.views.too_many_requests"  # allauth's

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("setup/<slug:token>/", views.first_operator, name="setup"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("chat.urls")),
]
