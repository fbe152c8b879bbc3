"""Checks the username of a new account."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts.models import User


def clean_username(typed: str) -> str:
    """The username as it will be shown. Raises ValidationError."""
    if "@" in typed:  # else it could be somebody's address, and two people could sign in with it
        raise ValidationError(gettext("A username has no @."))
    user = User(username=User.normalize_username(typed))
    try:
        user.clean_fields(exclude=["password"])
        user.clean()
    except ValidationError as error:
        raise ValidationError(error.messages) from None
    return user.username
