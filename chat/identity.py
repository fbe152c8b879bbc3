"""Who speaks: the own member of the signed-in user, else the guest of the browser's cookie.

Pages and sockets ask here. A browser without a session cookie costs no query more than a guest.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from chat.guest_cookie import guest_of
from chat.models import Member, Sanction, Token
from chat.models.sanction import network_digest

SESSION_KEY_MAX_CHARACTERS = 40  # of Session.session_key
NO_SESSION = "none"


class Credentials(NamedTuple):
    """What a browser shows: the id in its guest cookie, its session key, and its network.

    A program shows a token, of which this has the digest, and nothing else.
    """

    guest: UUID | None = None
    session_key: str | None = None
    network: str | None = None
    token: str | None = None


class Speaker(NamedTuple):
    """Who speaks, and in which session (`session_digest`); a guest speaks in none.

    Of a program, the session is the digest of its `token`, which says what it may.
    `is_signed_out`: the credentials were those of an account, and are no longer valid.
    """

    member: Member
    session: str | None = None
    is_signed_out: bool = False
    token: Token | None = None


class SignIn(NamedTuple):
    """The user of a valid session, and the hash of the password the user signed in with."""

    user_id: int
    password_hash: str


def credentials_of(cookies: Mapping[str, str], network: str | None = None) -> Credentials:
    """What the cookies of a request or a handshake say about who speaks, from which network."""
    return Credentials(guest_of(cookies), _session_key_of(cookies), network)


def _session_key_of(cookies: Mapping[str, str]) -> str | None:
    """The key in the session cookie; of any other text, one that no session has."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    is_key = key.isascii() and key.isalnum() and len(key) <= SESSION_KEY_MAX_CHARACTERS
    return key if is_key else NO_SESSION


def session_digest(session_key: str) -> str:
    """Names a session where the key itself would give access to the session."""
    return sha256(session_key.encode()).hexdigest()


def find_speaker(credentials: Credentials) -> Speaker:
    """Find who speaks, as `find_speakers` does for many browsers."""
    return find_speakers([credentials])[credentials]


def hold_speaker(credentials: Credentials) -> Speaker:
    """Find who speaks, as it stays until the transaction ends.

    A sign-out, a new password or a deletion of the account waits for the commit. Locks the user
    before the session, as deletions do.
    """
    speaker = find_speaker(credentials)
    user = speaker.member.user
    if speaker.session is None or user is None:
        return speaker
    User.objects.select_for_update().filter(pk=user.pk).first()
    Session.objects.select_for_update().filter(session_key=credentials.session_key).first()
    return find_speaker(credentials)


def find_speakers(credentials: Iterable[Credentials]) -> dict[Credentials, Speaker]:
    """Find who speaks, with as many queries for many browsers as for one.

    A guest takes one query, a signed-in user two: the session, and the member with the user.
    """
    wanted = set(credentials)
    of_programs = {it for it in wanted if it.token}
    wanted -= of_programs
    found, signed_out = _find_signed_in({it for it in wanted if it.session_key})
    found.update(_find_guests(wanted - found.keys(), signed_out))
    return found | _find_programs(of_programs) if of_programs else found


# --- programs -----------------------------------------------------------------------------------


def _find_programs(wanted: Collection[Credentials]) -> dict[Credentials, Speaker]:
    """The members whose tokens these are; strangers who are signed out for other tokens."""
    rows = Token.objects.valid().select_related("member__user")
    tokens = {it.digest: it for it in rows.filter(digest__in=[it.token for it in wanted])}
    return {it: _program(tokens.get(it.token or "")) for it in wanted}


def _program(token: Token | None) -> Speaker:
    if token is None:
        return Speaker(Member.new_guest(uuid4()), None, is_signed_out=True)
    return Speaker(token.member, token.digest, token=token)


# --- sessions -----------------------------------------------------------------------------------


