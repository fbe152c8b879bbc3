"""What a guest, a user and a deactivated user may do."""

from copy import copy
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import policy
from chat.models import FOR_GOOD, Member, Message, Role, Room, RoomKind
from chat.policy import STRANGER, Action, Position, Standing

ROOM = Room(name="Lobby")
GUEST = Member(pk=1, name="Alice")
USER = Member(pk=2, name="Bob", user=User(pk=1, username="bob"))
DEACTIVATED = Member(pk=3, name="Eve", user=User(pk=2, username="eve", is_active=False))


# --- the table: each action, and who may --------------------------------------------------------

GUEST_OF_ROBERT = Member(pk=4, name="Robert", claimed_by=USER.user)
FORMER = Member(pk=5, name="Former member", is_former=True)
OPERATOR = Member(
    pk=6, name="Olga", user=User(pk=3, username="olga", is_staff=True, is_superuser=True)
)
STAFF = Member(pk=7, name="Sam", user=User(pk=4, username="sam", is_staff=True))
RETIRED = Member(
    pk=8,
    name="Rita",
    user=User(pk=5, username="rita", is_staff=True, is_superuser=True, is_active=False),
)
BLOCKED = Member(pk=9, name="Bert", banned_until=timezone.now() + timedelta(days=1))
UNBLOCKED = Member(pk=10, name="Berta", banned_until=timezone.now() - timedelta(seconds=1))
BOT = Member(pk=11, name="Botto", is_bot=True)

SOMEBODY = {
    "guest": GUEST,
    "guest whose block is over": UNBLOCKED,
    "account": USER,
    "staff": STAFF,
    "operator": OPERATOR,
    "blocked guest": BLOCKED,
    "deactivated account": DEACTIVATED,
    "deactivated operator": RETIRED,
    "claimed guest": GUEST_OF_ROBERT,
    "former member": FORMER,
    "bot": BOT,
}
EVERYBODY = {"guest", "guest whose block is over", "account", "staff", "operator", "bot"}
OPERATORS = {"operator"}
OTHERS = Member(pk=99, name="Otto")

# Each action that is asked of no room: who may, and what is asked of it besides the member.
EVERYWHERE: dict[str, tuple[set[str], tuple[Any, ...]]] = {
    "may_enter": (EVERYBODY, ()),
    "may_change": (EVERYBODY, ()),
    "may_begin_private_rooms": ({"account", "staff", "operator"}, ()),
    "may_ban": (OPERATORS, (OTHERS,)),
    "may_close_to_guests": (OPERATORS, ()),
    "may_take_back": (set(), (OTHERS,)),  # nobody: the server does, what a former member left
}


def test_every_action_has_a_row() -> None:
    asked_of_a_room = {"may", "may_remove", "may_sanction"}
    found = {it for it in vars(policy) if it.startswith("may")}
    assert EVERYWHERE.keys() == found - asked_of_a_room


@pytest.mark.parametrize("somebody", SOMEBODY)
@pytest.mark.parametrize("action", EVERYWHERE)
def test_who_may_is_as_the_table_says(action: str, somebody: str) -> None:
    allowed, others = EVERYWHERE[action]
    assert getattr(policy, action)(SOMEBODY[somebody], *others) == (somebody in allowed)


# --- the table of rooms: action × position × kind × state ---------------------------------------

POSITIONS: dict[str, tuple[Member, Standing]] = {
    "guest": (GUEST, STRANGER),
    "account": (USER, STRANGER),
    "operator": (OPERATOR, STRANGER),
    "guest as member": (GUEST, Standing(Role.MEMBER)),
    "member": (USER, Standing(Role.MEMBER)),
    "moderator": (USER, Standing(Role.MODERATOR)),
    "owner": (USER, Standing(Role.OWNER)),
}
IN_IT = {"guest as member", "member", "moderator", "owner"}
EVERYONE = {*POSITIONS}
MODERATORS = {"moderator", "owner"}
OWNERS = {"owner"}
NOBODY: set[str] = set()
KEEPERS = {"moderator", "owner", "operator"}

