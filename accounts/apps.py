from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

SESSIONS_MAX = 100  # of a user
NAMES_OF_ALLAUTH = {  # in the admin, where two of its own are “Accounts”
    "account": gettext_lazy("E-mail addresses"),
    "socialaccount": gettext_lazy("Sign-in by a provider"),
    "usersessions": gettext_lazy("Sessions"),
}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = gettext_lazy("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for label, name in NAMES_OF_ALLAUTH.items():
            apps.get_app_config(label).verbose_name = name
        user_logged_in.connect(list_session, dispatch_uid="accounts.list_session")


def list_session(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """List also the sessions that do not begin on a page of allauth: in the admin, by a link."""
    from allauth.usersessions.models import UserSession

    UserSession.objects.create_from_request(request, user=user)
    end_oldest_sessions(user)


def end_oldest_sessions(user: Any) -> None:
    """The page of sessions takes some queries for each."""
    from allauth.usersessions.adapter import get_adapter
    from allauth.usersessions.models import UserSession

    newest_first = UserSession.objects.filter(user=user).select_related("user").order_by("-pk")
    if oldest := list(newest_first[SESSIONS_MAX:]):
        get_adapter().end_sessions(oldest)
