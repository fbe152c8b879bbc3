"""GET /chat/<room>/files: the files of a room, as a page and as JSON."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.journal import Delete
from chat.models import HeldMessage, Member, Room
from chat.protocol import FILES_MAX
from chat.tests.support.files import message_of, new_file, new_picture, post_files
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import applied, new_members_room
from chat.web.files.panel import PAGE_FILES

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/chat/lobby/files"
HTML = {"accept": "text/html"}


@pytest.fixture
def lobby(ada: Member) -> Room:
    return new_open_room("lobby")


def names(answer: Any) -> list[str]:
    return [it["name"] for it in answer.json()["files"]]


def test_the_newest_file_is_the_first_with_who_sent_it_where_and_when(
    client: Client, lobby: Room, ada: Member
) -> None:
    first, second = new_file(ada, lobby, "a.txt"), new_picture(ada, lobby, "b.png", alt="A bee")
    for file in (first, second):
        post_files(ada, file)
    answer = client.get(PATH)
    assert names(answer) == ["b.png", "a.txt"]
    message = message_of(second)
    assert answer.json()["files"][0] == {
        "id": str(second.client_id),
        "name": "b.png",
        "type": "image/png",
        "size": second.size,
        "width": 640,
        "height": 480,
        "url": f"/files/{second.uid}/b.png",
        "alt": "A bee",
        "author": {"id": str(ada.uid), "name": "Ada"},
        "seq": message.seq,
        "sent_at": message.sent_at.isoformat().replace("+00:00", "Z"),
    }
    assert answer.json()["more"] is False
    assert "Accept" in answer["Vary"]


def test_pictures_and_all_else_are_found_apart(client: Client, lobby: Room, ada: Member) -> None:
    post_files(ada, new_file(ada, lobby, "a.txt"), new_picture(ada, lobby, "b.png"))
    assert names(client.get(PATH, {"kind": "pictures"})) == ["b.png"]
    assert names(client.get(PATH, {"kind": "documents"})) == ["a.txt"]
    pictures = client.get(PATH, headers=HTML).content.decode()
    assert "b.png" in pictures
    assert "a.txt" not in pictures
    documents = client.get(PATH, {"kind": "documents"}, headers=HTML).content.decode()
    assert "a.txt" in documents
    assert "b.png" not in documents


def test_a_file_on_the_page_leads_to_its_message(client: Client, lobby: Room, ada: Member) -> None:
    file = new_picture(ada, lobby)
    post_files(ada, file)
    page = client.get(PATH, headers=HTML).content.decode()
    assert f'href="/chat/lobby/#{message_of(file).seq}"' in page


def test_pages_have_each_file_once_and_split_no_message(
    client: Client, lobby: Room, ada: Member
) -> None:
    for number in range(0, PAGE_FILES + 3, 7):
        post_files(ada, *(new_file(ada, lobby, f"{number + it}.txt") for it in range(7)))
    page = client.get(PATH).json()
    assert page["more"]
    assert PAGE_FILES <= len(page["files"]) < PAGE_FILES + FILES_MAX
    rest = client.get(PATH, {"before": page["files"][-1]["seq"]}).json()
    assert not rest["more"]
    seqs = [{it["seq"] for it in some["files"]} for some in (page, rest)]
    assert not seqs[0] & seqs[1]
    assert (
        len({it["name"] for some in (page, rest) for it in some["files"]}) == lobby.file_set.count()
    )
    assert "before=" in client.get(PATH, {"kind": "documents"}, headers=HTML).content.decode()


@pytest.mark.postgresql
def test_the_panel_asks_as_much_for_many_files_as_for_one(
    client: Client, lobby: Room, ada: Member
) -> None:
    post_files(ada, new_file(ada, lobby))
    client.get(PATH)
    with CaptureQueriesContext(connection) as one:
        client.get(PATH, {"kind": "documents"}, headers=HTML)
    for _ in range(5):
        post_files(ada, new_file(ada, lobby))
    with CaptureQueriesContext(connection) as many:
        client.get(PATH, {"kind": "documents"}, headers=HTML)
    assert len(many) == len(one)


def test_a_file_that_was_not_sent_or_was_deleted_is_not_there(
    client: Client, lobby: Room, ada: Member
) -> None:
    new_file(ada, lobby, "unsent.txt")
    deleted = new_file(ada, lobby, "deleted.txt")
    post_files(ada, deleted)
    applied(Delete(lobby.pk, ada.pk, message_of(deleted).seq))
    assert names(client.get(PATH)) == []
    assert "There are no pictures here." in client.get(PATH, headers=HTML).content.decode()


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "0"}, {"kind": "films"}])
def test_a_program_hears_what_it_asked_wrongly(
    client: Client, lobby: Room, query: dict[str, str]
) -> None:
    answer = client.get(PATH, query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(query))
    assert client.get(PATH, query, headers=HTML).status_code == 200


def test_the_panel_of_a_room_that_is_not_there_yet_creates_nothing(
    client: Client, db: None
) -> None:
    assert client.get("/chat/attic/files").json() == {"files": [], "more": False}
    assert client.get("/chat/attic/files", headers=HTML).status_code == 200
    assert not Room.objects.exists()


def test_the_panel_of_a_private_room_is_for_its_people_alone(
    client: Client, ada: Member, ben: Member
) -> None:
    den = new_members_room(ada, [ben])
    post_files(ada, new_picture(ada, den, "secret.png"))
    path = f"/chat/{den.address}/files"
    inside = browser_of(ben).get(path)
    assert names(inside) == ["secret.png"]
    assert "no-store" in inside["Cache-Control"]
    nowhere = client.get("/chat/~11111111-1111-4111-8111-111111111111/files")
    outside = client.get(path)
    assert outside.status_code == nowhere.status_code == 404
    assert outside.content == nowhere.content


def test_names_and_addresses_are_escaped(client: Client, lobby: Room, ada: Member) -> None:
    hostile = '"><script>alert(1)</script>.txt'
    post_files(ada, new_file(ada, lobby, hostile))
    page = client.get(PATH, {"kind": "documents"}, headers=HTML).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.txt" in page


def test_moderators_see_the_files_of_a_message_that_waits(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    held = HeldMessage.objects.create(room=den, member=ben, client_id=ben.uid, text="", kind="text")
    for file in (new_picture(ben, den, "cat.png"), new_file(ben, den, "notes.txt")):
        file.held = held
        file.save()
    page = browser_of(ada).get(f"/chat/{den.address}/settings/").content.decode()
    assert "cat.png" in page
    assert "notes.txt" in page
    assert "/320.webp" in page
