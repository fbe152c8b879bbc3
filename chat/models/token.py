"""Tokens: a program that shows one speaks as a member, within what the token allows.

What is stored does not open anything: a digest of the secret, which is shown once.
"""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.revocation import Revocation, Why
from chat.models.room import Room

PREFIX = "lobby_"  # scanners of published code know a secret by it
SECRET_BYTES = 32
SECRET_MAX_CHARACTERS = 64  # of what a client shows; a secret has fewer
NAME_MAX_CHARACTERS = 80
TOKENS_MAX = 100  # valid ones of a member
USE_INTERVAL = timedelta(minutes=1)  # between two notes of when a token was used


class Scope(models.TextChoices):
    """What a token allows, of what its member may."""

    READ = "read", gettext_lazy("Read")
    POST = "post", gettext_lazy("Write")
    MODERATE = "moderate", gettext_lazy("Moderate")


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self) -> "TokenQuerySet":
        """Those that are not revoked, nor expired."""
        in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(in_time, revoked_at=None)

    def make(
        self,
        member: Member,
        made_by: Member,
        name: str,
        scopes: Iterable[Scope],
        rooms: Iterable[Room] | None = None,
        expires_at: datetime | None = None,
    ) -> "tuple[Token, str]":
        """A new token, and its secret. Without `rooms`, it is for all rooms of the member."""
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        uids = None if rooms is None else [str(it.uid) for it in rooms]
        token = self.create(
            member=member,
            made_by=made_by,
            name=name,
            scopes=[Scope(it).value for it in scopes],
            rooms=uids,
            digest=digest_of(secret),
            expires_at=expires_at,
        )
        return token, secret

    def by_secret(self, secret: str) -> "Token | None":
        """The valid token with this secret, with its member."""
        if not secret.startswith(PREFIX) or len(secret) > SECRET_MAX_CHARACTERS:
            return None
        return self.by_digest(digest_of(secret))

    def by_digest(self, digest: str) -> "Token | None":
        return self.valid().select_related("member__user").filter(digest=digest).first()

    @transaction.atomic
    def revoke_of_bots(self, makers: Iterable[Member], room: Room | None = None) -> None:
        """Revoke those of rooms' bots that these members made, and were shown; of one room, or all.

        Sends no signal: the caller nudges, or their sockets end in the next round.
        """
        made = self.filter(made_by__in=makers, member__bot__room__isnull=False, revoked_at=None)
        found = made if room is None else made.filter(member__bot__room=room)
        rows = [(it.pk, it.member.uid, it.digest) for it in found.select_related("member")]
        self.filter(pk__in=[pk for pk, _, _ in rows]).update(revoked_at=timezone.now())
        Revocation.objects.append_all(
            [Revocation(why=Why.TOKEN, member=uid, session=digest) for _, uid, digest in rows]
        )

    def note_use(self, token: "Token") -> None:
        """Store that the token is used now, where USE_INTERVAL is over."""
        now = timezone.now()
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_INTERVAL)
        self.filter(earlier, pk=token.pk).update(last_used_at=now)


class Token(models.Model):
    """Lets a program speak as a member."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    made_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="made_tokens"
    )
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    scopes: Any = models.JSONField(default=list)  # of Scope
    # The uids of rooms; null: all of the member. They give no right, and stay when a room is gone.
    rooms: Any = models.JSONField(null=True)
    digest = models.CharField(max_length=64, unique=True)  # of the secret
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)  # null: never
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token of {self.member_id}"

    def allows(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def is_for(self, room: Room) -> bool:
        return self.rooms is None or str(room.uid) in self.rooms

    @property
    def is_use_noted(self) -> bool:
        """Whether a use now is noted already."""
        used = self.last_used_at
        return used is not None and used > timezone.now() - USE_INTERVAL


def digest_of(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()
