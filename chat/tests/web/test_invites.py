"""The invites of a room, as its moderators make, see and revoke them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from chat import access, invites
from chat.journal.roster_changes import AddPeople, Join, SetRole
from chat.models import Invite, Member, Role, Room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import applied, new_account, new_invite, new_members_room
from chat.web.invites import PEOPLE_SHOWN, context

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
JSON, PAGE = {"Accept": "application/json"}, {"Accept": "text/html"}
DAY = 24 * 3600


@pytest.fixture
def den(ada: Member) -> Room:
    return new_members_room(ada)


def make(member: Member, room: Room, **fields: Any) -> Any:
    return browser_of(member).post(f"/chat/{room.address}/invites", fields, headers=JSON)


def shown(room: Room, member: Member) -> dict[str, Any]:
    found = access.find_in(member, room)
    assert found
    return context(RequestFactory().get("/"), member, found)


def become_moderator(room: Room, ada: Member, name: str) -> Member:
    member = new_account(name)
    applied(AddPeople(room.pk, ada.pk, (member.pk,)))
    applied(SetRole(room.pk, ada.pk, member.pk, Role.MODERATOR))
    return member


# --- making -------------------------------------------------------------------------------------


def test_an_invite_lasts_a_week_for_any_number_of_accounts(den: Room, ada: Member) -> None:
    answer = make(ada, den)
    assert answer.status_code == 201
    invite = Invite.objects.get()
    assert answer.json() == {
        "id": str(invite.uid),
        "url": f"http://testserver/invite/{invite.token}/",
        "note": "",
        "expires_at": answer.json()["expires_at"],
        "uses_max": None,
        "for_guests": False,
        "sees_history": None,
    }
    assert invite.expires_at
    left = invite.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert browser_of(new_account("Ben")).get(answer.json()["url"]).status_code == 200


def test_its_maker_chooses_the_terms(den: Room, ada: Member) -> None:
    terms = {"note": " for\u202e the \n bus ", "expires": "0", "uses": "10", "for_guests": "on"}
    answer = make(ada, den, **terms, history="joining").json()
    assert answer["note"] == "for the bus"
    assert (answer["expires_at"], answer["uses_max"]) == (None, 10)
    assert (answer["for_guests"], answer["sees_history"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [("expires", "5"), ("uses", "-1"), ("uses", "x"), ("note", "x" * 81), ("history", "never")],
)
def test_other_terms_are_refused(den: Room, ada: Member, name: str, value: str) -> None:
    answer = make(ada, den, **{name: value})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [name]
    assert not Invite.objects.exists()


def test_people_are_led_back_to_the_list(den: Room, ada: Member) -> None:
    client = browser_of(ada)
    for fields in ({}, {"uses": "x"}):
        answer = client.post(f"/chat/{den.address}/invites", fields, headers=PAGE)
        assert answer["Location"] == f"/chat/~{den.uid}/settings/#invites"
    assert Invite.objects.count() == 1


def test_a_moderator_who_is_no_owner_cannot_choose_what_newcomers_see(
    den: Room, ada: Member
) -> None:
    mo = become_moderator(den, ada, "Mo")
    assert make(mo, den, history="start").json()["sees_history"] is None
    assert "history" not in shown(den, mo)["invite_form"].fields
    assert "history" in shown(den, ada)["invite_form"].fields


@pytest.mark.parametrize("guests_may", ["read", "off"])
def test_guests_are_invited_where_they_may_speak(
    den: Room, ada: Member, settings: Settings, guests_may: str
) -> None:
    settings.GUESTS = guests_may
    assert not make(ada, den, for_guests="on").json()["for_guests"]


def test_a_room_with_too_many_invites_says_so(
    den: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invites, "OPEN_MAX", 1)
    make(ada, den)
    answer = make(ada, den)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "too_many_invites"


# --- who may ------------------------------------------------------------------------------------


def doors(room: Room, invite: Invite) -> list[tuple[str, str]]:
    of_room = f"/chat/{room.address}/invites"
    return [
        ("post", of_room),
        ("post", f"{of_room}/{invite.uid}/revoke"),
        ("get", f"{of_room}/{invite.uid}/qr.svg"),
    ]


def never_was(address: str, room: Room) -> str:
    return address.replace(str(room.uid), str(uuid4()))


STRANGERS: dict[str, Callable[[], Member]] = {
    "guest": lambda: Member.objects.create(name="Gus"),
    "account": lambda: new_account("Ben"),
    "operator": lambda: new_account("Olga", is_staff=True, is_superuser=True),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_for_strangers_there_is_no_such_room(den: Room, ada: Member, stranger: str) -> None:
    client, invite = browser_of(STRANGERS[stranger]()), new_invite(den, ada)
    for method, address in doors(den, invite):
        answer = getattr(client, method)(address)
        never = getattr(client, method)(never_was(address, den))
        assert (answer.status_code, answer.content) == (404, never.content)
    assert Invite.objects.open().get() == invite


def test_members_make_see_and_revoke_none(den: Room, ada: Member) -> None:
    ben, invite = new_account("Ben"), new_invite(den, ada)
    applied(AddPeople(den.pk, ada.pk, (ben.pk,)))
    for method, address in doors(den, invite):
        assert getattr(browser_of(ben), method)(address).status_code == 403
    assert shown(den, ben) == {}
    assert Invite.objects.open().get() == invite


def test_moderators_do_with_all_of_the_room(den: Room, ada: Member) -> None:
    mo, invite = become_moderator(den, ada, "Mo"), new_invite(den, ada)
    client = browser_of(mo)
    _, (_, revoke), (_, code) = doors(den, invite)
    image = client.get(code)
    assert image["Content-Type"] == "image/svg+xml"
    assert "no-store" in image["Cache-Control"]
    assert client.post(revoke, headers=JSON).status_code == 200
    answer = client.post(revoke, headers=PAGE)
    assert answer["Location"] == f"/chat/~{den.uid}/settings/#invites"
    assert not Invite.objects.open().exists()


def test_the_code_and_the_revoking_of_another_rooms_invite_are_not_here(
    den: Room, ada: Member
) -> None:
    invite = new_invite(new_members_room(ada), ada)
    for method, address in doors(den, invite)[1:]:
        assert getattr(browser_of(ada), method)(address).status_code == 404
    assert Invite.objects.open().get() == invite


def test_an_archived_room_makes_no_invites(den: Room, ada: Member) -> None:
    Room.objects.update(archived_at=timezone.now())
    assert make(ada, den).status_code == 403


# --- the list -----------------------------------------------------------------------------------


def test_the_list_says_who_came_by_which_invite(
    den: Room, ada: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    invite = new_invite(den, ada, note="for the bus")
    people = [new_account(f"P{number}") for number in range(PEOPLE_SHOWN + 2)]
    for it in people:
        applied(Join(den.pk, it.pk, invite.pk))
    ended = new_invite(den, ada)
    invites.revoke(ada, den, ended.uid)
    for _ in range(3):
        new_invite(den, ada)
    with django_assert_max_num_queries(12):
        found = shown(den, ada)
    last = found["invites"][-1]
    assert last.invite.note == "for the bus"
    assert [it.name for it in last.people] == [it.name for it in people[:PEOPLE_SHOWN]]
    assert last.more_people == 2
    assert last.address == f"http://testserver/invite/{invite.token}/"
    assert [it.invite for it in found["ended_invites"]] == [ended]


def test_the_list_shows_invites_of_a_former_moderator_as_revoked(den: Room, ada: Member) -> None:
    mo = become_moderator(den, ada, "Mo")
    of_mo, of_ada = new_invite(den, mo), new_invite(den, ada)
    applied(SetRole(den.pk, ada.pk, mo.pk, Role.MEMBER))
    found = shown(den, ada)
    assert [it.invite for it in found["invites"]] == [of_ada]
    assert [it.invite for it in found["ended_invites"]] == [of_mo]
    assert found["ended_invites"][0].invite.revoked_at


def test_the_settings_show_links_to_moderators_alone(den: Room, ada: Member) -> None:
    ben, invite = new_account("Ben"), new_invite(den, ada, note="<b>bus</b>", for_guests=True)
    applied(AddPeople(den.pk, ada.pk, (ben.pk,)))
    path = f"/chat/~{den.uid}/settings/"
    page = browser_of(ada).get(path)
    assert f'value="http://testserver/invite/{invite.token}/"' in page.content.decode()
    assert "&lt;b&gt;bus&lt;/b&gt;" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    of_member = browser_of(ben).get(path).content.decode()
    assert "bus" not in of_member
    assert 'id="invites"' not in of_member


def test_invites_have_a_rate(settings: Settings) -> None:
    assert settings.RATE_TABLE["invite"] == ((60, 3_600), (300, 3_600))
