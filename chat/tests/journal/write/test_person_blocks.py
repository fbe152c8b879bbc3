"""Who blocked a person hears nothing more from them in a room of the two."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.journal import Change, Delete, Edit, Post, React, Refused
from chat.journal.roster_changes import AddPeople, Begin
from chat.journal.write.appender import commit
from chat.models import Member, PersonBlock, Room
from chat.models.message import Kind
from chat.tests.support.private_rooms import add, applied, new_account, new_direct_room

pytestmark = pytest.mark.django_db(transaction=True)


def post(room: Room, member: Member) -> Post:
    return Post(room.pk, member.pk, uuid4(), "hi")


def codes(*changes: Change) -> list[str | None]:
    return [it.code if isinstance(it, Refused) else None for it in commit(changes)]


def test_who_is_blocked_continues_no_room_of_the_two(ada: Member, ben: Member) -> None:
    room = new_direct_room(ada, ben)
    seq = applied(post(room, ada)).entry.seq
    PersonBlock.objects.block(ben, ada)
    tries: list[Change] = [
        post(room, ada),
        Post(room.pk, ada.pk, uuid4(), "tea", kind=Kind.TOPIC),
        Edit(room.pk, ada.pk, seq, "ho"),
        Delete(room.pk, ada.pk, seq),
        React(room.pk, ada.pk, seq, "👍"),
        AddPeople(room.pk, ada.pk, (new_account("Cleo").pk,), room_name="Den"),
    ]
    assert codes(*tries) == ["not_allowed"] * len(tries)
    assert codes(post(room, ben)) == [None]
    PersonBlock.objects.unblock(ben, ada)
    assert codes(post(room, ada)) == [None]


def test_a_block_says_nothing_of_itself(ada: Member, ben: Member) -> None:
    room = new_direct_room(ada, ben)
    PersonBlock.objects.block(ben, ada)
    [refused] = commit([post(room, ada)])
    assert isinstance(refused, Refused)
    assert str(refused.detail) == "You cannot post in this room."


def test_a_block_does_not_reach_into_larger_and_other_rooms(
    ada: Member, ben: Member, cleo: Member
) -> None:
    of_three, of_others = new_direct_room(ada, ben, cleo), new_direct_room(ada, cleo)
    members_room = new_direct_room(ada, ben)
    add(members_room, ben, cleo)
    PersonBlock.objects.block(ben, ada)
    assert codes(*(post(it, ada) for it in (of_three, of_others, members_room))) == [None] * 3


def test_a_room_of_three_is_one_of_two_once_an_account_is_deleted(
    ada: Member, ben: Member, cleo: Member
) -> None:
    room = new_direct_room(ada, ben, cleo)
    PersonBlock.objects.block(ben, ada)
    assert cleo.user
    Member.objects.make_former(cleo.user)
    assert codes(post(room, ada)) == ["not_allowed"]


def test_who_is_blocked_by_one_of_them_begins_no_room(
    ada: Member, ben: Member, cleo: Member
) -> None:
    PersonBlock.objects.block(ben, ada)
    room = Room.objects.ensure_direct([ada, ben, cleo])
    assert codes(Begin(room.pk, ada.pk, (ben.pk, cleo.pk))) == ["gone"]
    assert codes(Begin(room.pk, cleo.pk, (ben.pk, ada.pk))) == [None]


def test_a_block_holds_in_the_transaction_in_which_the_room_begins(
    ada: Member, ben: Member
) -> None:
    PersonBlock.objects.block(ada, ben)
    room = Room.objects.ensure_direct([ada, ben])
    assert codes(Begin(room.pk, ada.pk, (ben.pk,)), post(room, ben)) == [None, "not_allowed"]


@pytest.mark.parametrize("guest", ["blocks", "is blocked"])
def test_a_block_goes_with_the_guest_to_the_account(ada: Member, ben: Member, guest: str) -> None:
    gus = Member.objects.create(name="Gus")
    blocker, blocked = (gus, ada) if guest == "blocks" else (ada, gus)
    for _ in range(2):  # the account may have blocked the person, too
        PersonBlock.objects.block(blocker, blocked)
        PersonBlock.objects.move(gus, ben)
    PersonBlock.objects.block(gus, ben)  # and oneself is nobody to block
    PersonBlock.objects.move(gus, ben)
    [block] = PersonBlock.objects.all()
    assert (block.member, block.blocked) == ((ben, ada) if guest == "blocks" else (ada, ben))


def test_a_batch_takes_as_many_queries_for_many_direct_rooms_as_for_one(
    ada: Member, ben: Member
) -> None:
    rooms = [new_direct_room(ada, it) for it in [ben, *map(new_account, ["Cleo", "Dora", "Eve"])]]
    taken = []
    for some in (rooms[:1], rooms):
        with CaptureQueriesContext(connection) as queries:
            commit([post(it, ada) for it in some])
        taken.append(len(queries))
    assert taken[0] == taken[1]
