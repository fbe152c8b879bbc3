"""The commands that a room's composer offers: those that the bots there have declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat import access
from chat.models import Bot, Member, Membership, Room, Scope, Subscription, Token, parse_address
from chat.policy import Action

BOTS_MAX = 100  # of a room, that are looked at
OFFERED_MAX = 200


@dataclass(frozen=True, slots=True)
class OfferedCommand:
    """One that a bot has declared: see Bot.commands."""

    name: str
    hint: str
    description: str
    bot: str  # its name


def offered(room: Room) -> list[OfferedCommand]:
    """Those of the bots that are told now what is said in the room, by name."""
    bots = sorted(_listening(room), key=lambda it: (it.member.name_key, it.pk))
    return list(islice(_commands_of(bots), OFFERED_MAX))


def _commands_of(bots: Iterable[Bot]) -> Iterable[OfferedCommand]:
    for bot in bots:
        for it in bot.commands:
            yield OfferedCommand(it["name"], it["hint"], it["description"], bot.member.name)


def _listening(room: Room) -> list[Bot]:
    """The bots with commands that are in the room, may read it, and have a token for that."""
    bots = list(_declaring_in(room).select_related("member__user").order_by("pk")[:BOTS_MAX])
    address = parse_address(room.address)
    found = access.find_many((it.member, address) for it in bots)
    reading = _with_token([it.member for it in bots], room)
    return [
        bot
        for bot, it in zip(bots, found, strict=True)
        if it and it.may(bot.member, Action.READ) and bot.member_id in reading
    ]


def _declaring_in(room: Room) -> "QuerySet[Bot]":
    of_bot = {"room": room.pk, "member": OuterRef("member")}
    is_in = Q(Exists(Membership.objects.filter(**of_bot)))
    if room.is_open:
        is_in |= Q(Exists(Subscription.objects.filter(**of_bot, kept_at__isnull=False)))
    return Bot.objects.filter(is_in).exclude(commands=[])


def _with_token(members: Iterable[Member], room: Room) -> set[int]:
    """The primary keys of those with a valid token that reads in the room."""
    tokens = Token.objects.valid().filter(member__in=[it.pk for it in members])
    return {it.member_id for it in tokens if it.allows(Scope.READ) and it.is_for(room)}