def _find_signed_in(
    wanted: Collection[Credentials],
) -> tuple[dict[Credentials, Speaker], set[Credentials]]:
    """The speakers with a session, and the credentials whose session is over."""
    if not wanted:
        return {}, set()
    sessions = _sessions({it.session_key for it in wanted if it.session_key})
    sign_ins = {
        it: _sign_in(sessions[it.session_key or ""]) for it in wanted if it.session_key in sessions
    }
    members = _members_of_users({it.user_id for it in sign_ins.values() if it})
    found, signed_out = {}, wanted - sign_ins.keys()
    for it, sign_in in sign_ins.items():
        member = members.get(sign_in.user_id) if sign_in else None
        if sign_in and member and member.user and _is_valid(sign_in, member.user):
            found[it] = Speaker(member, session_digest(str(it.session_key)))
        elif sign_in:
            signed_out.add(it)
    return found, signed_out


def _sessions(keys: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """The content of the sessions that exist and have not expired, by their keys."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    model: type[AbstractBaseSession] = store.get_model_class()
    rows = model._default_manager.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return {row.session_key: store().decode(row.session_data) for row in rows}


def _sign_in(session: Mapping[str, Any]) -> SignIn | None:
    """The sign-in of a session; None for the session of a visitor."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user_id = User._meta.pk.to_python(session[SESSION_KEY])
    return SignIn(user_id, session.get(HASH_SESSION_KEY, ""))


def _is_valid(sign_in: SignIn, user: User) -> bool:
    """Whether the password is still the one with which the user signed in."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(sign_in.password_hash, it) for it in hashes)


def _members_of_users(user_ids: Collection[int]) -> dict[int, Member]:
    """Own members, by their user's primary key; new ones of users who have none yet."""
    if not user_ids:
        return {}
    of_users = Q(user__in=user_ids) | Q(claimed_by__in=user_ids)
    members = list(Member.objects.select_related("user").filter(of_users))
    found = {it.user_id: it for it in members if it.user_id}
    for it in members:
        if own := found.get(it.claimed_by_id or 0):
            own.claimed_uids = (*own.claimed_uids, it.uid)
    if missing := user_ids - found.keys():
        users = User.objects.filter(pk__in=missing)
        found.update({user.pk: Member.new_of_user(user) for user in users})
    return found


# --- guests -------------------------------------------------------------------------------------


def _find_guests(
    wanted: Collection[Credentials], signed_out: Collection[Credentials]
) -> dict[Credentials, Speaker]:
    digests = {it: network_digest(it.network) for it in wanted if it.network}
    members = _guests_and_blocked({it.guest for it in wanted if it.guest}, digests.values())
    is_any_blocked = any(it.is_banned for it in members.values())
    untils = Sanction.objects.untils(digests.values()) if is_any_blocked else {}
    found = {}
    for it in wanted:
        guest = (members.get(it.guest) or Member.new_guest(it.guest)) if it.guest else None
        speaker = _guest(guest, is_signed_out=it in signed_out)
        speaker.member.network_digest = digests.get(it, "")
        found[it] = _at_network(speaker, untils.get(digests.get(it, "")))
    return found


def _guests_and_blocked(uids: Collection[UUID], digests: Collection[str]) -> dict[UUID, Member]:
    """The stored guests, and who is blocked at these networks: mostly nobody, so in one query.

    One more reads the accounts of those who have one.
    """
    wanted = Q(uid__in=uids)
    if digests:
        wanted |= Q(pk__in=Sanction.objects.at(digests).values("member"))
    members = Member.objects.filter(wanted)
    prefetch_related_objects([it for it in members if not it.is_guest], "user", "claimed_by")
    return {it.uid: it for it in members}


def _at_network(speaker: Speaker, until: datetime | None) -> Speaker:
    """A guest at a blocked network is blocked as long as the network is."""
    if until is None or speaker.member.is_banned or not speaker.member.is_guest:
        return speaker
    member = copy(speaker.member)
    member.banned_until = until
    return speaker._replace(member=member)


def _guest(member: Member | None, *, is_signed_out: bool) -> Speaker:
    """The guest of a cookie; a new one, where the cookie's guest has an account, or was claimed."""
    if member is None or member.is_bot:  # only a token speaks for a bot
        return Speaker(Member.new_guest(uuid4()), None, is_signed_out)
    if member.account and member.account.is_active:
        return Speaker(Member.new_guest(uuid4()), None, is_signed_out=True)
    return Speaker(member, None, is_signed_out)