# Who may: in an open, a members and a direct room.
IN_ROOMS: dict[Action, tuple[set[str], set[str], set[str]]] = {
    Action.FIND: (EVERYONE, IN_IT, IN_IT),
    Action.READ: (EVERYONE, IN_IT, IN_IT),
    Action.SEE_PEOPLE: (EVERYONE, IN_IT, IN_IT),
    Action.SEE_SETTINGS: (KEEPERS, IN_IT, IN_IT),
    Action.POST: (EVERYONE, IN_IT, IN_IT),
    Action.POST_FILES: (EVERYONE, IN_IT, IN_IT),
    Action.REACT: (EVERYONE, IN_IT, IN_IT),
    Action.CHANGE_OWN: (EVERYONE, IN_IT, IN_IT),
    Action.SET_TOPIC: (EVERYONE, IN_IT, IN_IT),
    Action.REPORT: (EVERYONE, IN_IT, IN_IT),
    Action.DELETE_OF_OTHERS: (KEEPERS, MODERATORS, NOBODY),
    Action.MUTE: (KEEPERS, MODERATORS, NOBODY),
    Action.BAN: (KEEPERS, MODERATORS, NOBODY),
    Action.LOCK: (KEEPERS, MODERATORS, NOBODY),
    Action.SET_SLOW: (KEEPERS, MODERATORS, NOBODY),
    Action.POST_AT_ONCE: (KEEPERS, MODERATORS, NOBODY),
    Action.SET_GUEST_FILES: (KEEPERS, MODERATORS, NOBODY),
    Action.SET_FILTER: (KEEPERS, MODERATORS, NOBODY),
    Action.POST_UNFILTERED: (KEEPERS, MODERATORS, NOBODY),
    Action.SET_KNOCK: (KEEPERS, MODERATORS, NOBODY),
    Action.SEE_LOG: (KEEPERS, MODERATORS, NOBODY),
    Action.SEE_REPORTS: (KEEPERS, MODERATORS, NOBODY),
    Action.ADD_PEOPLE: (NOBODY, MODERATORS, IN_IT),
    Action.INVITE: (NOBODY, MODERATORS, NOBODY),
    Action.SET_PROGRAMS: (KEEPERS, MODERATORS, NOBODY),
    Action.REMOVE_PEOPLE: (NOBODY, MODERATORS, NOBODY),
    Action.SET_ROLES: (OWNERS | OPERATORS, OWNERS, NOBODY),
    Action.JOIN_AS_OPERATOR: (NOBODY, OPERATORS, OPERATORS),
    Action.LEAVE: (NOBODY, IN_IT, NOBODY),
    Action.RENAME: (OWNERS | OPERATORS, OWNERS, NOBODY),
    Action.SET_PICTURE: (KEEPERS, MODERATORS, NOBODY),
    Action.SET_HISTORY: (NOBODY, OWNERS, NOBODY),
    Action.SET_RETENTION: (OWNERS | OPERATORS, OWNERS, NOBODY),
    Action.ARCHIVE: (OWNERS | OPERATORS, OWNERS, NOBODY),
    Action.DELETE_ROOM: (OWNERS | OPERATORS, OWNERS, NOBODY),
}
READING = {
    Action.FIND,
    Action.READ,
    Action.SEE_PEOPLE,
    Action.SEE_SETTINGS,
    Action.SEE_LOG,
    Action.SEE_REPORTS,
}
SPEAKING = {Action.POST, Action.POST_FILES, Action.REACT, Action.CHANGE_OWN, Action.SET_TOPIC}
KEPT_IN_ARCHIVES = {
    Action.REPORT,
    Action.MUTE,
    Action.BAN,
    Action.SET_KNOCK,
    Action.SET_PROGRAMS,
    Action.REMOVE_PEOPLE,
    Action.SET_ROLES,
    Action.JOIN_AS_OPERATOR,
    Action.LEAVE,
    Action.SET_RETENTION,
    Action.ARCHIVE,
    Action.DELETE_ROOM,
}
STATES = ["", "muted", "banned", "waiting", "shut out", "locked", "archived", "deleted"]


