"""Renaming, archiving and deleting a room, by forms and by programs."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from chat import guest_cookie
from chat.journal import Refused, changes
from chat.models import Job, Member, Message, Room, RoomName
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account, new_members_room
from chat.web import room_keeping

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}
PROGRAM = {"accept": "application/json"}
NEVER = "~11111111-1111-4111-8111-111111111111"


@pytest.fixture
def lobby(ada: Member) -> Room:
    return new_open_room("Lobby", ada)


@pytest.fixture
def den(ada: Member) -> Room:
    return new_members_room(ada, [new_account("Ben")])


def signed_in(member: Member) -> Client:
    client = Client()
    assert member.user
    client.force_login(member.user)
    return client


def as_guest() -> Client:
    client, guest = Client(), Member.objects.create(name="Gus")
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(guest.uid)
    return client


def olga() -> Client:
    return signed_in(new_account("Olga", is_staff=True, is_superuser=True))


def names() -> set[str]:
    return set(Room.objects.values_list("name", flat=True))


# --- rename -------------------------------------------------------------------------------------


def test_an_owner_renames_an_open_room_and_is_led_to_its_new_address(
    lobby: Room, ada: Member
) -> None:
    client = signed_in(ada)
    answer = client.post("/chat/lobby/settings/rename", {"name": "Tea  room"}, headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/chat/Tea%20room/settings/")
    assert names() == {"Tea room"}


def test_a_program_renames_a_room(den: Room, ada: Member) -> None:
    answer = signed_in(ada).post(
        f"/chat/{den.address}/settings/rename", {"name": "Ada & Ben"}, headers=PROGRAM
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert names() == {"Ada & Ben"}


RENAME = "/chat/lobby/settings/rename"


def test_a_taken_name_is_a_conflict(lobby: Room, ada: Member) -> None:
    new_open_room("Attic")
    answer = signed_in(ada).post(RENAME, {"name": "attic"}, headers=PROGRAM)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "name_taken")
    assert names() == {"Lobby", "Attic"}


def test_the_page_explains_a_taken_name_and_keeps_what_was_typed(lobby: Room, ada: Member) -> None:
    new_open_room("Attic")
    page = signed_in(ada).post(RENAME, {"name": "attic"}, headers=PAGE)
    assert page.status_code == 409
    assert "Another room has this name, or had it." in page.content.decode()
    assert 'value="attic"' in page.content.decode()


def test_the_same_name_changes_nothing(lobby: Room, ada: Member) -> None:
    client = signed_in(ada)
    same = client.post(RENAME, {"name": "Lobby"}, headers=PROGRAM)
    assert (same.status_code, same.json()["error"]["code"]) == (409, "nothing_changes")
    assert client.post(RENAME, {"name": "Lobby"}, headers=PAGE).status_code == 302
    assert names() == {"Lobby"}


def test_what_is_no_name_is_explained(lobby: Room, den: Room, ada: Member) -> None:
    client = signed_in(ada)
    answer = client.post("/chat/lobby/settings/rename", {"name": "a/b"}, headers=PROGRAM)
    assert answer.status_code == 422
    assert "cannot contain" in answer.json()["errors"]["name"][0]
    page = client.post("/chat/lobby/settings/rename", {"name": "a/b"}, headers=PAGE)
    assert (page.status_code, "cannot contain" in page.content.decode()) == (422, True)
    empty = client.post(f"/chat/{den.address}/settings/rename", {"name": " "}, headers=PROGRAM)
    assert empty.status_code == 422


# --- archive ------------------------------------------------------------------------------------


def test_an_owner_archives_a_room_and_opens_it_again(den: Room, ada: Member) -> None:
    client, address = signed_in(ada), f"/chat/{den.address}/settings/archive"
    answer = client.post(address, {"archived": "on"}, headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"/chat/{den.address}/settings/")
    den.refresh_from_db()
    assert den.is_archived
    again = client.post(address, {"archived": "on"}, headers=PROGRAM)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "nothing_changes")
    assert client.post(address, {"archived": "on"}, headers=PAGE).status_code == 302
    assert client.post(address, {}, headers=PROGRAM).status_code == 204
    den.refresh_from_db()
    assert not den.is_archived


# --- delete -------------------------------------------------------------------------------------


def test_the_name_of_the_room_is_asked_for(den: Room, ada: Member) -> None:
    client, address = signed_in(ada), f"/chat/{den.address}/settings/delete"
    page = client.get(address).content.decode()
    assert "Type the name of the room to confirm" in page
    for typed in ("", "Dan"):
        answer = client.post(address, {"name": typed}, headers=PAGE)
        assert answer.status_code == 422
        assert client.post(address, {"name": typed}, headers=PROGRAM).status_code == 422
    assert "This is not the name of the room." in answer.content.decode()
    den.refresh_from_db()
    assert den.deleted_at is None


def test_an_owner_deletes_a_room(den: Room, ada: Member) -> None:
    client, address = signed_in(ada), f"/chat/{den.address}/"
    answer = client.post(f"{address}settings/delete", {"name": "den"}, headers=PAGE)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(address).status_code == 404
    assert "Den" not in client.get("/").content.decode()
    assert Job.objects.get().state == {"room": den.pk}
    assert not LogEntry.objects.exists()


@pytest.mark.postgresql
def test_an_operator_deletes_an_open_room_which_the_log_tells(lobby: Room) -> None:
    client = olga()
    answer = client.post("/chat/lobby/settings/delete", {"name": "Lobby"}, headers=PROGRAM)
    assert answer.status_code == 204
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.object_repr) == (str(lobby.pk), "deleted room")
    page = client.get("/chat/lobby/")
    assert (page.status_code, page.context["room_id"]) == (200, None)
    assert client.get(f"/chat/~{lobby.uid}/").status_code == 404
    assert client.get(f"/admin/chat/room/{lobby.pk}/change/").status_code == 200


# --- who may ------------------------------------------------------------------------------------

ACTIONS: dict[str, dict[str, Any]] = {
    "rename": {"name": "Mine"},
    "archive": {"archived": "on"},
    "delete": {"name": "Lobby"},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_who_does_not_keep_an_open_room_changes_nothing(lobby: Room, action: str) -> None:
    for client in (Client(), as_guest(), signed_in(new_account("Cleo"))):
        answer = client.post(f"/chat/lobby/settings/{action}", ACTIONS[action])
        assert answer.status_code == 403
    assert not Message.objects.exists()
    assert Room.objects.get().deleted_at is None


@pytest.mark.parametrize("action", ACTIONS)
def test_a_member_of_the_room_does_not_keep_it(den: Room, action: str) -> None:
    ben = Member.objects.get(name="Ben")
    form = ACTIONS[action] | ({"name": "Den"} if action == "delete" else {})
    answer = signed_in(ben).post(f"/chat/{den.address}/settings/{action}", form)
    assert answer.status_code == 403
    assert Message.objects.filter(room=den).count() == 1


@pytest.mark.parametrize("headers", [PAGE, PROGRAM], ids=["people", "programs"])
@pytest.mark.parametrize("action", ACTIONS)
def test_to_strangers_a_room_that_is_not_open_is_none(
    den: Room, action: str, headers: dict[str, str]
) -> None:
    for client in (Client(), as_guest(), signed_in(new_account("Cleo")), olga()):
        there, nowhere = (
            client.post(f"/chat/{it}/settings/{action}", ACTIONS[action], headers=headers)
            for it in (den.address, NEVER)
        )
        assert there.status_code == nowhere.status_code == 404
        assert there.content == nowhere.content
        assert dict(there.headers) == dict(nowhere.headers)
    assert client.get(f"/chat/{den.address}/settings/delete").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_a_room_that_nobody_opened_is_not_changed(ada: Member, action: str) -> None:
    answer = signed_in(ada).post(f"/chat/lobby/settings/{action}", ACTIONS[action])
    assert answer.status_code == 404
    assert not Room.objects.exists()


# --- old names ----------------------------------------------------------------------------------


def test_the_page_at_an_old_name_leads_on_with_its_query(lobby: Room, ada: Member) -> None:
    client = signed_in(ada)
    client.post("/chat/lobby/settings/rename", {"name": "Fünf Bäume"})
    answer = client.get("/chat/Lobby/?utm=a&b=%20c")
    assert answer.status_code == 302
    assert answer["Location"] == "/chat/F%C3%BCnf%20B%C3%A4ume/?utm=a&b=%20c"
    assert client.get("/chat/f%C3%BCnf%20b%C3%A4ume/").status_code == 200


def test_programs_read_at_an_old_name_and_forms_change_the_room(lobby: Room, ada: Member) -> None:
    client = signed_in(ada)
    client.post("/chat/lobby/settings/rename", {"name": "Hall"})
    [message] = client.get("/chat/lobby/messages").json()["messages"]
    assert message["event"] == {"type": "room_renamed", "from": "Lobby", "to": "Hall"}
    assert client.post("/chat/lobby/keep").status_code == 204
    answer = client.post("/chat/lobby/settings/rename", {"name": "Foyer"}, headers=PAGE)
    assert answer["Location"] == "/chat/Foyer/settings/"
    assert client.get("/chat/hall/")["Location"] == "/chat/Foyer/"


def test_a_typed_old_name_is_found_as_the_new(lobby: Room, ada: Member) -> None:
    client = signed_in(ada)
    client.post("/chat/lobby/settings/rename", {"name": "Hall"})
    found = client.get("/rooms/find", {"typed": "lobby"}).json()
    assert (found["name"], found["path"], found["exists"]) == ("Hall", "/chat/Hall/", True)
    assert Room.objects.named(RoomName.parse("lobby")) == lobby


# --- what was decided meanwhile, or not stored --------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "status", "for_people"),
    [
        (changes.GONE, 404, 404),
        (changes.NOT_YOURS_TO_CHANGE, 403, 403),
        (changes.BAD_ROOM_NAME, 422, 422),
        (changes.UNAVAILABLE, 503, 503),
    ],
    ids=lambda it: it[0] if isinstance(it, tuple) else None,
)
@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_write_door_refuses_is_answered(
    lobby: Room,
    ada: Member,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    refusal: Any,
    status: int,
    for_people: int,
) -> None:
    def refuse(change: Any) -> None:
        raise Refused(*refusal)

    monkeypatch.setattr(room_keeping, "_append", refuse)
    client, address = signed_in(ada), f"/chat/lobby/settings/{action}"
    answer = client.post(address, ACTIONS[action], headers=PROGRAM)
    assert answer.status_code == status
    assert client.post(address, ACTIONS[action], headers=PAGE).status_code == for_people
