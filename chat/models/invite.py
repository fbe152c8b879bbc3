"""Invites: links to come into a members room.

What is stored opens nothing: the token in a link is the invite's id, signed with the secret key.
"""

import uuid
from collections.abc import Iterable

from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

NOTE_MAX_CHARACTERS = 80


class InviteQuerySet(models.QuerySet["Invite"]):
    def by_token(self, token: str) -> "Invite | None":
        """The invite of a link, with its room and its maker. What is not signed takes no query."""
        if (uid := _uid_of(token)) is None:
            return None
        return self.select_related("room", "made_by__user").filter(uid=uid).first()

    def open(self) -> "InviteQuerySet":
        """Those that are not revoked, expired or used up."""
        in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        has_uses = Q(uses_max=None) | Q(uses__lt=F("uses_max"))
        return self.filter(in_time, has_uses, revoked_at=None)

    def lock(self, pk: int, room: Room) -> "Invite | None":
        """The invite into this room, locked until the end of the transaction."""
        locked = self.select_for_update(of=("self",), no_key=True).select_related("made_by__user")
        return locked.filter(pk=pk, room=room).first()

    def revoke(self) -> int:
        """Returns how many were not revoked before."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())

    def revoke_of(self, members: Iterable[Member | int]) -> None:
        """Revoke what these members made: they lose the right to invite."""
        self.filter(made_by__in=members).revoke()

    def count_use(self, invite: "Invite", member: Member) -> None:
        """Count that the member came in by a locked invite, once for each person."""
        _, is_first = InviteUse.objects.get_or_create(invite=invite, member=member)
        if is_first:
            self.filter(pk=invite.pk).update(uses=F("uses") + 1)

    def move(self, source: Member, target: Member) -> None:
        """Make the invites and uses of a member those of another one."""
        self.filter(made_by=source).update(made_by=target)
        own = InviteUse.objects.filter(member=target).values("invite")
        InviteUse.objects.filter(member=source).exclude(invite__in=own).update(member=target)

    def forget_makers(self, members: Iterable[Member]) -> None:
        """Revoke what these members made, and take their words away: the account is deleted."""
        revoked_at = Coalesce("revoked_at", timezone.now())
        self.filter(made_by__in=members).update(note="", revoked_at=revoked_at)


class Invite(models.Model):
    """Lets in whoever has its link, as long as `made_by` may invite people into the room."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, verbose_name=gettext_lazy("room"))
    made_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, verbose_name=gettext_lazy("made by")
    )
    # Of the room, when the invite was made. Who is removed later does not come back by it.
    version = models.PositiveBigIntegerField(default=0)
    note = models.CharField(gettext_lazy("note"), max_length=NOTE_MAX_CHARACTERS, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # null: never
    uses_max = models.PositiveIntegerField(null=True, blank=True)  # null: any number
    uses = models.PositiveIntegerField(default=0)
    for_guests = models.BooleanField(default=False)  # lets people without an account in, too
    # Whether newcomers see what was said before. Null: as the room has it when they come.
    sees_history = models.BooleanField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("invite")
        verbose_name_plural = gettext_lazy("invites")
        constraints = [
            models.CheckConstraint(
                condition=Q(uses_max=None) | Q(uses__lte=F("uses_max")), name="invite_has_its_uses"
            ),
        ]

    def __str__(self) -> str:
        return f"invite into {self.room}"

    @property
    def token(self) -> str:
        """What stands in the link: the same each time."""
        return _signer().sign(signing.b64_encode(self.uid.bytes).decode())

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        return self.uses_max is not None and self.uses >= self.uses_max

    @property
    def is_open(self) -> bool:
        """As InviteQuerySet.open."""
        return not (self.revoked_at or self.is_expired or self.is_used_up)


class InviteUse(models.Model):
    """A member came in by an invite: the next time does not count."""

    invite = models.ForeignKey(Invite, on_delete=models.CASCADE, db_index=False)  # indexed below
    member = models.ForeignKey(Member, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invite", "member"], name="invite_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} by {self.invite}"


def _uid_of(token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(bytes=signing.b64_decode(_signer().unsign(token).encode()))
    except (signing.BadSignature, ValueError):
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt="chat.invite", sep=".")  # a colon ends the links of some programs
