"""Operators: what they find of rooms that are not open, and how they come in openly."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from chat.journal import Refused
from chat.journal.roster_changes import JoinAsOperator, Leave
from chat.models import Member, Membership, Message, Role, Room
from chat.tests.leaks.conftest import People, new_people, streamed
from chat.tests.leaks.targets import NAME, TEXT, Target, new_den, new_direct, nowhere
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import applied

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/admin/chat/room/private/"


@pytest.fixture
def people(transactional_db: None) -> People:
    return new_people()


@pytest.fixture
def den(people: People) -> Target:
    return new_den(people.ada, people.ben, people.former, people.later)


@pytest.fixture
def olga(people: People) -> Client:
    return browser_of(people.operator)


def asked(browser: Client, target: Target, what: str, **more: str) -> str:
    fields = {"room": target.address, "what": what, "why": "a report of abuse", **more}
    answer = browser.post(PAGE, fields)
    content = streamed(answer) if answer.streaming else answer.content
    return f"{answer.status_code} {answer.get('Location', '')} {content.decode()}"


@pytest.mark.parametrize("what", ["join", "export"])
def test_an_operator_is_asked_before_anything_is_looked_up(
    olga: Client, people: People, den: Target, what: str
) -> None:
    found = asked(olga, den, what)
    assert "Yes, continue" in found
    assert NAME not in found
    assert "Yes, continue" in asked(olga, nowhere(people.ada), what)
    assert "Reason" in asked(olga, den, what, answer="yes", why="")
    assert not LogEntry.objects.exists()


def test_an_operator_joins_openly_and_all_in_the_room_see_it(
    olga: Client, people: People, den: Target
) -> None:
    assert asked(olga, den, "join", answer="yes").startswith(f"302 /chat/{den.address}/")
    room = Room.objects.get(pk=den.pk("room"))
    assert Membership.objects.get(room=room, member=people.operator).role == Role.MEMBER
    told = Message.objects.filter(room=room).latest("seq")
    assert told.event == {"type": "operator_joined"}
    page = browser_of(people.later).get(f"/chat/{den.address}/").content.decode()
    assert "operator_joined" in page
    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.object_repr) == (people.operator.user_id, den.address)
    assert "a report of abuse" in entry.change_message
    assert NAME not in olga.get("/admin/").content.decode()
    assert "This is so already." in asked(olga, den, "join", answer="yes")


def test_an_operator_leaves_a_direct_room_again(people: People) -> None:
    direct = new_direct(people.ada, people.ben).pk("room")
    applied(JoinAsOperator(direct, people.operator.pk))
    applied(Leave(direct, people.operator.pk))
    with pytest.raises(Refused):
        applied(Leave(direct, people.ben.pk))


def test_an_export_has_everything_and_is_logged(olga: Client, people: People, den: Target) -> None:
    found = asked(olga, den, "export", answer="yes").removeprefix("200  ")
    lines = [json.loads(it) for it in found.splitlines()]
    assert lines[0]["name"] == NAME
    assert {it["name"] for it in lines if it["type"] == "member"} == {"Ada", "Ben", "Later"}
    messages = [it for it in lines if it["type"] == "message"]
    assert len(messages) == Message.objects.filter(room=den.pk("room")).count()
    assert f"{TEXT} again" in {it["text"] for it in messages}
    entry = LogEntry.objects.get()
    assert entry.change_message == "Exported. a report of abuse"
    assert not Membership.objects.filter(member=people.operator).exists()
    listed = olga.get("/admin/admin/logentry/").content.decode()
    assert den.address in listed
    assert "a report of abuse" in listed


def test_an_operator_learns_that_there_is_no_such_room(olga: Client, people: People) -> None:
    for what in ("join", "export"):
        assert "There is no such room." in asked(olga, nowhere(people.ada), what, answer="yes")
    assert not LogEntry.objects.exists()


def test_staff_who_are_no_operators_may_neither(people: People, den: Target) -> None:
    User.objects.filter(member=people.stranger).update(is_staff=True)
    browser = browser_of(people.stranger)
    assert browser.get(PAGE).status_code == 403
    assert asked(browser, den, "export", answer="yes").startswith("403")


@pytest.mark.parametrize("who", ["stranger", "guest", "former"])
def test_nobody_else_joins_as_an_operator(people: People, den: Target, who: str) -> None:
    member: Member = getattr(people, who)
    with pytest.raises(Refused) as refused:
        applied(JoinAsOperator(den.pk("room"), member.pk))
    assert refused.value.code == "gone"


def test_an_operator_does_not_become_somebody_else(olga: Client, people: People) -> None:
    """Who speaks as a member would read what the member may."""
    fields = {"name": "Ada", "user": people.operator.user_id, "claimed_by": ""}
    olga.post(f"/admin/chat/member/{people.ada.pk}/change/", fields)
    assert Member.objects.get(pk=people.ada.pk).user_id == people.ada.user_id
