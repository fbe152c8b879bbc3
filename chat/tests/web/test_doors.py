"""The doors of a room over HTTP: who may not pass."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.models import Member, Room, RoomName, Subscription
from chat.web import guests

CHANGES = ["mute", "leave", "keep"]
CARD = f"people/{uuid4()}"
DOORS = ["/chat/lobby/", "/chat/lobby/messages", "/chat/lobby/qr.svg", f"/chat/lobby/{CARD}"]


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["", "messages", "qr.svg", CARD, *CHANGES])
def test_a_closed_account_passes_no_door_of_a_room(client: Client, door: str) -> None:
    user = User.objects.create_user("alice", is_active=False)
    member = Member.objects.create(name="Alice", user=user)
    room = Room.objects.ensure(RoomName.parse("lobby"))
    Subscription.objects.record_visit(member, room)
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    ask = client.post if door in {"mute", "leave", "keep"} else client.get
    assert ask(f"/chat/lobby/{door}").status_code == 403
    subscription = Subscription.objects.get()
    assert (subscription.kept_at, subscription.muted_at) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["", "messages", "qr.svg", CARD, *CHANGES])
def test_the_session_of_a_closed_account_passes_no_door_of_a_room(
    client: Client, door: str
) -> None:
    user = User.objects.create_user("alice")
    client.force_login(user)
    Room.objects.ensure(RoomName.parse("lobby"))
    User.objects.update(is_active=False)
    ask = client.post if door in CHANGES else client.get
    assert ask(f"/chat/lobby/{door}").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*DOORS, "/rooms/find", "/"])
def test_without_guests_a_guest_passes_no_door(
    client: Client, settings: Settings, address: str
) -> None:
    settings.GUESTS = "off"
    Room.objects.ensure(RoomName.parse("lobby"))
    assert client.get(address).status_code == 401
    page = client.get(address, headers={"accept": "text/html"})
    assert (page.status_code, page["Location"].partition("?")[2]) == (
        302,
        urlencode({"next": address}, safe="/"),
    )
    assert client.post(address, {"name": "Alice", "room": "attic"}).status_code in {401, 405}
    assert not Member.objects.exists()
    assert Room.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/name/", *(f"/chat/lobby/{it}" for it in CHANGES)])
def test_guests_who_may_only_read_change_nothing(
    client: Client, settings: Settings, address: str
) -> None:
    settings.GUESTS = "read"
    member = Member.objects.create(name="Alice")
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    Subscription.objects.record_visit(member, Room.objects.ensure(RoomName.parse("lobby")))
    answer = client.post(address, {"name": "Bob", "muted": "true"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_first")
    assert (Member.objects.get().name, Subscription.objects.get().muted_at) == ("Alice", None)


@pytest.mark.django_db
def test_guests_who_may_only_read_are_shown_where_to_sign_in(
    client: Client, settings: Settings
) -> None:
    settings.GUESTS = "read"
    page = client.get("/chat/lobby/").content.decode()
    assert "Guests can only read here." in page
    assert 'href="/accounts/login/?next=/chat/lobby/"' in page
    assert "You appear as" not in page


@pytest.mark.django_db
def test_the_index_leads_guests_who_may_only_read_to_a_room(
    client: Client, settings: Settings
) -> None:
    settings.GUESTS = "read"
    answer = client.post("/", {"name": "Alice", "room": "lobby"})
    assert (answer.status_code, answer["Location"]) == (302, "/chat/lobby/")
    assert not Member.objects.exists()


@pytest.mark.django_db
def test_a_user_is_their_own_member_on_pages(client: Client) -> None:
    user = User.objects.create_user("alice")
    client.force_login(user)
    assert client.post("/name/", {"name": "Alice"}).status_code == 200
    assert Member.objects.get(user=user).name == "Alice"


@pytest.mark.django_db
def test_a_signed_out_browser_becomes_a_new_guest(client: Client) -> None:
    member = Member.objects.create(name="Alice", user=User.objects.create_user("alice"))
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    client.cookies["sessionid"] = "a" * 32
    answer = client.get("/")
    assert guests.guest_of({guests.COOKIE: answer.cookies[guests.COOKIE].value}) != member.uid
    assert answer.cookies["sessionid"].value == ""
