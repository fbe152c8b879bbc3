"""Links that make somebody the same person on another device: once, within LINK_MINUTES.

A person has one such link at a time. What is stored does not open anything: a digest of the token.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from chat.models.member import Member

LINK_MINUTES = 5
TOKEN_BYTES = 32
ID_CHARACTERS = 16


class LinkOwner(NamedTuple):
    """Whom a link makes the device: an account, or a guest."""

    member: Member
    user: User | None


class DeviceLinkQuerySet(models.QuerySet["DeviceLink"]):
    @transaction.atomic
    def make(self, member: Member, session: str | None) -> str:
        """The token of a new link for the member, who is signed in in `session` or is a guest."""
        self.filter(expires_at__lte=timezone.now()).delete()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = {
            "digest": _digest(token),
            "user_id": member.user_id,
            "session": session or "",
            "expires_at": timezone.now() + timedelta(minutes=LINK_MINUTES),
        }
        self.update_or_create(link, member=member.uid)
        return token

    def revoke(self, member: Member) -> None:
        self.filter(member=member.uid).delete()

    def is_waiting(self, member: Member, id: str) -> bool:
        """Whether the member's link with this id (see `link_id`) can still be used."""
        waiting = self.filter(member=member.uid, expires_at__gt=timezone.now())
        return waiting.filter(digest__startswith=id).exists()

    def owner(self, token: str) -> LinkOwner | None:
        """Whose link this is; None if it was used or revoked, has expired, or never was one."""
        link = self._valid(token).select_related("user").first()
        return link.owner() if link else None

    @transaction.atomic
    def use(self, token: str) -> LinkOwner | None:
        """Like `owner`. The link is used up: of two people at once, the database lets one."""
        owner = self.owner(token)
        is_mine = self._valid(token).delete()[0] == 1
        return owner if is_mine else None

    def _valid(self, token: str) -> "DeviceLinkQuerySet":
        return self.filter(digest=_digest(token), expires_at__gt=timezone.now())


class DeviceLink(models.Model):
    """A link that was not used yet. It ends with the session in which it was made."""

    digest = models.CharField(max_length=64, unique=True)  # of the token
    member = models.UUIDField(unique=True)  # the uid: a guest need not be stored
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    session = models.CharField(max_length=64, blank=True, db_index=True)  # a digest
    expires_at = models.DateTimeField()

    objects = DeviceLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link of {self.member}"

    def owner(self) -> LinkOwner | None:
        """None if the account is closed, or an account has the guest by now."""
        member: Member = Member.objects.guest(self.member)
        if self.user is not None:
            return LinkOwner(member, self.user) if self.user.is_active else None
        return LinkOwner(member, None) if member.is_guest and member.is_active else None


def link_id(token: str) -> str:
    """Names a link where the token itself would open it."""
    return _digest(token)[:ID_CHARACTERS]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
