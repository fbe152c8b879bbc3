"""Blocking a person, from their card and from the list."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from chat.models import Member, PersonBlock, Room, RoomName, Subscription
from chat.personal_data import claiming
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import new_direct_room
from chat.web import person_blocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def block(member: Member, other: UUID, *, blocked: bool = True) -> int:
    fields = {"blocked": "on"} if blocked else {}
    return browser_of(member).post(f"/people/{other}/block", fields).status_code


def blocks() -> list[tuple[str, str]]:
    found = PersonBlock.objects.order_by("pk").select_related("member", "blocked")
    return [(it.member.name, it.blocked.name) for it in found]


def is_blocked_on_card(room: Room, viewer: Member, other: Member) -> bool:
    card = browser_of(viewer).get(f"/chat/{room.address}/people/{other.uid}").json()
    return bool(card.get("blocked", False))


def test_a_person_is_blocked_once_and_unblocked(ada: Member, ben: Member) -> None:
    room = new_direct_room(ada, ben)
    assert not is_blocked_on_card(room, ada, ben)
    assert [block(ada, ben.uid), block(ada, ben.uid)] == [204, 204]
    assert blocks() == [("Ada", "Ben")]
    assert is_blocked_on_card(room, ada, ben)
    assert not is_blocked_on_card(room, ben, ada)
    assert block(ada, ben.uid, blocked=False) == 204
    assert blocks() == []


def test_guests_block_and_are_blocked(ada: Member, gus: Member) -> None:
    block(gus, ada.uid)
    block(ada, gus.uid)
    assert blocks() == [("Gus", "Ada"), ("Ada", "Gus")]


@pytest.mark.parametrize("fields", [{"blocked": "on"}, {}])
def test_a_guest_who_is_not_stored_stores_nothing_by_blocking(
    ada: Member, fields: dict[str, str]
) -> None:
    before = Member.objects.count()
    assert Client().post(f"/people/{ada.uid}/block", fields).status_code == 204
    assert (Member.objects.count(), PersonBlock.objects.count()) == (before, 0)


def test_nobody_blocks_themselves_nobody_and_who_is_gone(ada: Member, ben: Member) -> None:
    assert ben.user
    panda = Member.objects.create(name="Panda", claimed_by=ada.user)
    Member.objects.make_former(ben.user)
    assert [block(ada, it) for it in (ada.uid, panda.uid, ben.uid, uuid4())] == [204] * 4
    assert blocks() == []


def test_a_block_of_a_claimed_guest_is_one_of_the_account(ada: Member, ben: Member) -> None:
    panda = Member.objects.create(name="Panda", claimed_by=ben.user)
    block(ada, panda.uid)
    assert blocks() == [("Ada", "Ben")]


def test_a_blocked_guest_who_is_claimed_stays_blocked(
    ada: Member, ben: Member, gus: Member
) -> None:
    block(ada, gus.uid)
    block(gus, ada.uid)
    claiming.claim(ben, gus)
    assert set(blocks()) == {("Ada", "Ben"), ("Ben", "Ada")}


def test_a_person_blocks_a_bounded_number(
    ada: Member, ben: Member, gus: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_blocks, "BLOCKED_MAX", 1)
    assert [block(ada, ben.uid), block(ada, gus.uid)] == [204, 422]


def test_the_list_names_who_is_blocked_and_unblocks(ada: Member, ben: Member, gus: Member) -> None:
    block(ada, ben.uid)
    block(ada, gus.uid)
    block(ben, ada.uid)
    client = browser_of(ada)
    content = client.get("/accounts/blocked/").content.decode()
    assert "<bdi>Ben</bdi>" in content
    assert "<bdi>Gus</bdi>" in content
    bens, mine = (PersonBlock.objects.get(member=it, blocked__in=[ada, gus]) for it in (ben, ada))
    for it in (mine.pk, bens.pk, "x", ""):  # another's block stays
        assert client.post("/accounts/blocked/", {"person": it}).status_code == 302
    assert blocks() == [("Ada", "Ben"), ("Ben", "Ada")]
    assert "Gus is no longer blocked." in client.get("/accounts/blocked/").content.decode()


def test_a_card_of_a_direct_room_is_there_before_the_person_is(ada: Member, gus: Member) -> None:
    room = new_direct_room(ada, gus)
    Subscription.objects.filter(member=gus).delete()
    assert not is_blocked_on_card(room, ada, gus)
    lobby = Room.objects.ensure(RoomName.parse("lobby"))
    answer = browser_of(ada).get(f"/chat/{lobby.address}/people/{gus.uid}")
    assert answer.status_code == 404
