"""Beginning direct rooms: the same people get the same room."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.journal import Post, Refused
from chat.journal.roster_changes import AddPeople
from chat.journal.write.appender import commit
from chat.models import (
    Member,
    Membership,
    Message,
    PersonBlock,
    Room,
    RoomKind,
    Sanction,
    Subscription,
    direct_rooms,
)
from chat.models.room import direct_key
from chat.personal_data import claiming, deletion
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import applied, new_account, new_direct_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

CANNOT = {"code": "no_such_people", "detail": "You cannot begin a direct room with them."}


def begin(member: Member, people: Iterable[Member | str]) -> Any:
    ids = [str(it.uid) if isinstance(it, Member) else it for it in people]
    return browser_of(member).post("/chat/new/direct", {"with": ids})


def begun(member: Member, *people: Member | str) -> str:
    """The address of the room that the member gets."""
    answer = begin(member, people)
    assert answer.status_code == 302
    address: str = answer["Location"]
    return address


def refused(member: Member, *people: Member | str) -> dict[str, str]:
    answer = begin(member, people)
    assert answer.status_code == 422
    error: dict[str, str] = answer.json()["error"]
    return error


def room_at(address: str) -> Room:
    return Room.objects.get(key=address.removeprefix("/chat/").removesuffix("/"))


def people_in(room: Room) -> set[str]:
    return set(Membership.objects.filter(room=room).values_list("member__name", flat=True))


# --- the same people ----------------------------------------------------------------------------


def test_a_direct_room_has_its_people_and_begins_with_an_event(ada: Member, ben: Member) -> None:
    room = room_at(begun(ada, ben))
    assert (room.kind, room.name, room.topic) == (RoomKind.DIRECT, "", "")
    assert people_in(room) == {"Ada", "Ben"}
    event = Message.objects.get(room=room).event
    assert event == {"type": "made", "people": [{"id": str(ben.uid), "name": "Ben"}]}
    assert Subscription.objects.filter(room=room, kept_at__isnull=False).count() == 2


def test_the_same_people_get_the_same_room_from_either_side(
    ada: Member, ben: Member, cleo: Member
) -> None:
    address = begun(ada, ben, cleo)
    assert begun(ada, cleo, ben, ben, ada) == address
    assert begun(ben, cleo, ada) == begun(cleo, ada, ben) == address
    assert begun(ada, ben) != address
    assert Message.objects.filter(room=room_at(address)).count() == 1


def test_a_room_that_was_stored_and_never_begun_begins(ada: Member, ben: Member) -> None:
    room = Room.objects.ensure_direct([ada, ben])
    assert room_at(begun(ben, ada)) == room
    assert people_in(room) == {"Ada", "Ben"}


def test_a_direct_room_has_eight_people_at_most(ada: Member) -> None:
    others = [new_account(f"Person{it}") for it in range(8)]
    assert room_at(begun(ada, *others[:7]))
    assert refused(ada, *others)["code"] == "too_many_people"
    assert begun(ada, ada, *others[:7]) == begun(ada, *others[:7])


def test_nobody_begins_a_room_alone(ada: Member) -> None:
    assert refused(ada)["code"] == "no_people"
    assert refused(ada, ada)["code"] == "no_people"
    assert not Room.objects.exists()


# --- with whom ----------------------------------------------------------------------------------


def deactivated() -> Member:
    member = new_account("Dora")
    User.objects.filter(member=member).update(is_active=False)
    return member


def former() -> Member:
    member = new_account("Fay")
    assert member.user
    deletion.delete_account(member.user, with_messages=False)
    return member


def blocked_guest() -> Member:
    guest = Member.objects.create(name="Gil")
    Sanction.objects.ban(guest, timezone.now() + timedelta(hours=1))
    return guest


def guest_of_closed_account() -> Member:
    return Member.objects.create(name="Panda", claimed_by=deactivated().user)


NOT_THERE: dict[str, Any] = {
    "no id": lambda: "ben",
    "an id of nobody": lambda: str(uuid4()),
    "deactivated": deactivated,
    "former": former,
    "blocked by an operator": blocked_guest,
    "guest of a closed account": guest_of_closed_account,
}


@pytest.mark.parametrize("who", NOT_THERE)
def test_one_answer_for_all_with_whom_no_room_begins(ada: Member, ben: Member, who: str) -> None:
    person = NOT_THERE[who]()
    assert refused(ada, person) == refused(ada, ben, person) == CANNOT
    assert not Room.objects.exists()


def test_who_blocked_me_answers_as_nobody_would(ada: Member, ben: Member, cleo: Member) -> None:
    PersonBlock.objects.block(ben, ada)
    assert refused(ada, ben) == refused(ada, ben, cleo) == CANNOT
    assert not Room.objects.exists()
    assert begun(ben, ada)


def test_a_room_that_there_is_already_is_found_by_who_is_blocked(ada: Member, ben: Member) -> None:
    address = begun(ada, ben)
    PersonBlock.objects.block(ben, ada)
    assert begun(ada, ben) == address


def test_a_room_with_who_is_no_longer_there_is_found(ada: Member, ben: Member) -> None:
    address = begun(ada, ben)
    assert ben.user
    deletion.delete_account(ben.user, with_messages=False)
    assert begun(ada, ben) == address
    room = room_at(address)
    for _ in range(2):
        direct_rooms.name_for([ada.pk], [room])
        assert room.shown_name == "Former member"
        Membership.objects.filter(member=ben).delete()  # also if nothing is left of the person


def test_a_guest_is_asked_to_sign_in(ada: Member, gus: Member) -> None:
    answer = begin(gus, [ada])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_first")
    assert not Room.objects.exists()


def test_an_account_begins_a_room_with_a_guest_who_then_talks_there(
    ada: Member, gus: Member
) -> None:
    address = begun(ada, gus)
    assert browser_of(gus).get(address).status_code == 200
    applied(Post(room_at(address).pk, gus.pk, uuid4(), "hi"))


def test_a_room_with_a_claimed_guest_is_one_with_the_account(ada: Member, ben: Member) -> None:
    panda = Member.objects.create(name="Panda", claimed_by=ben.user)
    assert begun(ada, panda) == begun(ada, ben) == begun(ada, panda, ben)
    assert people_in(room_at(begun(ada, panda))) == {"Ada", "Ben"}


def test_who_was_added_makes_a_members_room_and_the_people_a_new_direct_one(
    ada: Member, ben: Member, cleo: Member
) -> None:
    address = begun(ada, ben)
    applied(AddPeople(room_at(address).pk, ada.pk, (cleo.pk,), room_name="Den"))
    assert room_at(address).kind == RoomKind.MEMBERS
    assert begun(ada, ben) != address


# --- claims -------------------------------------------------------------------------------------


def test_a_room_with_a_guest_is_found_after_an_account_claimed_the_guest(
    ada: Member, ben: Member, gus: Member
) -> None:
    address = begun(ada, gus)
    claiming.claim(ben, gus)
    assert begun(ada, ben) == begun(ada, gus) == begun(ben, ada) == address
    assert people_in(room_at(address)) == {"Ada", "Ben"}


def test_of_two_rooms_with_the_same_people_after_a_claim_the_older_one_is_found(
    ada: Member, ben: Member, gus: Member
) -> None:
    with_guest, with_account = begun(ada, gus), begun(ada, ben)
    claiming.claim(ben, gus)
    assert begun(ada, ben) == with_guest
    for address in (with_guest, with_account):
        assert people_in(room_at(address)) == {"Ada", "Ben"}
        assert browser_of(ben).get(address).status_code == 200
        applied(Post(room_at(address).pk, ben.pk, uuid4(), "hi"))


def test_the_accounts_own_room_is_found_if_it_is_older(
    ada: Member, ben: Member, gus: Member
) -> None:
    with_account = begun(ada, ben)
    begun(ada, gus)
    claiming.claim(ben, gus)
    assert begun(ada, ben) == with_account


def test_who_claims_the_guest_of_a_room_with_themselves_is_alone_there(
    ada: Member, gus: Member
) -> None:
    rooms = [room_at(begun(ada, it)) for it in (gus, Member.objects.create(name="Gil"))]
    for guest in Member.objects.filter(name__in=["Gus", "Gil"]):
        claiming.claim(ada, guest)
    assert set(Room.objects.values_list("people", flat=True)) == {None}
    assert people_in(rooms[0]) == people_in(rooms[1]) == {"Ada"}
    rooms[0].refresh_from_db()
    direct_rooms.name_for([ada.pk], rooms[:1])
    assert rooms[0].shown_name == "Ada"


def test_a_members_room_stays_one_when_a_guest_in_it_is_claimed(
    ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    room = new_direct_room(ada, gus)
    applied(AddPeople(room.pk, ada.pk, (cleo.pk,), room_name="Den"))
    claiming.claim(ben, gus)
    room.refresh_from_db()
    assert (room.kind, room.people) == (RoomKind.MEMBERS, None)
    assert people_in(room) == {"Ada", "Ben", "Cleo"}


# --- what is said there -------------------------------------------------------------------------


def test_a_message_brings_the_room_back_to_who_left_it(ada: Member, ben: Member) -> None:
    address = begun(ada, ben)
    room = room_at(address)
    browser_of(ben).post(f"{address}leave")
    assert not Subscription.objects.filter(member=ben).exists()
    appended = applied(Post(room.pk, ada.pk, uuid4(), "hi"))
    assert appended.listed_for == (str(ben.uid),)
    subscription = Subscription.objects.get(member=ben)
    assert subscription.kept_at
    assert subscription.read_seq == appended.entry.seq - 1


def test_a_message_brings_no_room_to_who_deleted_the_account(ada: Member, ben: Member) -> None:
    room = room_at(begun(ada, ben))
    assert ben.user
    deletion.delete_account(ben.user, with_messages=False)
    applied(Post(room.pk, ada.pk, uuid4(), "hi"))
    assert not Subscription.objects.filter(member=ben).exists()


def test_operators_and_others_do_not_find_a_direct_room(
    ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    address = begun(ada, ben)
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    for stranger in (cleo, gus, olga):
        client = browser_of(stranger)
        there, nowhere = client.get(address), client.get(f"/chat/~{uuid4()}/")
        assert there.status_code == nowhere.status_code == 404
        [outcome] = commit([Post(room_at(address).pk, stranger.pk, uuid4(), "hi")])
        assert isinstance(outcome, Refused)
        assert outcome.code == "gone"


# --- the form -----------------------------------------------------------------------------------


def test_the_form_takes_people_by_id_and_by_name(ada: Member, ben: Member, cleo: Member) -> None:
    client = browser_of(ada)
    assert 'name="who"' in client.get("/chat/new/direct").content.decode()
    answer = client.post("/chat/new/direct", {"people": [str(ben.uid)], "who": "@cleo"})
    assert answer["Location"] == begun(ada, ben, cleo)


def test_the_form_keeps_who_was_chosen_when_a_name_is_not_found(ada: Member, ben: Member) -> None:
    fields = {"people": [str(ben.uid)], "who": "zoe"}
    accept = {"accept": "text/html"}
    answer = browser_of(ada).post("/chat/new/direct", fields, headers=accept)
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "There is no account with this name." in content
    assert f'name="people" value="{ben.uid}"' in content
    assert not Room.objects.exists()


def test_people_read_on_the_form_why_no_room_begins(ada: Member) -> None:
    answer = browser_of(ada).post("/chat/new/direct", headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "Choose somebody who has an account." in answer.content.decode()


def test_a_guest_is_led_to_sign_in_from_the_form(gus: Member) -> None:
    answer = browser_of(gus).get("/chat/new/direct", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/chat/new/direct",
    )


def test_the_key_of_the_people_does_not_depend_on_their_order(ada: Member, ben: Member) -> None:
    assert direct_key([ada, ben]) == direct_key([ben, ada, ben])


# --- at once ------------------------------------------------------------------------------------


def test_who_begin_at_once_get_one_room_with_one_beginning(ada: Member, ben: Member) -> None:
    clients = [(browser_of(ada), ben), (browser_of(ben), ada)] * 3
    together = Barrier(len(clients))

    def begin_at_once(client: Client, other: Member) -> str:
        together.wait()
        try:
            answer = client.post("/chat/new/direct", {"with": str(other.uid)})
        finally:
            connections.close_all()
        assert answer.status_code == 302, answer.content
        return str(answer["Location"])

    with ThreadPoolExecutor(len(clients)) as threads:
        addresses = set(threads.map(begin_at_once, *zip(*clients, strict=True)))
    [address] = addresses
    room = Room.objects.get()
    assert room_at(address) == room
    assert people_in(room) == {"Ada", "Ben"}
    assert Message.objects.count() == 1
