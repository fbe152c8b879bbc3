"""User accounts. What a user writes in rooms belongs to a chat.Member."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy

from accounts.caseless import caseless_key
from accounts.lookalikes import lookalike_keys
from accounts.visible_text import visible_text

USERNAME_MAX_CHARACTERS = 150  # of AbstractUser.username
KEY_MAX_CHARACTERS = 3 * USERNAME_MAX_CHARACTERS  # casefolding at most triples a character


class CaseInsensitiveUserManager(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this username in any case. Authentication backends look users up here."""
        return self.get(username_key=caseless_key(username or ""))


class User(AbstractUser):
    """A user account. Usernames are unique without regard to case."""

    username_key = models.CharField(  # set by save(); databases fold case differently
        max_length=KEY_MAX_CHARACTERS, unique=True, editable=False
    )

    # Set by save(): see lookalike_keys.
    lookalike = models.CharField(
        max_length=KEY_MAX_CHARACTERS, default="", editable=False, db_index=True
    )
    caseless_lookalike = models.CharField(
        max_length=KEY_MAX_CHARACTERS, default="", editable=False, db_index=True
    )

    objects: ClassVar[UserManager["User"]] = CaseInsensitiveUserManager()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Forms, `create_user` and `createsuperuser` call this."""
        return visible_text(super().normalize_username(username))

    @property
    def is_operator(self) -> bool:
        """Whether the user runs this installation: may do everything, in rooms and the admin."""
        return self.is_active and self.is_staff and self.is_superuser

    def clean(self) -> None:
        super().clean()  # normalizes the username
        if not self.username:
            raise ValidationError({"username": gettext_lazy("This field cannot be blank.")})
        others = User.objects.filter(username_key=caseless_key(self.username)).exclude(pk=self.pk)
        if others.exists():
            taken = gettext_lazy("A user with that username already exists.")
            raise ValidationError({"username": taken})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises DatabaseError if the account is deleted by now: it does not come back."""
        if not self._state.adding:
            kwargs["force_update"] = True
        self.username_key = caseless_key(self.username)
        self.lookalike, self.caseless_lookalike = lookalike_keys(self.username, KEY_MAX_CHARACTERS)
        if (fields := kwargs.get("update_fields")) is not None and "username" in fields:
            kwargs["update_fields"] = {*fields, "username_key", "lookalike", "caseless_lookalike"}
        with transaction.atomic():  # with what follows from the change, such as revocations
            super().save(*args, **kwargs)


class Setup(models.Model):
    """That the first operator was made. There is one row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="setup_happens_once"),
        ]

    def __str__(self) -> str:
        return f"Set up at {self.made_at:%Y-%m-%d %H:%M}"
