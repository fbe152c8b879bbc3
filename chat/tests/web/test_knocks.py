"""The page of a room where one knocks, and the doors that stay shut."""

from uuid import uuid4

import pytest

from chat.journal import Post
from chat.journal.roster_changes import SetKnock
from chat.models import Knock, Member, Room
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import applied, settled

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "the kettle is behind the door"
HTML = {"accept": "text/html"}


@pytest.fixture
def tea(ada: Member) -> Room:
    room = new_open_room("Tea", ada)
    applied(Post(room.pk, ada.pk, uuid4(), SECRET))
    settled(SetKnock(room.pk, ada.pk, True))
    return room


def test_who_knocks_is_let_in_or_not(tea: Room, ada: Member, gus: Member) -> None:
    guest, owner = browser_of(gus), browser_of(ada)
    assert guest.get("/chat/Tea/knock").json() == {"state": "outside"}
    assert guest.post("/chat/Tea/knock", {"name": "Gustav"}).status_code == 302
    assert b"You have knocked" in guest.get("/chat/Tea/").content
    assert guest.get("/chat/Tea/knock").json() == {"state": "knocked"}
    page = owner.get("/chat/Tea/settings/").content.decode()
    assert "Who knocks" in page
    assert "<bdi>Gustav</bdi>" in page
    answer = {"person": str(gus.uid), "answer": "no"}
    assert owner.post("/chat/Tea/settings/let-in", answer).status_code == 204
    assert guest.get("/chat/Tea/knock").json() == {"state": "outside"}
    guest.post("/chat/Tea/knock")
    assert owner.post("/chat/Tea/settings/let-in", answer | {"answer": "yes"}).status_code == 204
    assert guest.get("/chat/Tea/knock").json() == {"state": "in"}
    assert SECRET in guest.get("/chat/Tea/").content.decode()


@pytest.mark.parametrize("door", ["", "messages", "qr.svg", "settings/", "people/{ada}"])
def test_who_waits_reads_nothing_on_any_door(
    tea: Room, ada: Member, gus: Member, door: str
) -> None:
    for knocks in (False, True):
        if knocks:
            Knock.objects.knock(gus, tea)
        answer = browser_of(gus).get(f"/chat/Tea/{door.format(ada=ada.uid)}", headers=HTML)
        assert answer.status_code in {403, 404}
        assert SECRET not in answer.content.decode()
        assert "Ada" not in answer.content.decode()


def test_a_browser_without_a_guest_knocks_too(tea: Room) -> None:
    new = browser_of(None)
    assert b"Knock" in new.get("/chat/Tea/").content
    assert new.post("/chat/Tea/knock", {"name": "Nora"}).status_code == 302
    assert Knock.objects.waiting().get().member.name == "Nora"
