"""How the admin signs in, and what it does not show of second factors."""

from allauth.mfa import admin as mfa_admin  # registers, before this unregisters
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
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


admin.site.login_form = AdminSignInForm
admin.site.unregister(Authenticator)  # shows secrets
