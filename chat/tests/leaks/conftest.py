"""The people of the leak suite: those of the room, and those who are not in it."""

from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from accounts.models import User
from chat.models import Member, Room, RoomName, Subscription
from chat.tests.support.accounts import sign_in
from chat.tests.support.private_rooms import new_account


@dataclass(frozen=True)
class People:
    """Ada and Ben are in the room. Later came in last, and sees what was said since.

    Not in it: a stranger, who was taken out (`former`), an operator, a guest; and nobody.
    """

    ada: Member
    ben: Member
    later: Member
    stranger: Member
    former: Member
    operator: Member
    guest: Member

    @property
    def outside(self) -> "dict[str, Member | None]":
        names = ("stranger", "former", "operator", "guest")
        return {**{it: getattr(self, it) for it in names}, "nobody": None}


def new_people() -> People:
    """All have been in the Lobby, an open room, but Ada and Ben."""
    rights = {"is_staff": True, "is_superuser": True}
    people = People(
        ada=new_account("Ada"),
        ben=new_account("Ben"),
        later=new_account("Later"),
        stranger=new_account("Stranger"),
        former=new_account("Former"),
        operator=new_account("Operator", **rights),
        guest=Member.objects.create(name="Guest"),
    )
    lobby = Room.objects.ensure(RoomName.parse("lobby"))
    for member in (people.later, people.stranger, people.former, people.operator, people.guest):
        Subscription.objects.keep(member, lobby)
    return people


@pytest.fixture
def people(db: None) -> People:
    return new_people()


def session_of(member: Member) -> str:
    """The key of a new session of the member's account."""
    return sign_in(user_of(member))


def user_of(member: Member) -> User:
    """The account of the member, as it is stored now."""
    return User.objects.get(member=member)


def streamed(answer: Any) -> bytes:
    """The content of an answer that is made while it is sent."""
    return async_to_sync(_joined)(answer)


async def _joined(answer: Any) -> bytes:
    return b"".join([part async for part in answer])
