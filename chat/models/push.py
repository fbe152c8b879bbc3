"""Web push: the key of the installation, the browsers that take pushes, and what people want."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import TIME_ZONE_MAX_CHARACTERS, Member
from chat.models.time_zones import zone_or_default

DEVICES_MAX = 10  # of a member: a new one replaces the one that was seen longest ago
ENDPOINT_MAX_CHARACTERS = 1_000
KEY_MAX_CHARACTERS = 100
NAME_MAX_CHARACTERS = 60
SILENT_MAX = timedelta(days=14)  # a device that fails longer is forgotten
TEST_INTERVAL = timedelta(seconds=10)  # between two tests of a person
WAITS = [timedelta(seconds=it) for it in (10, 60, 600, 3_600, 4 * 3_600)]
WAIT_MAX = timedelta(hours=4)  # whatever a push service asks for


class PushKey(models.Model):
    """The installation's key pair (VAPID, RFC 8292): one row, made at the first start.

    Browsers subscribe with its public half. With another key, all would have to do so again.
    """

    private = models.CharField(max_length=KEY_MAX_CHARACTERS, editable=False)  # base64url

    def __str__(self) -> str:
        return "push key"


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    @transaction.atomic
    def register(self, member: Member, endpoint: str, **fields: Any) -> None:
        """Store a browser as the member's; another person may have used it before."""
        new = {"member": member, "seen_at": timezone.now(), **fields}
        self.update_or_create(new, endpoint=endpoint)
        latest = self.filter(member=member).order_by("-seen_at", "-pk")
        surplus = list(latest.values_list("pk", flat=True)[DEVICES_MAX:])
        self.filter(pk__in=surplus).delete()

    def begin_test(self, member: Member) -> list[int]:
        """The devices that a test goes to: none where the last test was just now."""
        PushSettings.objects.get_or_create(member=member)
        before = timezone.now() - TEST_INTERVAL
        rested = models.Q(tested_at=None) | models.Q(tested_at__lt=before)
        own = PushSettings.objects.filter(rested, member=member)
        if not own.update(tested_at=timezone.now()):
            return []
        return list(self.filter(member=member).values_list("pk", flat=True))


class PushDevice(models.Model):
    """A browser that takes pushes for a member: a push subscription (W3C Push API).

    It ends with the session in which it was registered.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="push_devices")
    session = models.CharField(max_length=64, blank=True, db_index=True)  # a digest; a guest's: ""
    endpoint = models.CharField(max_length=ENDPOINT_MAX_CHARACTERS, unique=True)
    p256dh = models.CharField(max_length=KEY_MAX_CHARACTERS)  # the browser's public key, base64url
    auth = models.CharField(max_length=KEY_MAX_CHARACTERS)  # the secret between it and us
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)  # registered again: at each visit
    pushed_at = models.DateTimeField(null=True, blank=True)  # the last push that was taken
    failing_since = models.DateTimeField(null=True, blank=True)  # null: the last push was taken
    retry_at = models.DateTimeField(null=True, blank=True)  # nothing is sent before

    objects = PushDeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or f"device {self.pk}"

    def is_resting(self, now: datetime) -> bool:
        """Whether the push service failed, and is left alone for now."""
        return self.retry_at is not None and self.retry_at > now

    def note_success(self) -> None:
        self._update(pushed_at=timezone.now(), failing_since=None, retry_at=None)

    def note_failure(self, tries: int, asked: timedelta | None) -> timedelta | None:
        """A push failed. Returns how long to wait; None: that push is given up.

        `tries` is how often it failed before; `asked` is what the push service asks to wait.
        """
        now = timezone.now()
        since = self.failing_since or now
        if now - since > SILENT_MAX:
            self.delete()
            return None
        wait = WAITS[min(tries, len(WAITS) - 1)]
        wait = min(max(wait, asked or wait), WAIT_MAX)
        self._update(failing_since=since, retry_at=now + wait)
        return wait if tries < len(WAITS) else None

    def _update(self, **fields: Any) -> None:
        """Without storing again what was deleted meanwhile."""
        PushDevice.objects.filter(pk=self.pk).update(**fields)


class PushSettings(models.Model):
    """What a member wants of all pushes. Without a row: the defaults."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="push_settings")
    shows_text = models.BooleanField(default=True)  # false: "Something new"
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=TIME_ZONE_MAX_CHARACTERS, blank=True)  # of the hours
    tested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = gettext_lazy("push settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="push_quiet_from_until",
            ),
        ]

    def __str__(self) -> str:
        return f"push settings of {self.member}"

    def is_quiet(self, now: datetime) -> bool:
        """Whether the moment is in the quiet hours, which may go past midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        zone = zone_or_default(self.time_zone)
        return is_between(now.astimezone(zone).time(), self.quiet_from, self.quiet_until)


def is_between(moment: time, first: time, last: time) -> bool:
    """Whether a time of day is in a span, which may go past midnight. From 7 to 7 is all day."""
    if first < last:
        return first <= moment < last
    return moment >= first or moment < last
