"""The log of moderation: each act is a row, and so is what undoes an act."""

import uuid
from collections.abc import Collection

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room

WHY_MAX_CHARACTERS = 250


class ActKind(models.TextChoices):
    """What was done."""

    DELETE = "delete", gettext_lazy("deleted a message")
    MUTE = "mute", gettext_lazy("muted")
    UNMUTE = "unmute", gettext_lazy("lifted a mute")
    BAN = "ban", gettext_lazy("banned")
    UNBAN = "unban", gettext_lazy("lifted a ban")
    REMOVE = "remove", gettext_lazy("removed")
    ROLE = "role", gettext_lazy("gave a role")
    LOCK = "lock", gettext_lazy("locked the room")
    UNLOCK = "unlock", gettext_lazy("unlocked the room")
    SLOW = "slow", gettext_lazy("set slow mode")
    FILTER = "filter", gettext_lazy("set what waits for a moderator")
    APPROVE = "approve", gettext_lazy("let a held message through")
    KNOCK = "knock", gettext_lazy("made newcomers knock")
    NO_KNOCK = "no knock", gettext_lazy("let newcomers in without knocking")
    LET_IN = "let in", gettext_lazy("let in")
    TURN_AWAY = "turn away", gettext_lazy("did not let in")
    REJECT = "reject", gettext_lazy("rejected a held message")
    CLOSE = "close", gettext_lazy("closed the installation to new guests")
    OPEN = "open", gettext_lazy("let new guests in again")


UNDOES = {
    ActKind.UNMUTE: ActKind.MUTE,
    ActKind.UNBAN: ActKind.BAN,
    ActKind.UNLOCK: ActKind.LOCK,
    ActKind.OPEN: ActKind.CLOSE,
    ActKind.NO_KNOCK: ActKind.KNOCK,
}


class ModerationActQuerySet(models.QuerySet["ModerationAct"]):
    def log(self, acts: "Collection[ModerationAct]") -> None:
        """Append acts, each with the act that it undoes."""
        for act in acts:
            if undone := UNDOES.get(ActKind(act.kind)):
                act.undoes = self._latest(undone, act)
        if acts:
            self.bulk_create(acts)

    def _latest(self, kind: ActKind, act: "ModerationAct") -> "ModerationAct | None":
        of_room = self.filter(kind=kind, room=act.room, member=act.member)
        return of_room.order_by("-pk").first()


class ModerationAct(models.Model):
    """Somebody did something to a member, to a message (`seq`) or to a room, for a reason.

    Acts at once have the same `together`. Without a room, the act was for the installation.
    """

    at = models.DateTimeField(gettext_lazy("when"), default=timezone.now, db_index=True)
    kind = models.CharField(gettext_lazy("act"), max_length=10, choices=ActKind)
    by = models.ForeignKey(
        Member,
        null=True,
        on_delete=models.SET_NULL,
        related_name="moderation_acts",
        verbose_name=gettext_lazy("by"),
    )
    room = models.ForeignKey(
        Room, null=True, on_delete=models.SET_NULL, verbose_name=gettext_lazy("room")
    )
    member = models.ForeignKey(  # to whom
        Member,
        null=True,
        on_delete=models.SET_NULL,
        related_name="acts_about",
        verbose_name=gettext_lazy("person"),
    )
    seq = models.PositiveBigIntegerField(null=True)  # of a message of the room
    why = models.CharField(gettext_lazy("reason"), max_length=WHY_MAX_CHARACTERS, blank=True)
    until = models.DateTimeField(gettext_lazy("until"), null=True)
    details = models.JSONField(default=dict)  # what else belongs to the kind of act
    together = models.UUIDField(default=uuid.uuid4)
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="undone_by"
    )

    objects = ModerationActQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("moderation act")
        verbose_name_plural = gettext_lazy("moderation acts")
        indexes = [models.Index(fields=["room", "at"], name="moderation_act_of_room")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
