"""How the admin signs in, and what it does not show or offer of allauth's tables."""

from typing import Any

from allauth.mfa import admin as mfa_admin  # registers, before this unregisters
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.admin import UserSessionAdmin
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.models import User

__all__ = ["AdminSignInForm", "mfa_admin"]


class AdminSignInForm(AdminAuthenticationForm):
    """A password alone lets nobody in who has a second factor."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if is_mfa_enabled(user):
            raise forms.ValidationError(
                gettext("This account has a second factor. Sign in at /accounts/login/ first.")
            )


class SessionAdmin(UserSessionAdmin):
    """Sessions begin by signing in, and nobody changes one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.login_form = AdminSignInForm
admin.site.unregister(UserSession)
admin.site.register(UserSession, SessionAdmin)
admin.site.unregister(Authenticator)  # shows secrets
