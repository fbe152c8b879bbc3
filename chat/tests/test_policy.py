"""What a guest, a user and a deactivated user may do."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import policy
from chat.models import Member, Message, Room

ROOM = Room(name="Lobby")
GUEST = Member(pk=1, name="Alice")
USER = Member(pk=2, name="Bob", user=User(pk=1, username="bob"))
DEACTIVATED = Member(pk=3, name="Eve", user=User(pk=2, username="eve", is_active=False))


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