def is_expected(action: Action, position: str, kind: RoomKind, state: str) -> bool:
    allowed = IN_ROOMS[action][list(RoomKind).index(kind)]
    if state == "deleted" or (state == "banned" and action != Action.FIND):
        return False
    if state == "waiting" and action != Action.FIND:
        allowed = allowed - {"guest", "account"}
    if state == "muted" and action in SPEAKING:
        return False
    if state == "shut out" and action in {*SPEAKING, Action.ADD_PEOPLE}:
        return False
    if state == "locked" and action in SPEAKING:
        allowed = allowed & KEEPERS
    if state == "archived" and action not in READING | KEPT_IN_ARCHIVES:
        return False
    return position in allowed


def in_state(kind: RoomKind, standing: Standing, state: str) -> tuple[Room, Standing]:
    at = timezone.now()
    times = {it: at for it in ("locked", "archived", "deleted") if it == state}
    room = Room(name="Lobby", kind=kind, **{f"{it}_at": at for it, at in times.items()})
    return room, replace(
        standing,
        muted_until=FOR_GOOD if state == "muted" else None,
        banned_until=FOR_GOOD if state == "banned" else None,
        is_shut_out=state == "shut out",
        is_waiting=state == "waiting",
    )


def test_every_action_in_a_room_is_in_the_table() -> None:
    assert list(policy.TABLE) == list(Action) == list(IN_ROOMS)


@pytest.mark.parametrize("action", Action)
def test_who_may_in_a_room_is_as_the_table_says(action: Action) -> None:
    for position, kind, state in product(POSITIONS, RoomKind, STATES):
        member, standing = POSITIONS[position]
        room, standing = in_state(kind, standing, state)
        allowed = policy.may(member, action, room, standing)
        assert allowed == is_expected(action, position, kind, state), (position, kind, state)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("somebody", [it for it in SOMEBODY if it not in EVERYBODY])
def test_who_may_not_speak_for_themselves_may_nothing_in_any_room(
    action: Action, somebody: str
) -> None:
    for kind, role in product(RoomKind, [None, *Role]):
        room, standing = Room(name="Lobby", kind=kind), Standing(role)
        assert not policy.may(SOMEBODY[somebody], action, room, standing)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("guests", ["on", "read", "off"])
def test_what_guests_may_is_a_setting_in_every_room(
    settings: Settings, guests: str, action: Action
) -> None:
    settings.GUESTS = guests
    left = {"on": set(Action), "read": READING, "off": set[Action]()}[guests]
    for kind, position in product(RoomKind, ["guest", "guest as member"]):
        member, standing = POSITIONS[position]
        is_left = action in left and is_expected(action, position, kind, "")
        assert policy.may(member, action, Room(kind=kind), standing) == is_left


RANKS = [None, Role.MEMBER, Role.MODERATOR, Role.OWNER]


@pytest.mark.parametrize("own", RANKS)
@pytest.mark.parametrize("other", Role)
def test_owners_remove_all_and_others_those_below_them(own: Role | None, other: Role) -> None:
    is_above = RANKS.index(own) > RANKS.index(other)
    assert policy.may_remove(Standing(own), other) == (own == Role.OWNER or is_above)


@pytest.mark.parametrize("own", POSITIONS)
@pytest.mark.parametrize("other", POSITIONS)
def test_nobody_is_muted_or_banned_by_an_equal_or_a_lower_one(own: str, other: str) -> None:
    order = ["guest", "account", "member", "moderator", "owner", "operator"]
    (by, by_standing), (whom, whoms) = POSITIONS[own], POSITIONS[other]
    whom = copy(whom)
    whom.pk = 98
    ranks = [order.index(policy.position_of(*it)) for it in ((by, by_standing), (whom, whoms))]
    is_lower = ranks[0] > ranks[1] and other != "operator"
    assert policy.may_sanction(by, by_standing, whom, whoms) == is_lower


