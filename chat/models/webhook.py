"""Outgoing webhooks: bots to whose address their changes are pushed, from a cursor that is kept."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.bot import Bot
from chat.models.member import Member
from chat.models.program_cursor import Positions, ProgramCursor
from chat.models.room import Room

URL_MAX_CHARACTERS = 2_000
SECRET_MAX_CHARACTERS = 100
FORMER_SIGNS = timedelta(days=1)  # the secret before, beside the new one
LEASE = timedelta(minutes=1)  # no other process pushes meanwhile; a push takes much less
WAITS = [timedelta(seconds=it) for it in (10, 30, 120, 600, 1_800, 3_600, 3 * 3_600, 6 * 3_600)]
TRIED_FOR = timedelta(days=3)  # since the first failure; then it is paused
TEST_INTERVAL = timedelta(seconds=10)
GONE = 410  # the status of HTTP


class Why(models.TextChoices):
    """Why nothing is pushed."""

    PERSON = "person", gettext_lazy("somebody paused it")
    FAILING = "failing", gettext_lazy("its receiver did not take a delivery for three days")
    GONE = "gone", gettext_lazy("its receiver wants nothing more (410)")
    OWNER = "owner", gettext_lazy("who made it no longer keeps this room")


class Trouble(models.TextChoices):
    """What came of a delivery that was not taken, or of its answer."""

    STATUS = "status", gettext_lazy("the receiver refused it")
    REDIRECT = "redirect", gettext_lazy("the receiver redirects, which is not followed")
    ADDRESS = "address", gettext_lazy("the address is none that this server may reach")
    SLOW = "slow", gettext_lazy("the receiver was too slow")
    BROKEN = "broken", gettext_lazy("the connection failed or broke")
    REPLY = "reply", gettext_lazy("taken, but its answer could not be posted")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def with_all(self) -> "WebhookQuerySet":
        return self.select_related("bot__member", "made_by__user", "cursor", "room")

    def to_follow(self) -> "WebhookQuerySet":
        """Those for which there may be something to push."""
        return self.filter(Q(paused_at=None) | Q(test_asked_at__isnull=False))

    def take(self, pk: int) -> "uuid.UUID | None":
        """Lease a webhook; None where another process pushes for it. The database lets one."""
        lease, now = uuid.uuid4(), timezone.now()
        is_free = Q(leased_until=None) | Q(leased_until__lt=now)
        taken = self.filter(is_free, pk=pk).update(lease=lease, leased_until=now + LEASE)
        return lease if taken else None

    def held(self, pk: int, lease: uuid.UUID) -> "WebhookQuerySet":
        """The row, unless the lease is over and another process has it."""
        return self.filter(pk=pk, lease=lease)

    def release(self, pk: int, lease: uuid.UUID) -> None:
        self.held(pk, lease).update(lease=None, leased_until=None)

    @transaction.atomic
    def note_taken(
        self, webhook: "Webhook", lease: uuid.UUID, to: Positions, trouble: str = ""
    ) -> None:
        """The receiver has what lies before `to`. The lease is over."""
        ProgramCursor.objects.move(webhook.cursor, to)
        self.held(webhook.pk, lease).update(
            lease=None,
            leased_until=None,
            delivered_at=timezone.now(),
            failing_since=None,
            retry_at=None,
            failures=0,
            trouble=trouble,
            status=None,
        )

    def note_failure(
        self,
        webhook: "Webhook",
        lease: uuid.UUID,
        trouble: Trouble,
        status: int | None,
        asked: timedelta | None = None,
    ) -> Why | None:
        """A delivery was not taken. Returns why the webhook is paused now, if it is.

        The lease is over. `asked` is how long the receiver asks to wait.
        """
        now = timezone.now()
        since = webhook.failing_since or now
        wait = WAITS[min(webhook.failures, len(WAITS) - 1)]
        wait = min(max(wait, asked or wait), WAITS[-1])
        failed: dict[str, Any] = {
            "lease": None,
            "leased_until": None,
            "failing_since": since,
            "failures": webhook.failures + 1,
            "trouble": trouble,
            "status": status,
            "retry_at": min(now + wait, max(since + TRIED_FOR, now)),
        }
        if not self.held(webhook.pk, lease).update(**failed):
            return None
        is_over = now - since >= TRIED_FOR
        why = Why.GONE if status == GONE else Why.FAILING if is_over else None
        return why if why and self.pause(webhook.pk, why) else None

    def pause(self, pk: int, why: Why) -> bool:
        """Returns whether it was not paused before."""
        running = self.filter(pk=pk, paused_at=None)
        return bool(running.update(paused_at=timezone.now(), why_paused=why))

    def ask_for_test(self, pk: int) -> bool:
        """Let something be pushed that says nothing. Returns False where that was just now."""
        now = timezone.now()
        rested = Q(tested_at=None) | Q(tested_at__lt=now - TEST_INTERVAL)
        return bool(self.filter(rested, pk=pk, test_asked_at=None).update(test_asked_at=now))

    def note_test(self, pk: int, trouble: str, status: int | None) -> None:
        self.filter(pk=pk).update(
            test_asked_at=None,
            tested_at=timezone.now(),
            test_trouble=trouble,
            test_status=status,
        )


class Webhook(models.Model):
    """Pushes what its bot is told to an address, as long as who made it keeps the room."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE)  # whose settings have it
    bot = models.OneToOneField(Bot, on_delete=models.CASCADE)  # it is told of its rooms
    made_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="made_webhooks"
    )
    cursor = models.OneToOneField(ProgramCursor, on_delete=models.CASCADE)
    url = models.CharField(max_length=URL_MAX_CHARACTERS)
    secret = models.CharField(max_length=SECRET_MAX_CHARACTERS)  # with which deliveries are signed
    former_secret = models.CharField(max_length=SECRET_MAX_CHARACTERS, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)  # until then, both sign
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    paused_at = models.DateTimeField(null=True, blank=True)
    why_paused = models.CharField(max_length=16, choices=Why, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)  # the last one that was taken
    failing_since = models.DateTimeField(null=True, blank=True)  # null: the last one was taken
    failures = models.PositiveIntegerField(default=0)  # in a row
    retry_at = models.DateTimeField(null=True, blank=True)  # nothing is pushed before
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)  # of the last one
    status = models.PositiveIntegerField(null=True, blank=True)  # of HTTP; where it was refused

    test_asked_at = models.DateTimeField(null=True, blank=True)  # null: none is on its way
    tested_at = models.DateTimeField(null=True, blank=True)
    test_trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    test_status = models.PositiveIntegerField(null=True, blank=True)

    lease = models.UUIDField(null=True, blank=True)  # of the process that pushes
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("outgoing webhook")
        verbose_name_plural = gettext_lazy("outgoing webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at=None, why_paused="")
                | (Q(paused_at__isnull=False) & ~Q(why_paused="")),
                name="webhook_paused_why",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    @property
    def name(self) -> str:
        return self.bot.member.name

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    def is_resting(self, now: datetime) -> bool:
        """Whether its receiver failed, and is left alone for now."""
        return self.retry_at is not None and self.retry_at > now

    def secrets(self, now: datetime) -> list[str]:
        """With which a delivery is signed now: the newest first."""
        is_kept = self.former_until is not None and self.former_until > now
        return [self.secret, self.former_secret] if is_kept else [self.secret]
