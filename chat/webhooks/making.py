"""Who makes outgoing webhooks, and what may be done with them: asked for in the transaction."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.journal.roster_changes import Leave
from chat.models import (
    Bot,
    Hears,
    Member,
    Membership,
    Room,
    Scope,
    Subscription,
    Token,
    Webhook,
)
from chat.models.webhook import FORMER_SIGNS, Why
from chat.programs import cursors, keeping
from chat.programs.keeping import Changed, locked, may_keep
from chat.programs.tokens import Program
from chat.webhooks.signing import new_secret

WEBHOOKS_MAX = 10  # of a room
OWNED_MAX = 50  # of a person
CURSOR = "webhook:{}"  # no program may name its own so


class TooManyWebhooks(Exception):
    """The room has WEBHOOKS_MAX, or the member made OWNED_MAX."""


@transaction.atomic
def make(member: Member, room: Room, name: str, url: str, hears: Hears) -> Webhook:
    """A new webhook, its bot and its cursor, which begins now. Raises NotAllowed, TooManyWebhooks.

    In a room that is not open, its bot has yet to be added.
    """
    room = locked(member, room)
    of_room, own = Webhook.objects.filter(room=room), Webhook.objects.filter(made_by=member)
    if of_room.count() >= WEBHOOKS_MAX or own.count() >= OWNED_MAX:
        raise TooManyWebhooks
    bot = Bot.objects.make(name, member, hears=hears)
    if room.is_open:
        Subscription.objects.keep(bot.member, room)
    webhook = Webhook(room=room, bot=bot, made_by=member, url=url, secret=new_secret())
    webhook.cursor = cursors.begin(program_of(bot), CURSOR.format(webhook.uid))
    webhook.save()
    return webhook


def discard(webhook: Webhook) -> None:
    """Take a new webhook back, whose bot could not be added."""
    webhook.bot.member.delete()


@transaction.atomic
def pause(member: Member, webhook: Webhook) -> None:
    """Raises NotAllowed."""
    locked(member, webhook.room)
    pause_as_operator(member, webhook)


@transaction.atomic
def resume(member: Member, webhook: Webhook) -> None:
    """Go on where it stopped. Where who made it keeps the room no longer, it is the member's.

    Raises NotAllowed.
    """
    room = locked(member, webhook.room)
    going: dict[str, Any] = {"failing_since": None, "retry_at": None, "failures": 0}
    if not is_kept(webhook):
        going["made_by"] = member
        Bot.objects.filter(pk=webhook.bot_id).update(made_by=member)
    going |= {"paused_at": None, "why_paused": "", "trouble": "", "status": None}
    found = Webhook.objects.filter(pk=webhook.pk, room=room)
    if found.filter(paused_at__isnull=False).exists():
        keeping.log_changed(member, room, webhook.bot.member, Changed.RESUME)
    found.update(**going)


@transaction.atomic
def renew_secret(member: Member, webhook: Webhook) -> str:
    """A new secret; the former one signs as well for FORMER_SIGNS. Raises NotAllowed."""
    room = locked(member, webhook.room)
    secret, until = new_secret(), timezone.now() + FORMER_SIGNS
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    Webhook.objects.filter(pk=webhook.pk).update(
        secret=secret, former_secret=row.secret, former_until=until
    )
    keeping.log_changed(member, room, webhook.bot.member, Changed.SECRET)
    return secret


@transaction.atomic
def ask_for_test(member: Member, webhook: Webhook) -> bool:
    """Returns False where the last test was just now. Raises NotAllowed."""
    locked(member, webhook.room)
    return Webhook.objects.ask_for_test(webhook.pk)


@transaction.atomic
def delete(member: Member, webhook: Webhook) -> list[Leave]:
    """Forget a webhook. Returns the changes by which its bot leaves its rooms.

    Raises NotAllowed.
    """
    locked(member, webhook.room)
    return forget(member, webhook)


@transaction.atomic
def pause_as_operator(operator: Member, webhook: Webhook) -> bool:
    """As `pause`, for operators. Returns whether it was not paused before."""
    is_new = Webhook.objects.pause(webhook.pk, Why.PERSON)
    if is_new:
        keeping.log_changed(operator, webhook.room, webhook.bot.member, Changed.PAUSE)
    return is_new


@transaction.atomic
def forget(member: Member, webhook: Webhook) -> list[Leave]:
    """As `delete`, for operators. What the bot said stays."""
    keeping.log_removed(member, webhook.room, webhook.bot, keeping.ProgramKind.WEBHOOK)
    bot = webhook.bot.member
    webhook.cursor.delete()
    Subscription.objects.filter(member=bot).delete()
    rooms = Membership.objects.filter(member=bot, room__deleted_at=None)
    return [Leave(it, bot.pk) for it in rooms.values_list("room", flat=True)]


def find(room: Room, uid: UUID) -> Webhook | None:
    return Webhook.objects.with_all().filter(room=room, uid=uid).first()


def program_of(bot: Bot) -> Program:
    """The bot of a webhook as a program in all its rooms, without a stored token."""
    return Program(Token(member=bot.member, scopes=[Scope.READ.value], rooms=None))


def is_kept(webhook: Webhook) -> bool:
    """Whether who made the webhook may still make one."""
    maker, room = webhook.made_by, webhook.room
    return maker is not None and may_keep(maker, room)
