"""Revocations: rights that were taken away, in the order in which they were committed.

Each process is a cursor on these rows: it closes the sockets that no longer may be open. A row is
appended in the transaction that takes the right away.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.room import Room

KEPT = timedelta(days=1)  # then rows are deleted
LOCK = 0x10BB7  # names our lock in PostgreSQL


class Why(models.TextChoices):
    """Which right was taken away."""

    SESSION = "session", gettext_lazy("session ended")
    TOKEN = "token", gettext_lazy("token revoked")
    PASSWORD = "password", gettext_lazy("password changed")
    DEACTIVATED = "deactivated", gettext_lazy("account deactivated")
    DELETED = "deleted", gettext_lazy("account deleted")
    CLAIMED = "claimed", gettext_lazy("guest claimed by an account")
    REMOVED = "removed", gettext_lazy("removed from a room")
    BANNED = "banned", gettext_lazy("banned")
    MUTED = "muted", gettext_lazy("muted")  # or no longer; closes no socket
    KNOCK = "knock", gettext_lazy("newcomers knock")  # who was let in comes back
    ROOM_DELETED = "room deleted", gettext_lazy("room deleted")


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def append(self, why: Why, **subject: Any) -> "Revocation":
        """Append a row to the transaction, and delete those older than KEPT.

        Appends wait for each other's commits, so that no row appears before one that is read.
        """
        with transaction.atomic():
            self._prepare_append()
            return self.create(why=why, **subject)

    def append_all(self, rows: "Collection[Revocation]") -> None:
        """Append rows as `append` does. Sends no signal, so the caller nudges."""
        if rows:
            with transaction.atomic():
                self._prepare_append()
                self.bulk_create(rows)

    def head(self) -> int:
        """The primary key of the last row; 0 before the first."""
        last: int = self.aggregate(last=models.Max("pk", default=0))["last"]
        return last

    def after(self, pk: int, limit: int) -> "list[Revocation]":
        return list(self.filter(pk__gt=pk).order_by("pk")[:limit])

    def _prepare_append(self) -> None:
        if connection.vendor == "postgresql":  # SQLite has one writer anyway
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        self.filter(at__lt=timezone.now() - KEPT).delete()


class Revocation(models.Model):
    """A member, or a network, may no longer be in a room, or in any (`room` is null).

    Without both, nobody may be in the room any more.
    """

    member = models.UUIDField(null=True, blank=True)  # the uid: the row outlives an account
    # A digest, of a session or a token; empty: all of the member's.
    session = models.CharField(max_length=64, blank=True)
    network = models.CharField(max_length=64, blank=True)  # a digest; its guests are meant
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE)
    why = models.CharField(max_length=16, choices=Why)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = RevocationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("revocation")
        verbose_name_plural = gettext_lazy("revocations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member__isnull=False)
                | ~models.Q(network="")
                | models.Q(room__isnull=False),
                name="revocation_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()}: {self.member or self.network or self.room_id}"
