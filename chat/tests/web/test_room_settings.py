"""The settings of a room: who opens them, what they show, and what they change."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.journal import Post
from chat.journal.roster_changes import Join, RemovePerson, SetArchived, SetRole
from chat.live.rates import MESSAGE, TooFast
from chat.live.rates.too_fast import OF_NETWORK
from chat.models import Member, Membership, Role, Room, RoomKind
from chat.models.room import History
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import (
    add,
    applied,
    new_account,
    new_direct_room,
    new_invite,
    new_members_room,
    roles,
)
from chat.web.settings.roster import PEOPLE_PER_PAGE

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = ["people", "remove", "role", "leave", "history"]
DOORS = ["", *CHANGES]
PAGE = {"accept": "text/html"}
NEVER = "~0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    return new_members_room(ada, [ben])


def page_of(room: Room, member: Member, query: str = "") -> str:
    answer = browser_of(member).get(f"/chat/{room.address}/settings/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def post(room: Room, member: Member, door: str, **form: Any) -> Any:
    return browser_of(member).post(f"/chat/{room.address}/settings/{door}", form)


def code_of(answer: Any) -> Any:
    return answer.status_code if answer.status_code != 409 else answer.json()["error"]["code"]


# --- who may open them --------------------------------------------------------------------------


def stranger() -> Member:
    return new_account("Zoe")


def operator() -> Member:
    return new_account("Olga", is_staff=True, is_superuser=True)


def guest() -> Member:
    return Member.objects.create(name="Gus")


def former_member() -> Member:
    member = new_account("Finn")
    room = Room.objects.get(name="Den")
    ada = Member.objects.get(name="Ada")
    add(room, ada, member)
    applied(RemovePerson(room.pk, ada.pk, member.pk))
    return member


OUTSIDERS: list[Callable[[], Member]] = [stranger, operator, guest, former_member]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("outsider", OUTSIDERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_for_who_is_not_in_a_room_its_settings_are_those_of_a_room_that_never_was(
    den: Room, door: str, outsider: Callable[[], Member], accept: str
) -> None:
    client = browser_of(outsider())
    ask: Any = client.post if door else client.get
    form = {"people": str(uuid4()), "who": "ben", "role": "owner", "history": "start"}
    addresses = (f"/chat/{it}/settings/{door}" for it in (den.address, NEVER))
    there, nowhere = (ask(it, form, headers={"accept": accept}) for it in addresses)
    assert there.status_code == nowhere.status_code == 404
    assert there.content.replace(den.address.encode(), NEVER.encode()) == nowhere.content
    assert there.headers.items() == nowhere.headers.items()
    assert roles(den) == {"Ada": Role.OWNER, "Ben": Role.MEMBER}


@pytest.mark.parametrize("door", DOORS)
def test_without_a_cookie_there_are_no_settings_and_nobody_is_stored(den: Room, door: str) -> None:
    before = Member.objects.count()
    client = Client()
    answer = getattr(client, "post" if door else "get")(f"/chat/{den.address}/settings/{door}")
    assert answer.status_code == 404
    assert Member.objects.count() == before


@pytest.mark.postgresql
def test_a_stranger_is_answered_with_the_queries_for_a_room_that_never_was(den: Room) -> None:
    client = browser_of(stranger())
    client.get("/")
    counts = []
    for address in (den.address, f"~{uuid4()}"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/chat/{address}/settings/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("door", DOORS)
def test_an_open_room_has_settings_for_its_keepers_alone(
    ada: Member, ben: Member, door: str
) -> None:
    hall = Room.objects.create(key="hall", name="Hall")
    Membership.objects.create(member=ada, room=hall, role=Role.MODERATOR)
    for member in (ben, guest()):
        client = browser_of(member)
        ask: Any = client.post if door else client.get
        there, nowhere = (ask(f"/chat/{it}/settings/{door}") for it in ("hall", "attic"))
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
    for member in (ada, operator()):
        client = browser_of(member)
        ask = client.post if door else client.get
        assert ask(f"/chat/hall/settings/{door}").status_code != 404


def test_nothing_opens_the_settings_of_what_is_no_room(ada: Member) -> None:
    for name in ("~", "~x", "a%2Fb", "new"):
        assert browser_of(ada).get(f"/chat/{name}/settings/").status_code == 404


# --- what they show -----------------------------------------------------------------------------


def test_each_sees_what_they_may_do_and_nothing_else(den: Room, ada: Member, ben: Member) -> None:
    for_owner, for_member = page_of(den, ada), page_of(den, ben)
    for it in ("settings/people", "settings/role", "settings/remove", "settings/history"):
        assert it in for_owner
        assert it not in for_member
    assert "settings/leave" in for_member
    assert "settings/leave" not in for_owner  # the only owner
    assert "You are the only owner." in for_owner
    assert "Ada" in for_member


def test_a_moderator_sees_whom_they_may_remove(den: Room, ada: Member, ben: Member) -> None:
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    cleo = new_account("Cleo")
    add(den, ada, cleo)
    page = page_of(den, ben)
    assert page.count("settings/remove") == 1
    assert f'name="person" value="{cleo.uid}"' in page


def test_a_later_joiner_sees_who_is_in_the_room_and_not_what_was_said(
    den: Room, ada: Member, cleo: Member
) -> None:
    applied(Post(den.pk, ada.pk, uuid4(), "a secret"))
    add(den, ada, cleo, sees_history=False)
    page = page_of(den, cleo)
    assert "Ben" in page
    assert "secret" not in page


@pytest.mark.postgresql
def test_a_large_room_has_pages_and_a_search_with_few_queries(den: Room, ada: Member) -> None:
    others = [new_account(f"Kim{number:02}") for number in range(PEOPLE_PER_PAGE)]
    add(den, ada, *others)
    first, second = page_of(den, ada), page_of(den, ada, "?page=2")
    assert first.count("data-person=") == PEOPLE_PER_PAGE
    assert second.count("data-person=") == 2
    found = page_of(den, ada, "?q=kim07")
    assert found.count("data-person=") == 1
    assert "Nobody here has this name." in page_of(den, ada, "?q=zoe")
    client = browser_of(ada)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/chat/{den.address}/settings/")
    assert len(queries) <= 13  # one of them finds the messages that wait


def test_the_settings_of_a_direct_room_have_the_names_of_the_others(
    ada: Member, ben: Member
) -> None:
    page = page_of(new_direct_room(ada, ben), ada)
    assert "<bdi>Ben</bdi></h1>" in page
    assert "settings/leave" not in page
    assert 'name="name"' in page


# --- people -------------------------------------------------------------------------------------


def test_people_are_added_by_id_and_by_name(den: Room, ada: Member, cleo: Member) -> None:
    dora = new_account("Dora")
    assert post(den, ada, "people", people=[str(cleo.uid)], who="@dora").status_code == 204
    assert roles(den) == {
        "Ada": Role.OWNER,
        "Ben": Role.MEMBER,
        "Cleo": Role.MEMBER,
        "Dora": Role.MEMBER,
    }
    assert Membership.objects.get(member=dora).added_by == ada


@pytest.mark.parametrize(
    ("of_room", "chosen", "sees"),
    [
        (History.START, None, True),
        (History.JOINING, None, False),
        (History.JOINING, "start", True),
        (History.START, "joining", False),
    ],
)
def test_newcomers_see_what_is_chosen_for_them_or_for_the_room(
    den: Room, ada: Member, cleo: Member, of_room: str, chosen: str | None, *, sees: bool
) -> None:
    Room.objects.filter(pk=den.pk).update(history=of_room)
    form = {"people": str(cleo.uid), **({"history": chosen} if chosen else {})}
    assert post(den, ada, "people", **form).status_code == 204
    assert (Membership.objects.get(member=cleo).visible_from == 0) is sees


def test_adding_to_a_direct_room_gives_it_a_name(ada: Member, ben: Member, cleo: Member) -> None:
    room = new_direct_room(ada, ben)
    assert post(room, ada, "people", people=str(cleo.uid)).status_code == 422
    assert post(room, ada, "people", people=str(cleo.uid), name=" The  Den").status_code == 204
    room.refresh_from_db()
    assert (room.kind, room.name) == (RoomKind.MEMBERS, "The Den")
    assert Membership.objects.get(member=cleo).visible_from > 0
    assert roles(room) == {"Ada": Role.OWNER, "Ben": Role.OWNER, "Cleo": Role.MEMBER}


@pytest.mark.postgresql
def test_a_person_is_removed_and_leaves(den: Room, ada: Member, ben: Member, cleo: Member) -> None:
    add(den, ada, cleo)
    assert post(den, ada, "remove", person=str(ben.uid)).status_code == 204
    assert post(den, cleo, "leave").status_code == 204
    assert roles(den) == {"Ada": Role.OWNER}
    assert post(den, cleo, "leave").status_code == 404


def test_a_guest_who_came_by_an_invite_is_removed_and_gets_no_role(den: Room, ada: Member) -> None:
    gus = guest()
    applied(Join(den.pk, gus.pk, new_invite(den, ada, for_guests=True).pk))
    assert f'name="person" value="{gus.uid}"' in page_of(den, ada)
    assert code_of(post(den, ada, "role", person=str(gus.uid), role="owner")) == "not_allowed"
    assert post(den, ada, "remove", person=str(gus.uid)).status_code == 204
    assert "Gus" not in roles(den)


def test_a_room_is_handed_over(den: Room, ada: Member, ben: Member) -> None:
    assert code_of(post(den, ada, "leave")) == "last_owner"
    assert post(den, ada, "role", person=str(ben.uid), role="owner").status_code == 204
    assert post(den, ada, "leave").status_code == 204
    assert roles(den) == {"Ben": Role.OWNER}


def test_owners_set_what_newcomers_see(den: Room, ada: Member, ben: Member) -> None:
    assert code_of(post(den, ben, "history", history="joining")) == "not_allowed"
    assert post(den, ada, "history", history="joining").status_code == 204
    assert code_of(post(den, ada, "history", history="joining")) == "nothing_changes"
    assert post(den, ada, "history", history="never").status_code == 422
    den.refresh_from_db()
    assert den.history == History.JOINING


@pytest.mark.parametrize(
    ("door", "form"),
    [
        ("people", {"who": "Zoe"}),
        ("remove", {"person": "ada"}),
        ("role", {"person": "ben", "role": "owner"}),
        ("history", {"history": "joining"}),
    ],
)
def test_a_member_changes_nothing_and_learns_nothing_of_accounts(
    den: Room, ben: Member, door: str, form: dict[str, str]
) -> None:
    new_account("Zoe")
    before = roles(den)
    assert code_of(post(den, ben, door, **form)) == "not_allowed"
    assert code_of(post(den, ben, door, **{**form, "who": "Nobody"})) == "not_allowed"
    assert roles(den) == before


def test_an_archived_room_takes_no_people_and_is_left(den: Room, ada: Member, ben: Member) -> None:
    applied(SetArchived(den.pk, ada.pk, archived=True))
    assert "settings/people" not in page_of(den, ada)
    new_account("Zoe")
    assert code_of(post(den, ada, "people", who="zoe")) == "not_allowed"
    assert post(den, ben, "leave").status_code == 204


@pytest.mark.parametrize("form", [{}, {"who": "nobody"}, {"people": "x"}])
def test_nobody_to_add_is_a_fault_of_the_form(den: Room, ada: Member, form: dict[str, str]) -> None:
    assert post(den, ada, "people", **form).status_code == 422


def test_a_change_above_the_rate_of_messages_is_refused(
    den: Room, ada: Member, cleo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(request: object, member: Member, *actions: str, **bytes: int) -> None:
        assert (member, actions) == (ada, (MESSAGE,))
        raise TooFast(OF_NETWORK, 1.0)

    monkeypatch.setattr("chat.web.settings.door.rates.count", refuse)
    assert post(den, ada, "people", people=str(cleo.uid)).status_code == 429
    assert "Cleo" not in roles(den)


# --- roles in open rooms ------------------------------------------------------------------------


def test_the_owner_of_an_open_room_gives_a_role_by_name(ada: Member, ben: Member) -> None:
    hall = Room.objects.create(key="hall", name="Hall")
    Membership.objects.create(member=ada, room=hall, role=Role.OWNER)
    assert post(hall, ada, "role", who="Ben", role="moderator").status_code == 204
    assert roles(hall) == {"Ada": Role.OWNER, "Ben": Role.MODERATOR}
    assert "Give somebody a role" not in page_of(hall, ben)
    assert code_of(post(hall, ben, "role", who="Ben", role="owner")) == "not_allowed"
    assert post(hall, ada, "role", person=str(ben.uid), role="member").status_code == 204
    assert roles(hall) == {"Ada": Role.OWNER}


def test_an_operator_gives_an_open_room_an_owner(ben: Member) -> None:
    hall = Room.objects.create(key="hall", name="Hall")
    olga = operator()
    assert "Operators keep this room." in page_of(hall, olga)
    assert post(hall, olga, "role", people=str(ben.uid), role="owner").status_code == 204
    assert roles(hall) == {"Ben": Role.OWNER}


# --- without a script ---------------------------------------------------------------------------


def test_a_form_leads_back_to_the_settings(den: Room, ada: Member, cleo: Member) -> None:
    address = f"/chat/{den.address}/settings/"
    answer = browser_of(ada).post(f"{address}people", {"who": "cleo"}, headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "Cleo" in roles(den)


def test_a_refused_form_says_why_on_the_page(den: Room, ada: Member, ben: Member) -> None:
    client = browser_of(ada)
    address = f"/chat/{den.address}/settings/"
    answer = client.post(f"{address}people", {"who": "ben"}, headers=PAGE)
    assert answer.status_code == 302
    assert "This is so already." in client.get(address).content.decode()


def test_a_form_with_a_fault_keeps_what_was_typed(den: Room, ada: Member) -> None:
    address = f"/chat/{den.address}/settings/people"
    answer = browser_of(ada).post(address, {"who": "Nobody"}, headers=PAGE)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no account with this name." in page
    assert 'value="Nobody"' in page


def test_who_leaves_is_led_to_the_start_page(den: Room, ben: Member) -> None:
    answer = browser_of(ben).post(f"/chat/{den.address}/settings/leave", headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("door", CHANGES)
def test_changes_need_the_token_and_a_post(den: Room, ada: Member, door: str) -> None:
    assert ada.user
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada.user)
    address = f"/chat/{den.address}/settings/{door}"
    assert client.post(address).status_code == 403
    assert client.get(address).status_code == 405
