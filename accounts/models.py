"""Users: the people who sign in. What a user says in rooms belongs to their chat.Member."""

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy

USERNAME_MAX_CHARACTERS = 150
KEY_MAX_CHARACTERS = 3 * USERNAME_MAX_CHARACTERS  # casefolding makes at most three of one


def username_key(username: str) -> str:
    """A username as usernames are compared: in any case and any normal form."""
    # Casefolding can undo the normal form, hence twice (Unicode Standard 3.13, D146).
    normal = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", normal)


class UserByKeyManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that name, however it is written: what a sign-in asks for."""
        return self.get(username_key=username_key(username or ""))


class User(AbstractUser):
    """An account. Usernames are unique without regard to case."""

    username_key = models.CharField(  # kept by save(); databases fold case differently
        max_length=KEY_MAX_CHARACTERS, unique=True, editable=False
    )

    objects: ClassVar[UserManager["User"]] = UserByKeyManager()

    def clean(self) -> None:
        super().clean()
        others = User.objects.filter(username_key=username_key(self.username)).exclude(pk=self.pk)
        if others.exists():
            taken = gettext_lazy("A user with that username already exists.")
            raise ValidationError({"username": taken})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username_key = username_key(self.username)
        if (fields := kwargs.get("update_fields")) is not None and "username" in fields:
            kwargs["update_fields"] = {*fields, "username_key"}
        super().save(*args, **kwargs)
