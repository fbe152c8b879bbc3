"""Direct rooms are named by the others in them, and each message there counts as a mention."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.journal import Delete, Markup, Mentioned, Post
from chat.journal.changes import NO_MARKUP
from chat.live.sidebar.unread_counts import listed_rooms
from chat.live.unread import find_unread
from chat.models import Member, Room, Subscription
from chat.protocol import ListedRoom
from chat.tests.support.private_rooms import add, applied, new_account, new_direct_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ada: Member, gus: Member) -> Room:
    return new_direct_room(ada, gus)


def listed(member: Member) -> list[ListedRoom]:
    return [room for _, room in listed_rooms(member)]


def mute(member: Member, room: Room) -> None:
    Subscription.objects.set_muted(member, room, muted=True)


def say(room: Room, member: Member, markup: Markup = NO_MARKUP) -> int:
    return applied(Post(room.pk, member.pk, uuid4(), "hi", markup=markup)).entry.seq


def naming(member: Member) -> Markup:
    return Markup("<p>html</p>", (Mentioned(member.pk, member.uid),))


def unread_mentions(member: Member, room: Room) -> list[int]:
    room.refresh_from_db()
    _, unread = find_unread(member, room)
    return unread["mentions"] if unread else []


# --- names --------------------------------------------------------------------------------------


def test_each_person_sees_the_names_of_the_others(ada: Member, gus: Member) -> None:
    ben = new_account("Ben")
    new_direct_room(ada, gus, ben)
    names = {it.name: [room.name for room in listed(it)] for it in (ada, gus, ben)}
    assert names == {"Ada": ["Gus, Ben"], "Gus": ["Ada, Ben"], "Ben": ["Ada, Gus"]}
    assert set(Room.objects.values_list("name", flat=True)) == {""}


def test_a_list_of_many_direct_rooms_takes_as_many_queries_as_of_one(ada: Member) -> None:
    taken = []
    for name in ("Ben", "Cleo", "Dora"):
        new_direct_room(ada, new_account(name))
        with CaptureQueriesContext(connection) as queries:
            listed(ada)
        taken.append(len(queries))
    assert taken == [2, 2, 2]


def test_a_members_room_has_its_own_name_alone(ada: Member, gus: Member, room: Room) -> None:
    add(room, gus, new_account("Ben"))
    assert [it.name for it in listed(ada)] == ["Den"]


# --- each message counts as a mention -----------------------------------------------------------


def test_each_unread_message_counts_as_a_mention(ada: Member, gus: Member, room: Room) -> None:
    seqs = [say(room, gus), say(room, gus)]
    say(room, ada)
    applied(Delete(room.pk, gus.pk, say(room, gus)))
    [found] = listed(ada)
    assert (found.kind, found.unread, found.mentions) == ("direct", 2, 2)
    assert unread_mentions(ada, room) == seqs


def test_in_a_muted_direct_room_only_mentions_count(ada: Member, gus: Member, room: Room) -> None:
    mute(ada, room)
    say(room, gus)
    mention = say(room, gus, naming(ada))
    [found] = listed(ada)
    assert (found.unread, found.mentions) == (2, 1)
    assert unread_mentions(ada, room) == [mention]


def test_a_members_room_counts_mentions_alone(ada: Member, gus: Member, room: Room) -> None:
    add(room, ada, new_account("Ben"))
    say(room, gus)
    [found] = listed(ada)
    assert (found.unread, found.mentions) == (1, 0)
    assert unread_mentions(ada, room) == []
