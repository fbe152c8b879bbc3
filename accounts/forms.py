"""The forms of allauth, with our labels and one field for a new password."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy

from accounts import mail_addresses, passkeys, usernames
from accounts.models import USERNAME_MAX_CHARACTERS, User

MAIL_MAX_CHARACTERS = 254
LOGIN_MAX_CHARACTERS = max(USERNAME_MAX_CHARACTERS, MAIL_MAX_CHARACTERS)
PASSWORD_MAX_CHARACTERS = 1_000  # what is hashed is bounded
UNREADABLE = (
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)  # of JSON, CBOR and binary formats
NAME_ATTRIBUTES = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"}
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "spellcheck": "false", "inputmode": "numeric"}

LABELS = {
    "password": gettext_lazy("Password"),
    "oldpassword": gettext_lazy("Current password"),
    "username": gettext_lazy("Username"),
    "email": gettext_lazy("E-mail address"),
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
}
NEW_PASSWORD = gettext_lazy("New password")
USERNAME_RULE = gettext_lazy("Letters, digits and . + - _. You sign in with it.")
PASSWORD_RULE = gettext_lazy("At least 8 characters, and not a common one.")


def prepare(form: forms.Form) -> None:
    """Give the fields our labels, a bound, and no placeholders."""
    form.fields.pop("password2", None)
    for name, field in form.fields.items():
        field.label = LABELS.get(name, field.label)
        field.widget.attrs.pop("placeholder", None)
        if isinstance(field.widget, forms.PasswordInput):
            bound(field, PASSWORD_MAX_CHARACTERS)
            field.help_text = ""
        if name == "email":
            bound(field, MAIL_MAX_CHARACTERS)
    if "password1" in form.fields:
        form.fields["password1"].help_text = PASSWORD_RULE
        form.fields["password1"].label = NEW_PASSWORD
    if "code" in form.fields:
        form.fields["code"].widget.attrs |= CODE_ATTRIBUTES
    shown = [it for it in form.fields.values() if not it.widget.is_hidden]
    if shown:
        shown[0].widget.attrs["autofocus"] = True


def bound(field: Any, characters: int) -> None:
    """Take at most so many characters, on the page and on the server."""
    field.max_length = characters
    field.validators.append(forms.CharField(max_length=characters).validators[0])
    field.widget.attrs["maxlength"] = str(characters)


class Prepared:
    """A form of allauth as `prepare` changes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prepare(self)  # type: ignore[arg-type]


class SignInForm(Prepared, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = LABELS["username"]
        if settings.MAIL_IS_ON:
            login.label = gettext_lazy("Username or e-mail address")
        login.widget.attrs |= NAME_ATTRIBUTES
        bound(login, LOGIN_MAX_CHARACTERS)

    def user_credentials(self) -> dict[str, str]:
        """One way to look the user up: each further one could compare the password again."""
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data["password"],
        }


class UsernameFields(Prepared):
    """A new account's username, and its address where there is mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        fields["username"].widget.attrs |= NAME_ATTRIBUTES
        fields["username"].help_text = USERNAME_RULE
        if "email" in fields:
            fields["email"].label = gettext_lazy("E-mail address (optional)")
            fields["email"].help_text = gettext_lazy(
                "To reset your password, should you forget it."
            )


class SignUpForm(UsernameFields, account.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = LABELS["password"]


class ProviderSignUpForm(UsernameFields, social.SignupForm):
    def _get_signup_fields(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        if not settings.MAIL_IS_ON:
            kwargs.pop("email_required", None)  # there is no such field
        fields: dict[str, Any] = super()._get_signup_fields(kwargs)
        return fields


class AddMailForm(Prepared, account.AddEmailForm):
    pass


class ChangePasswordForm(Prepared, account.ChangePasswordForm):
    pass


class SetPasswordForm(Prepared, account.SetPasswordForm):
    pass


class ResetPasswordForm(Prepared, account.ResetPasswordForm):
    def clean_email(self) -> str:
        email: str = super().clean_email()
        found = mail_addresses.first(self.users)  # type: ignore[has-type]  # of allauth's form
        self.users = [found] if found else []  # one mail
        return email


class ResetPasswordKeyForm(Prepared, account.ResetPasswordKeyForm):
    pass


class ConfirmForm(Prepared, account.ReauthenticateForm):
    pass


class CodeForm(Prepared, codes.AuthenticateForm):
    pass


class ConfirmCodeForm(Prepared, codes.ReauthenticateForm):
    pass


class ActivateCodesForm(Prepared, totp.ActivateTOTPForm):
    pass


class CredentialField(forms.JSONField):
    """JSON that anybody sends: also too deep, or with too long a number, for Python."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except UNREADABLE:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except UNREADABLE:
            return None


@contextmanager
def wrong_if_unreadable() -> Iterator[None]:
    """What is no answer of a passkey is a wrong one: the library raises many errors."""
    try:
        yield
    except UNREADABLE:
        raise get_adapter().validation_error("incorrect_code") from None


class PasskeyAnswerForm(forms.Form):
    credential = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        with wrong_if_unreadable():
            return super().clean_credential()  # type: ignore[misc]  # of allauth's form


class PasskeySignInForm(PasskeyAnswerForm, webauthn.LoginWebAuthnForm):
    pass


class PasskeySecondForm(PasskeyAnswerForm, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyConfirmForm(PasskeyAnswerForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(Prepared, webauthn.AddWebAuthnForm):
    credential = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if passkeys.are_full(self.user.pk):
            raise forms.ValidationError(passkeys.full())
        with wrong_if_unreadable():
            cleaned: dict[str, Any] = super().clean()
            return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound(self.fields["name"], 100)
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = gettext_lazy("Sign in with it alone")
        alone.help_text = gettext_lazy(
            "Your device asks for a fingerprint, a face or a PIN."
            " Without this, it comes after the password."
        )


class RenamePasskeyForm(Prepared, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound(self.fields["name"], 100)


class OperatorForm(forms.Form):
    """The first account. `accounts.setup` makes it."""

    username = forms.CharField(
        label=LABELS["username"],
        help_text=USERNAME_RULE,
        max_length=USERNAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES | {"autofocus": True}),
    )
    password = forms.CharField(
        label=LABELS["password"],
        help_text=PASSWORD_RULE,
        strip=False,
        max_length=PASSWORD_MAX_CHARACTERS,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        return usernames.clean_username(self.cleaned_data["username"])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        user = User(username=self.cleaned_data.get("username", ""))
        password_validation.validate_password(password, user)
        return password
