"""Admission: finds or creates the room and the member of a WebSocket."""

from dataclasses import dataclass

from chat import policy
from chat.identity import Credentials
from chat.live.rates import GUEST, ROOM, Client, TooFast
from chat.live.visits import KnownVisit, Visit
from chat.models import Address, Member, Room, RoomId, Scope, Token
from chat.policy import STRANGER, Action, Standing
from chat.runtime import Runtime


class NoSuchRoom(Exception):
    """There is no such room, for this member."""


class NotAdmitted(Exception):
    """The member may not come in."""


class SignInFirst(Exception):
    """The account is signed out, or guests may not do this."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The room a socket is admitted to, the member it speaks for, and the client's network.

    `standing` is what the member was in the room then. `session` is the digest of the session in
    which the member's user is signed in, or of the program's token. Revocations after the row
    `since` are not in it.
    """

    room: Room
    member: Member
    network: str | None = None
    session: str | None = None
    since: int = 0
    standing: Standing = STRANGER
    token: Token | None = None  # of a program


async def admit(
    runtime: Runtime,
    address: Address,
    credentials: Credentials,
    network: str | None = None,
    opens_room: bool = True,
) -> Admission:
    """Admit a member to the room at an address. The first visit creates an open room.

    Not so if `opens_room` is false: who resumes in a room that was deleted opens no other.

    A visitor without credentials becomes a new guest, who is stored with their first change.
    Raises NoSuchRoom, NotAdmitted, SignInFirst, TooFast, QueueFull and `django.db.Error`.
    """
    since = await runtime.revocations.cursor()
    visit = Visit(address, *credentials)
    known = await runtime.visits.find(visit, network)
    room, member = known.room, known.member
    _check_right_to_enter(known, address)
    may_be_recorded = policy.may_change(member) and not visit.is_anonymous
    if room and (known.is_recent or not may_be_recorded):
        return Admission(room, member, network, known.session, since, known.standing, known.token)
    if room is None and not opens_room:
        raise NoSuchRoom
    client = Client(str(member.uid), network)
    if room is None:
        await runtime.rates.count(client, ROOM)
    is_remembered = may_be_recorded and await _count_newcomer(runtime, client, member)
    visit = visit if is_remembered else Visit(address, None)
    recorded = await runtime.visits.record(visit, network)
    if recorded is None:
        raise NoSuchRoom if isinstance(address, RoomId) else NotAdmitted
    if recorded.is_first:
        runtime.sidebars.publish_change(member)
    member = recorded.member or member
    standing = recorded.standing
    return Admission(recorded.room, member, network, known.session, since, standing, known.token)


def _check_right_to_enter(known: KnownVisit, address: Address) -> None:
    """Raises NoSuchRoom, NotAdmitted and SignInFirst: the last two whatever the room is."""
    member = known.member
    if not member.is_active:
        raise NotAdmitted
    is_id = isinstance(address, RoomId)
    may_open = known.room is not None or is_id or policy.may_change(member)
    if known.is_signed_out or not policy.may_enter(member) or not may_open:
        raise SignInFirst
    if known.room is None and is_id:
        raise NoSuchRoom
    _check_token(known)
    if known.room and not policy.may(member, Action.READ, known.room, known.standing):
        raise NotAdmitted


def _check_token(known: KnownVisit) -> None:
    """A program opens no room. Raises NoSuchRoom and NotAdmitted."""
    token = known.token
    if token is None:
        return
    if known.room is None or not token.is_for(known.room):
        raise NoSuchRoom
    if not token.allows(Scope.READ):
        raise NotAdmitted


async def _count_newcomer(runtime: Runtime, client: Client, member: Member) -> bool:
    """Count a guest who comes for the first time. False above the rate: they may only read."""
    if member.is_saved or not member.is_guest:
        return True
    try:
        await runtime.rates.count(client, GUEST)
    except TooFast:
        return False
    return True
