"""What people type to open a room: its name, #name, or an address of this installation."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory
from django.urls import set_script_prefix

from chat.models import Room, RoomName, RoomNameError
from chat.web import room_addresses
from chat.web.room_addresses import RoomAddressError

Settings = Any  # the fixture's

NAMES = ["general", "#general", "##general", "＃general", "# general", " general ", "general\u200b"]
ADDRESSES = [
    "https://chat.example.com/chat/general/",
    "https://chat.example.com/chat/general",
    "http://chat.example.com/chat/general/?utm_source=x",
    "https://CHAT.example.com:443/chat/general/ ",
    "<https://chat.example.com/chat/general/>",
    "Join us: https://chat.example.com/chat/general/",
    "https://chat.example.com/chat/general/\u200b",
    "https://chat.example.com/chat/general/messages?before=7",
    "https://alice@chat.example.com/chat/general/",
    "//chat.example.com/chat/general/",
    "chat.example.com/chat/general/",
    "chat.example.com/chat/general",
    "www.chat.example.org/chat/general/",
    "/chat/general/",
    "chat/general/",
    "chat/general",
]
OTHERS = [
    "https://example.com/chat/general/",
    "https://chat.example.com.evil.example/chat/general/",
    "https://chat.example.com@evil.example/chat/general/",
    "https://chat.example.com:8443/chat/general/",
    "evil.example/chat/general/",
    "192.0.2.7:8000/chat/general/",
    "localhost:3000/chat/general/",
    "//evil.example/chat/general/",
]


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com", ".chat.example.org"]


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "chat.example.com"})


def parsed(typed: str, host: str = "chat.example.com") -> tuple[str, int | None]:
    request = RequestFactory().get("/", headers={"host": host})
    address = room_addresses.parse(request, typed)
    return address.address.shown, address.seq


@pytest.mark.parametrize("typed", [*NAMES, *ADDRESSES])
def test_a_name_a_hash_name_and_an_address_open_the_room(typed: str) -> None:
    assert parsed(typed) == ("general", None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://chat.example.com/chat/general/#7", ("general", 7)),
        ("chat.example.com/chat/general#7", ("general", 7)),
        ("https://chat.example.com/chat/general/?x=1#7 ", ("general", 7)),
        ("https://chat.example.com/chat/general/#top", ("general", None)),
        ("https://chat.example.com/chat/general/#0", ("general", None)),
        ("https://chat.example.com/chat/general/#99999999999999999999", ("general", None)),
        ("https://chat.example.com/chat/Tea%20room/#7", ("Tea room", 7)),
        ("https://chat.example.com/chat/Tea room/", ("Tea room", None)),
        (f"https://chat.example.com/chat/{quote('茶室')}/", ("茶室", None)),
        ("https://chat.example.com/chat/茶室/", ("茶室", None)),
        ("Tea%20room", ("Tea room", None)),
    ],
)
def test_the_name_is_decoded_and_a_message_is_found(
    typed: str, expected: tuple[str, int | None]
) -> None:
    assert parsed(typed) == expected


@pytest.mark.parametrize("typed", OTHERS)
def test_an_address_of_another_site_is_named_as_such(typed: str) -> None:
    with pytest.raises(RoomAddressError, match="is another site"):
        parsed(typed)


def test_every_host_is_allowed_and_only_the_requests_own_is_ours(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert parsed("http://192.0.2.7:8000/chat/general/", "192.0.2.7:8000") == ("general", None)
    assert parsed("http://[::1]:8000/chat/general/", "[::1]:8000") == ("general", None)
    with pytest.raises(RoomAddressError):
        parsed("http://192.0.2.8:8000/chat/general/", "192.0.2.7:8000")


@pytest.mark.parametrize(
    "typed",
    [
        "https://chat.example.com/",
        "https://chat.example.com/chat/",
        "https://chat.example.com/admin/",
        "https://chat.example.com",
        "http://[::1/chat/general/",
    ],
)
def test_an_address_of_ours_that_is_no_rooms_is_named_as_such(typed: str) -> None:
    with pytest.raises(RoomAddressError, match="no room at this address"):
        parsed(typed)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("R&D", "&"),
        ("a/b", "/"),
        ("v1.2/rc", "/"),
        ("/general", "/"),
        ("C#", "#"),
        ("100%", "%"),
        ("https://chat.example.com/chat/R&D/", "&"),
        ("https://chat.example.com/chat/R%26D/", "&"),
        ("https://chat.example.com/chat/a%2Fb/", "/"),
    ],
)
def test_what_is_in_the_way_of_the_name_is_named(typed: str, named: str) -> None:
    with pytest.raises(RoomNameError) as refusal:
        parsed(typed)
    assert f"“{named}”" in refusal.value.reason


@pytest.mark.parametrize("typed", ["", " ", "#", "\u200b", "https://chat.example.com/chat/%20/"])
def test_without_a_name_one_is_asked_for(typed: str) -> None:
    with pytest.raises(RoomNameError) as refusal:
        parsed(typed)
    assert refusal.value.reason == "Enter a room name."


def test_under_a_path_an_address_has_the_path() -> None:
    set_script_prefix("/lobby/")
    try:
        assert parsed("https://chat.example.com/lobby/chat/general/#7") == ("general", 7)
        assert parsed("/lobby/chat/general/") == ("general", None)
        assert parsed("lobby/chat/general/") == ("general", None)
        with pytest.raises(RoomAddressError):
            parsed("https://chat.example.com/chat/general/")
    finally:
        set_script_prefix("/")


# --- The pages ----------------------------------------------------------------------------------


def enter(client: Client, room: str) -> Any:
    return client.post("/", {"name": "Alice", "room": room})


@pytest.mark.django_db
def test_the_form_opens_the_message_of_a_pasted_address(client: Client) -> None:
    answer = enter(client, " https://chat.example.com/chat/Tea%20room/#7 ")
    assert (answer.status_code, answer["Location"]) == (302, "/chat/Tea%20room/#7")
    assert enter(client, "#general")["Location"] == "/chat/general/"


@pytest.mark.django_db
def test_the_form_names_what_is_in_the_way_and_offers_the_nearest_name(client: Client) -> None:
    page = enter(client, "R&D").content.decode()
    assert "A room name cannot contain “&amp;”." in page
    assert '<button class="button" name="room" value="R-D">Open “R-D”</button>' in page
    form, kind = "name=Alice&room=R%26D&room=R-D", "application/x-www-form-urlencoded"
    elsewhere = client.post("/", form, content_type=kind, headers={"host": "testserver"})
    assert elsewhere.status_code == 400  # of another host
    assert client.post("/", form, content_type=kind)["Location"] == "/chat/R-D/"


@pytest.mark.django_db
def test_the_page_of_a_wrong_name_names_what_is_in_the_way(client: Client) -> None:
    answer = client.get("/chat/R&D/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "A room name cannot contain “&amp;”." in page
    assert 'href="/chat/R-D/">Open “R-D”</a>' in page


# --- The question -------------------------------------------------------------------------------


def find(client: Client, typed: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/rooms/find", {"typed": typed}).json()
    return answer


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_room_exists_once_something_was_said_in_it(client: Client) -> None:
    new = {
        "name": "TEA room",
        "path": "/chat/TEA%20room/",
        "seq": None,
        "exists": False,
        "label": "Open new room “TEA room”",
    }
    assert find(client, "TEA room") == new
    room = Room.objects.ensure(RoomName.parse("Tea room"))  # somebody looked at it
    assert find(client, "TEA room") == new
    Room.objects.filter(pk=room.pk).update(last_seq=1)
    assert find(client, "TEA room") == {
        "name": "Tea room",
        "path": "/chat/Tea%20room/",
        "seq": None,
        "exists": True,
        "label": "Go to “Tea room”",
    }
    assert not Room.objects.filter(key="general").exists()


@pytest.mark.django_db
def test_a_room_that_a_person_may_not_find_does_not_exist(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room.objects.ensure(RoomName.parse("Tea room"))
    Room.objects.filter(pk=room.pk).update(last_seq=1)
    monkeypatch.setattr("chat.policy.may", lambda member, action, room, standing: False)
    found = find(client, "TEA room")
    assert (found["name"], found["exists"]) == ("TEA room", False)


@pytest.mark.django_db
def test_a_question_with_a_wrong_name_is_answered_with_the_reason(client: Client) -> None:
    assert find(client, "R&D") == {
        "error": "A room name cannot contain “&”.",
        "nearest": {
            "name": "R-D",
            "path": "/chat/R-D/",
            "seq": None,
            "exists": False,
            "label": "Open new room “R-D”",
        },
    }
    assert find(client, "🎉")["nearest"] is None
    other = "evil.example is another site. Open the address in a new tab instead."
    assert find(client, "https://evil.example/chat/x/") == {"error": other, "nearest": None}
    message = find(client, "chat.example.com/chat/x/#7")
    assert (message["path"], message["label"]) == ("/chat/x/#7", "Go to the message in “x”")


# --- links of invites ---------------------------------------------------------------------------

INVITE_LINKS = [
    "https://chat.example.com/invite/aB_9.x-y/",
    "https://chat.example.com/invite/aB_9.x-y",
    "Come in: https://chat.example.com/invite/aB_9.x-y/?utm_source=x",
    "<https://chat.example.com/invite/aB_9.x-y/>",
    "chat.example.com/invite/aB_9.x-y/",
    "/invite/aB_9.x-y/",
    "invite/aB_9.x-y",
]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", INVITE_LINKS)
def test_the_link_of_an_invite_leads_to_its_page(client: Client, typed: str) -> None:
    label = "Open the invite"
    assert find(client, typed) == {
        "name": label,
        "path": "/invite/aB_9.x-y/",
        "seq": None,
        "exists": None,
        "label": label,
    }
    answer = client.post("/", {"name": "Alice", "room": typed})
    assert answer["Location"] == "/invite/aB_9.x-y/"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["https://evil.example/invite/x/", "/invite/", "/invite/a/b/"])
def test_other_addresses_are_no_invites(client: Client, typed: str) -> None:
    assert "error" in find(client, typed)


@pytest.mark.django_db
def test_a_room_may_be_called_invite(client: Client) -> None:
    assert find(client, "invite")["path"] == "/chat/invite/"
