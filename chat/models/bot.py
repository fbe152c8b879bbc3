"""Bots: members that programs alone speak as. They are shown as such, and have no account."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.room import Room


class Hears(models.TextChoices):
    """What of its rooms a bot is told."""

    ALL = "all", gettext_lazy("everything")
    ADDRESSED = "addressed", gettext_lazy("what mentions it, and commands")


class BotQuerySet(models.QuerySet["Bot"]):
    @transaction.atomic
    def make(self, name: str, made_by: Member | None, **terms: Any) -> "Bot":
        """A new bot, and its member. The name is clean, and looks like no account's."""
        member = Member.objects.create(name=name, is_bot=True)
        return self.create(member=member, made_by=made_by, **terms)

    @transaction.atomic
    def note_told(self, bot: "Bot", cause: str, silence: timedelta) -> bool:
        """Note that the owner is told now. False: of this cause, not so long ago."""
        if bot.was_told(cause, silence):
            return False
        locked = self.select_for_update().get(pk=bot.pk)
        if locked.was_told(cause, silence):
            return False
        locked.told[cause] = timezone.now().isoformat()
        locked.save(update_fields=["told"])
        return True


class Bot(models.Model):
    """What a bot's program is told. Its right to speak is a token of its member."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE)
    made_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="made_bots"
    )
    room = models.ForeignKey(  # whose keepers made it: its tokens are for this one alone
        Room, null=True, blank=True, on_delete=models.CASCADE, related_name="own_bots"
    )
    hears = models.CharField(
        gettext_lazy("is told"), max_length=16, choices=Hears, default=Hears.ALL
    )
    hears_own = models.BooleanField(gettext_lazy("is told what it says itself"), default=False)
    # Of {"name", "description", "hint"}; none: it is addressed by whatever begins with a slash.
    commands: Any = models.JSONField(default=list, editable=False)
    told: Any = models.JSONField(default=dict, editable=False)  # by cause: when the owner was told

    objects = BotQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("bot")
        verbose_name_plural = gettext_lazy("bots")

    def __str__(self) -> str:
        return str(self.member)

    def was_told(self, cause: str, silence: timedelta) -> bool:
        """Whether the owner was told of this cause, not so long ago."""
        last = self.told.get(cause)
        return last is not None and timezone.now() < datetime.fromisoformat(last) + silence