def test_nobody_mutes_themselves_or_a_former_member() -> None:
    assert not policy.may_sanction(OPERATOR, STRANGER, OPERATOR, STRANGER)
    assert not policy.may_sanction(OPERATOR, STRANGER, FORMER, STRANGER)


def test_an_operator_in_a_room_is_not_banned_from_it() -> None:
    owner, operators = Standing(Role.OWNER), Standing(Role.MEMBER)
    assert not policy.may_sanction(USER, owner, OPERATOR, operators)


def test_every_position_has_a_place_in_the_table() -> None:
    found = {policy.position_of(*it) for it in POSITIONS.values()}
    assert found == set(Position)


def test_the_role_is_told_and_that_of_everybody_is_not() -> None:
    told = {it: policy.role(*POSITIONS[it]) for it in POSITIONS}
    assert {it for it, role in told.items() if role is None} == {"guest", "account"}
    assert told["operator"] == "operator"
    assert told["guest as member"] == "member"


@pytest.mark.parametrize("guests", ["on", "read", "off"])
def test_what_guests_may_does_not_change_what_operators_may(
    settings: Settings, guests: str
) -> None:
    settings.GUESTS = guests
    assert policy.may(OPERATOR, Action.DELETE_OF_OTHERS, ROOM, STRANGER)
    assert policy.may_ban(OPERATOR, GUEST)
    assert not policy.may_ban(GUEST, USER)


@pytest.mark.parametrize(
    ("other", "may"),
    [
        (GUEST, True),
        (USER, True),
        (GUEST_OF_ROBERT, True),
        (OPERATOR, False),
        (Member(pk=11, name="Olga on a bus", claimed_by=OPERATOR.user), False),
        (FORMER, False),
    ],
)
def test_an_operator_blocks_everybody_but_operators_and_who_is_gone(
    other: Member, may: bool
) -> None:
    assert policy.may_ban(OPERATOR, other) == may


# --- what follows from the table ----------------------------------------------------------------


@pytest.mark.parametrize("author", [GUEST, USER])
def test_a_message_is_its_authors_alone(author: Member) -> None:
    message = Message(author=author)
    assert [it for it in (GUEST, USER) if policy.is_author(it, message)] == [author]


@pytest.mark.parametrize(
    ("guests", "enters", "changes"),
    [("on", True, True), ("read", True, False), ("off", False, False)],
)
def test_what_guests_may_is_a_setting(
    settings: Settings, guests: str, enters: bool, changes: bool
) -> None:
    settings.GUESTS = guests
    assert policy.may_enter(GUEST) == enters
    assert policy.may_change(GUEST) == changes
    assert policy.needs_account(GUEST) != changes
    assert policy.may_enter(USER)
    assert policy.may_change(USER)
    assert not policy.needs_account(USER)


def test_who_claimed_a_guest_changes_what_the_guest_wrote() -> None:
    bob = User(pk=7, username="bob")
    member, claimed = Member(pk=8, name="Bob", user=bob), Member(pk=9, claimed_by=bob)
    assert policy.is_author(member, Message(author=claimed))
    assert not policy.is_author(GUEST, Message(author=claimed))
    assert not policy.is_author(member, Message(author=GUEST))
    assert not policy.may_enter(claimed)


def test_nobody_speaks_as_a_former_member() -> None:
    assert not policy.may_enter(Member(pk=9, name="Former member", is_former=True))


def test_only_what_a_former_member_left_is_taken_back() -> None:
    others = [it for it in SOMEBODY.values() if not policy.may_take_back(it, it)]
    assert others == [it for it in SOMEBODY.values() if it is not FORMER]
