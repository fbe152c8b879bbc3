"""What a guest, a user and a deactivated user may do."""

from collections.abc import Callable

import pytest

from accounts.models import User
from chat import policy
from chat.models import Member, Message, Room

ROOM = Room(name="Lobby")
GUEST = Member(pk=1, name="Alice")
USER = Member(pk=2, name="Bob", user=User(username="bob"))
DEACTIVATED = Member(pk=3, name="Eve", user=User(username="eve", is_active=False))


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
