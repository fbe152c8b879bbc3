"""Bots that the keepers of a room make for it. Their tokens are for this room alone."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from chat.journal.roster_changes import Leave
from chat.models import Bot, Hears, Member, Membership, Room, Scope, Subscription, Token
from chat.programs import keeping, tokens
from chat.programs.keeping import Changed, locked

BOTS_MAX = 20  # of a room
OWNED_MAX = 50  # of a person, over all rooms


class TooManyBots(Exception):
    """The room has BOTS_MAX, or the member made OWNED_MAX."""


@transaction.atomic
def make(
    member: Member,
    room: Room,
    name: str,
    hears: Hears,
    scopes: Collection[Scope],
    seconds: int | None,
) -> tuple[Bot, str]:
    """A new bot of the room, and the secret of its token. Raises NotAllowed and TooManyBots.

    In a room that is not open, it has yet to be added.
    """
    room = locked(member, room)
    own = Bot.objects.filter(made_by=member, room__isnull=False)
    if of_room(room).count() >= BOTS_MAX or own.count() >= OWNED_MAX:
        raise TooManyBots
    bot = Bot.objects.make(name, member, hears=hears, room=room)
    _, secret = tokens.make(bot.member, member, name, list(scopes), [room], seconds)
    return bot, secret


def discard(bot: Bot) -> None:
    """Take a new bot back, which could not be added."""
    bot.member.delete()


@transaction.atomic
def renew_token(member: Member, bot: Bot) -> str:
    """A new token, which allows the same for as long. Those before are worthless.

    Raises NotAllowed.
    """
    room = locked(member, _room_of(bot))
    last = Token.objects.filter(member=bot.member_id).latest("pk")
    for it in Token.objects.valid().filter(member=bot.member_id):
        tokens.revoke(it)
    seconds = None
    if last.expires_at is not None:
        seconds = round((last.expires_at - last.created_at).total_seconds())
    scopes = [Scope(it) for it in last.scopes]
    _, secret = make_token(bot.member, member, last.name, scopes, [room], seconds)
    return secret


@transaction.atomic
def revoke(member: Member, bot: Bot, uid: UUID) -> bool:
    """Make one of the bot's tokens worthless. Returns whether it has a valid one with this uid.

    Raises NotAllowed.
    """
    room = locked(member, _room_of(bot))
    token = Token.objects.valid().filter(member=bot.member_id, uid=uid).first()
    if token is None:
        return False
    tokens.revoke(token)
    keeping.log_changed(member, room, bot.member, Changed.REVOKE)
    return True


@transaction.atomic
def make_token(
    bot: Member,
    made_by: Member,
    name: str,
    scopes: list[Scope],
    rooms: list[Room] | None,
    seconds: int | None,
) -> tuple[Token, str]:
    """As `tokens.make`, of any bot, and logged."""
    made = tokens.make(bot, made_by, name, scopes, rooms, seconds)
    _log_in(rooms, made_by, bot, Changed.TOKEN)
    return made


@transaction.atomic
def revoke_token(operator: Member, token: Token) -> None:
    """As `tokens.revoke`, for operators: of any bot, and logged."""
    if token.revoked_at is None:
        tokens.revoke(token)
        rooms = token.rooms and list(Room.objects.filter(uid__in=token.rooms))
        _log_in(rooms, operator, token.member, Changed.REVOKE)


def _log_in(rooms: list[Room] | None, by: Member, bot: Member, what: Changed) -> None:
    """In each room that a token is for; for all rooms, the log of the installation has it."""
    places: Sequence[Room | None] = rooms or [None]
    for room in places:
        keeping.log_changed(by, room, bot, what)


@transaction.atomic
def remove(member: Member, bot: Bot) -> Leave | None:
    """Make a bot's tokens worthless. Returns the change by which it leaves the room, if it must.

    What it said stays. Raises NotAllowed.
    """
    room = locked(member, _room_of(bot))
    for it in Token.objects.valid().filter(member=bot.member_id):
        tokens.revoke(it)
    Subscription.objects.filter(member=bot.member_id).delete()
    Bot.objects.filter(pk=bot.pk).update(room=None, made_by=None)
    keeping.log_removed(member, room, bot, keeping.ProgramKind.BOT)
    is_in = Membership.objects.filter(member=bot.member_id, room=room).exists()
    return Leave(room.pk, bot.member_id) if is_in else None


def of_room(room: Room) -> "QuerySet[Bot]":
    """Those that the room's keepers made, the latest first."""
    return Bot.objects.filter(room=room).select_related("member", "made_by").order_by("-pk")


def revoke_unkept(user: User) -> None:
    """Revoke the tokens of bots that this user made in rooms that they keep no longer.

    Rights are those of `user` as it is here, before it is saved.
    """
    of_rooms = Token.objects.valid().filter(member__bot__room__isnull=False)
    for maker in Member.objects.filter(user=user):
        maker.user = user
        for token in of_rooms.filter(made_by=maker).select_related("member__bot__room"):
            if not keeping.may_keep(maker, _room_of(token.member.bot)):
                tokens.revoke(token)


def find(room: Room, uid: UUID) -> Bot | None:
    return of_room(room).filter(member__uid=uid).first()


def valid_tokens(bots: Collection[Bot]) -> Mapping[int, list[Token]]:
    """Those of each, by the primary key of its member: the newest first."""
    found: dict[int, list[Token]] = {it.member_id: [] for it in bots}
    for token in Token.objects.valid().filter(member__in=found).order_by("-pk"):
        found[token.member_id].append(token)
    return found


def _room_of(bot: Bot) -> Room:
    if bot.room is None:
        raise ValueError("no bot of a room")
    return bot.room
