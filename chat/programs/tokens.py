"""What a token lets a program do: its member's rights, within its scopes and its rooms."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat import access, policy
from chat.access import Found
from chat.models import Address, Member, Revocation, Room, Scope, Subscription, Token
from chat.models.revocation import Why
from chat.models.token import TOKENS_MAX


class TooManyTokens(Exception):
    """The member has TOKENS_MAX valid ones."""


@dataclass(frozen=True, slots=True)
class Program:
    """Who asks with a valid token. `policy` says what the member may, as of anybody."""

    token: Token

    @property
    def member(self) -> Member:
        return self.token.member

    def may(self, scope: Scope) -> bool:
        return self.token.allows(scope)

    def find(self, address: Address) -> Found | None:
        """The room at an address; None where its member, or the token, may not find it."""
        found = access.find(self.member, address)
        return found if found and self.token.is_for(found.room) else None


def find(secret: str) -> Program | None:
    """Who asks with a secret; None if no valid token has it."""
    token = Token.objects.by_secret(secret)
    return Program(token) if token else None


def find_again(program: Program) -> Program | None:
    """The same program as it stands now; None where it may not speak any longer."""
    token = Token.objects.by_digest(program.token.digest)
    return Program(token) if token and policy.may_enter(token.member) else None


def note_use(program: Program) -> None:
    Token.objects.note_use(program.token)


@transaction.atomic
def make(
    member: Member,
    made_by: Member,
    name: str,
    scopes: list[Scope],
    rooms: list[Room] | None,
    seconds: int | None,
) -> tuple[Token, str]:
    """A new token, and its secret, which nothing else shows. Raises TooManyTokens.

    A bot comes into the open rooms that its token is for: nobody else lets it in there.
    """
    Member.objects.select_for_update().filter(pk=member.pk).first()  # one at a time
    if Token.objects.valid().filter(member=member).count() >= TOKENS_MAX:
        raise TooManyTokens
    for room in rooms or [] if member.is_bot else []:
        if room.is_open:
            Subscription.objects.keep(member, room)
    expires_at = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    return Token.objects.make(member, made_by, name, scopes, rooms, expires_at)


@transaction.atomic
def revoke(token: Token) -> None:
    """Make a token worthless, now: its open sockets and waiting requests end as well."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        Revocation.objects.append(Why.TOKEN, member=token.member.uid, session=token.digest)
