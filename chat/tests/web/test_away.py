"""GET /chat/<room>/away, as docs/protocol.md has it."""

from uuid import uuid4

import pytest
from django.test import Client

from chat.journal import Delete, Edit, Post
from chat.journal.write.markup import mark_up
from chat.models import Member, Room, Subscription
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of, snapshot
from chat.tests.support.private_rooms import applied, new_members_room

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/chat/lobby/away"
LISTS = ["mentions", "replies", "edited", "deleted", "files", "links"]


@pytest.fixture
def lobby(ada: Member, ben: Member) -> Room:
    lobby = new_open_room("lobby")
    Subscription.objects.record_visit(ben, lobby)
    return lobby


def post(author: Member, room: Room, text: str) -> int:
    return applied(Post(room.pk, author.pk, uuid4(), text, markup=mark_up(room, text))).entry.seq


@pytest.mark.postgresql
def test_ben_is_told_what_happened_with_the_messages_as_they_are(
    lobby: Room, ada: Member, ben: Member
) -> None:
    seqs = [post(ada, lobby, text) for text in ("one", "a secret")]
    Subscription.objects.filter(member=ben).update(read_seq=seqs[-1], seen_version=seqs[-1])
    applied(Edit(lobby.pk, ada.pk, seqs[0], "two"))
    applied(Delete(lobby.pk, ada.pk, seqs[1]))
    mention, other = post(ada, lobby, "@Ben, look"), post(ada, lobby, "well")
    answer = browser_of(ben).get(PATH).json()
    messages = answer.pop("messages")
    assert answer == {
        **{name: [] for name in LISTS},
        "edited": [seqs[0]],
        "deleted": [seqs[1]],
        "mentions": [mention],
        "others": 1,
        "more": False,
    }
    texts = [(seqs[0], "two", False), (seqs[1], "", True), (mention, "@Ben, look", False)]
    assert [(it["seq"], it["text"], it["deleted"]) for it in messages] == texts
    assert other not in {it["seq"] for it in messages}


def test_a_page_asks_from_where_it_began(lobby: Room, ada: Member, ben: Member) -> None:
    browser = browser_of(ben)
    before = snapshot(browser.get("/chat/lobby/"))
    since = {"after": before["read"], "seen": before["seen"]}
    post(ada, lobby, "well")
    lobby.refresh_from_db()
    Subscription.objects.filter(member=ben).update(read_seq=lobby.last_seq)
    assert browser.get(PATH).json()["others"] == 0
    assert browser.get(PATH, since).json()["others"] == 1


def test_reading_it_moves_no_pointer(lobby: Room, ada: Member, ben: Member) -> None:
    post(ada, lobby, "well")
    before = Subscription.objects.values().get(member=ben)
    browser_of(ben).get(PATH)
    assert Subscription.objects.values().get(member=ben) == before


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "-1"}, {"seen": str(2**63)}])
def test_a_program_hears_what_it_asked_wrongly(lobby: Room, query: dict[str, str]) -> None:
    answer = Client().get(PATH, query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(query))


def test_in_a_room_that_is_not_there_yet_nothing_has_happened(client: Client, db: None) -> None:
    answer = client.get("/chat/attic/away").json()
    assert answer == {"messages": [], **{name: [] for name in LISTS}, "others": 0, "more": False}
    assert not Room.objects.exists()


def test_what_happened_in_a_private_room_is_for_its_people_alone(
    client: Client, ada: Member, ben: Member
) -> None:
    den = new_members_room(ada, [ben])
    post(ada, den, "@Ben, a secret")
    path = f"/chat/{den.address}/away"
    inside = browser_of(ben).get(path, {"after": 0})
    assert "a secret" in inside.content.decode()
    assert "no-store" in inside["Cache-Control"]
    nowhere = client.get("/chat/~11111111-1111-4111-8111-111111111111/away")
    outside = client.get(path, {"after": 0})
    assert outside.status_code == nowhere.status_code == 404
    assert outside.content == nowhere.content
