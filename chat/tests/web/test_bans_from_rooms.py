"""What moderators learn of those whom they mute and ban, and what the banned read."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.journal import Post
from chat.journal.roster_changes import Ban, Mute
from chat.models import FOR_GOOD, BannedNetwork, Member, Membership, Role, Room, RoomName
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import refusal, settled

pytestmark = pytest.mark.django_db

HTML = {"accept": "text/html"}


@pytest.fixture
def room(ada: Member, ben: Member, gus: Member) -> Room:
    """An open room that Ada owns, in which Ben and Gus have been."""
    room = Room.objects.ensure(RoomName.parse("lobby"))
    Membership.objects.create(room=room, member=ada, role=Role.OWNER, since=1, visible_from=0)
    for it in (ada, ben, gus):
        browser_of(it).post("/chat/lobby/keep")
    return room


def card(viewer: Member, of: Member) -> dict[str, Any]:
    answer: dict[str, Any] = browser_of(viewer).get(f"/chat/lobby/people/{of.uid}").json()
    return {key: answer[key] for key in ("kept", "muted", "banned") if key in answer}


def test_a_card_says_who_is_muted_to_moderators_alone(
    room: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(Post(room.pk, ben.pk, uuid4(), "buy now"))
    assert (card(ada, ben), card(ada, ada), card(ben, ada)) == ({"kept": True}, {}, {})
    until = timezone.now() + timedelta(hours=1)
    settled(Mute(room.pk, ada.pk, ben.pk, until, "Spam"))
    assert set(card(ada, ben)) == {"kept", "muted"}
    assert (card(gus, ben), card(ben, ben)) == ({}, {})
    settled(Ban(room.pk, ada.pk, ben.pk, until, "Spam"))
    assert set(card(ada, ben)) == {"kept", "muted", "banned"}
    assert card(gus, ben) == {}


def test_who_is_banned_reads_until_when_and_why(room: Room, ada: Member, ben: Member) -> None:
    settled(Ban(room.pk, ada.pk, ben.pk, FOR_GOOD, "Spam <b>"))
    browser = browser_of(ben)
    answer = browser.get("/chat/lobby/", headers=HTML)
    page = answer.content.decode()
    assert (answer.status_code, "You are banned from this room" in page) == (403, True)
    assert "Reason: <bdi>Spam &lt;b&gt;</bdi>" in page
    german = browser.get("/chat/lobby/", headers={**HTML, "accept-language": "de"})
    assert "Du bist für diesen Raum gesperrt" in german.content.decode()
    error = browser.get("/chat/lobby/messages").json()["error"]
    assert (error["code"], error["why"]) == ("banned", "Spam <b>")
    assert error["until"].startswith("9999-")
    assert browser.get("/").status_code == 200


def test_the_network_of_a_banned_guest_who_comes_back_is_banned_from_the_room(
    room: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(Ban(room.pk, ada.pk, gus.pk, timezone.now() + timedelta(hours=1)))
    assert browser_of(gus).get("/chat/lobby/").status_code == 403
    assert BannedNetwork.objects.get().ban.room == room
    other = Member.objects.create(name="Other")
    assert browser_of(other).get("/chat/lobby/").status_code == 403
    assert browser_of(other).get("/chat/attic/").status_code == 200
    assert browser_of(ben).get("/chat/lobby/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_ban_is_lifted_by_a_name_that_is_typed(
    room: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(Ban(room.pk, ada.pk, gus.pk, timezone.now() + timedelta(hours=1)))
    typed = {"act": "unban", "who": "GUS"}
    assert browser_of(ben).post("/chat/lobby/moderate", typed).status_code == 403
    unknown = {"act": "unban", "who": "Nobody"}
    assert browser_of(ben).post("/chat/lobby/moderate", unknown).status_code == 403
    keeper = browser_of(ada)
    assert keeper.post("/chat/lobby/moderate", unknown).json() == {"done": 0}
    assert keeper.post("/chat/lobby/moderate", typed).json() == {"done": 1}
    assert refusal(Ban(room.pk, gus.pk, ben.pk, FOR_GOOD)) == "not_allowed"
    assert browser_of(gus).get("/chat/lobby/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_all_of_the_last_hour_is_deleted_together(
    room: Room, ada: Member, ben: Member, gus: Member
) -> None:
    for text in ("one", "two"):
        settled(Post(room.pk, ben.pk, uuid4(), text))
    form = {"act": "delete_latest", "person": str(ben.uid)}
    assert browser_of(gus).post("/chat/lobby/moderate", form).status_code == 403
    assert browser_of(ada).post("/chat/lobby/moderate", form).json() == {"done": 2}
    assert browser_of(ada).post("/chat/lobby/moderate", form).json() == {"done": 0}
