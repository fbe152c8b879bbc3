"""What a guest, a user and a deactivated user may do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import policy
from chat.models import Member, Message, Room

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
BLOCKED = Member(pk=9, name="Bert", blocked_until=timezone.now() + timedelta(hours=1))
UNBLOCKED = Member(pk=10, name="Berta", blocked_until=timezone.now() - timedelta(seconds=1))

ROLES = {
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
}
EVERYBODY = {"guest", "guest whose block is over", "account", "staff", "operator"}
OPERATORS = {"operator"}
OTHERS = Member(pk=99, name="Otto")

# Each action of policy.py: who may, and what is asked of it besides the member.
ACTIONS: dict[str, tuple[set[str], tuple[Any, ...]]] = {
    "may_enter": (EVERYBODY, ()),
    "may_find": (EVERYBODY, (ROOM,)),
    "may_read": (EVERYBODY, (ROOM,)),
    "may_change": (EVERYBODY, ()),
    "may_post": (EVERYBODY, (ROOM,)),
    "may_react": (EVERYBODY, (ROOM,)),
    "may_edit_or_delete": (set(), (Message(author=OTHERS),)),
    "may_delete_of_others": (OPERATORS, (ROOM,)),
    "may_block": (OPERATORS, (OTHERS,)),
    "may_take_back": (set(), (OTHERS,)),  # nobody: the server does, what a former member left
}


def test_every_action_has_a_row() -> None:
    assert ACTIONS.keys() == {it for it in vars(policy) if it.startswith("may_")}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_is_as_the_table_says(action: str, role: str) -> None:
    allowed, others = ACTIONS[action]
    assert getattr(policy, action)(ROLES[role], *others) == (role in allowed)


@pytest.mark.parametrize("guests", ["on", "read", "off"])
def test_what_guests_may_does_not_change_what_operators_may(
    settings: Settings, guests: str
) -> None:
    settings.GUESTS = guests
    assert policy.may_delete_of_others(OPERATOR, ROOM)
    assert policy.may_block(OPERATOR, GUEST)
    assert not policy.may_block(GUEST, USER)


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
    assert policy.may_block(OPERATOR, other) == may


def test_the_role_of_operators_is_told_and_of_others_is_not() -> None:
    told = {role: policy.role(member) for role, member in ROLES.items()}
    assert {role for role, it in told.items() if it} == OPERATORS


# --- what follows from the table ----------------------------------------------------------------


@pytest.mark.parametrize(
    "may", [policy.may_find, policy.may_read, policy.may_post, policy.may_react]
)
def test_everybody_may_take_part_except_deactivated_users(
    may: Callable[[Member, Room], bool],
) -> None:
    assert may(GUEST, ROOM)
    assert may(USER, ROOM)
    assert not may(DEACTIVATED, ROOM)


@pytest.mark.parametrize("author", [GUEST, USER])
def test_a_message_is_changed_by_its_author_alone(author: Member) -> None:
    message = Message(author=author)
    assert [it for it in (GUEST, USER) if policy.may_edit_or_delete(it, message)] == [author]


def test_a_deactivated_user_may_not_change_their_own_message() -> None:
    assert not policy.may_edit_or_delete(DEACTIVATED, Message(author=DEACTIVATED))


@pytest.mark.parametrize(
    ("guests", "enters", "changes"),
    [("on", True, True), ("read", True, False), ("off", False, False)],
)
def test_what_guests_may_is_a_setting(
    settings: Settings, guests: str, enters: bool, changes: bool
) -> None:
    settings.GUESTS = guests
    assert (policy.may_enter(GUEST), policy.may_read(GUEST, ROOM)) == (enters, enters)
    assert (policy.may_change(GUEST), policy.may_post(GUEST, ROOM)) == (changes, changes)
    assert policy.may_edit_or_delete(GUEST, Message(author=GUEST)) == changes
    assert policy.needs_account(GUEST) != changes
    assert policy.may_enter(USER)
    assert policy.may_post(USER, ROOM)
    assert not policy.needs_account(USER)


def test_who_claimed_a_guest_changes_what_the_guest_wrote() -> None:
    bob = User(pk=7, username="bob")
    member, claimed = Member(pk=8, name="Bob", user=bob), Member(pk=9, claimed_by=bob)
    assert policy.may_edit_or_delete(member, Message(author=claimed))
    assert not policy.may_edit_or_delete(GUEST, Message(author=claimed))
    assert not policy.may_edit_or_delete(member, Message(author=GUEST))
    assert not policy.may_enter(claimed)


def test_nobody_speaks_as_a_former_member() -> None:
    assert not policy.may_enter(Member(pk=9, name="Former member", is_former=True))


def test_only_what_a_former_member_left_is_taken_back() -> None:
    others = [it for it in ROLES.values() if not policy.may_take_back(it, it)]
    assert others == [it for it in ROLES.values() if it is not FORMER]
