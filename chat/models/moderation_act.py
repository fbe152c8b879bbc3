"""The log of moderation: each act is a row, and so is what undoes an act."""

import uuid
from collections.abc import Collection
from typing import Any

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
    NO_GUEST_FILES = "no_guest_files", gettext_lazy("forbade guests to send files")
    GUEST_FILES = "guest_files", gettext_lazy("allowed guests to send files again")
    FILTER = "filter", gettext_lazy("set what waits for a moderator")
    APPROVE = "approve", gettext_lazy("let a held message through")
    KNOCK = "knock", gettext_lazy("made newcomers knock")
    NO_KNOCK = "no_knock", gettext_lazy("let newcomers in without knocking")
    LET_IN = "let_in", gettext_lazy("let in")
    TURN_AWAY = "turn_away", gettext_lazy("did not let in")
    REJECT = "reject", gettext_lazy("rejected a held message")
    RETENTION = "retention", gettext_lazy("set how long messages are kept")
    RENAME = "rename", gettext_lazy("renamed the room")
    ARCHIVE = "archive", gettext_lazy("archived the room")
    UNARCHIVE = "unarchive", gettext_lazy("opened the room again")
    DELETE_ROOM = "delete_room", gettext_lazy("deleted the room")
    JOIN_AS_OPERATOR = "join_as_operator", gettext_lazy("came in as an operator")
    REVOKE_INVITE = "revoke_invite", gettext_lazy("revoked an invite")
    MAKE_PROGRAM = "make_program", gettext_lazy("made a bot or a webhook")
    CHANGE_PROGRAM = "change_program", gettext_lazy("changed a bot or a webhook")
    REMOVE_PROGRAM = "remove_program", gettext_lazy("removed a bot or a webhook")
    CLOSE = "close", gettext_lazy("closed the installation to new guests")
    OPEN = "open", gettext_lazy("let new guests in again")


UNDOES = {
    ActKind.UNMUTE: ActKind.MUTE,
    ActKind.UNBAN: ActKind.BAN,
    ActKind.UNLOCK: ActKind.LOCK,
    ActKind.UNARCHIVE: ActKind.ARCHIVE,
    ActKind.OPEN: ActKind.CLOSE,
    ActKind.NO_KNOCK: ActKind.KNOCK,
    ActKind.GUEST_FILES: ActKind.NO_GUEST_FILES,
}


class LogIsKept(TypeError):
    """The log only grows: what undoes an act is another act."""


# What a person is told that was done to them, or to their messages.
TOLD = [
    ActKind.DELETE,
    ActKind.MUTE,
    ActKind.UNMUTE,
    ActKind.BAN,
    ActKind.UNBAN,
]


class ModerationActQuerySet(models.QuerySet["ModerationAct"]):
    def log(self, acts: "Collection[ModerationAct]") -> None:
        """Append acts, each with the act that it undoes. The people are told."""
        for act in acts:
            if undone := UNDOES.get(ActKind(act.kind)):
                act.undoes = self._latest(undone, act)
        if acts:
            self.bulk_create(acts)
        about_others = [it for it in acts if it.kind in TOLD and it.member_id != it.by_id]
        if told := {it.member_id for it in about_others if it.member_id is not None}:
            Member.objects.filter(pk__in=told).tell_decision()

    def _latest(self, kind: ActKind, act: "ModerationAct") -> "ModerationAct | None":
        meant = models.Q(member=act.member)
        if act.member and act.member.user_id is not None:  # what was done to a claimed guest, too
            meant |= models.Q(member__claimed_by=act.member.user_id)
        of_room = self.filter(meant, kind=kind, room=act.room)
        return of_room.order_by("-pk").first()

    def update(self, **fields: Any) -> int:
        raise LogIsKept

    def delete(self) -> Any:
        raise LogIsKept


class ModerationAct(models.Model):
    """Somebody did something to a member, to a message (`seq`) or to a room, for a reason.

    Acts at once have the same `together`. Without a room, the act was for the installation. The
    `details` name no room that is not open: operators read the log of rooms they are not in.
    """

    at = models.DateTimeField(gettext_lazy("when"), default=timezone.now, db_index=True)
    kind = models.CharField(gettext_lazy("act"), max_length=20, choices=ActKind)
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
    together = models.UUIDField(default=uuid.uuid4, db_index=True)
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LogIsKept
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise LogIsKept
