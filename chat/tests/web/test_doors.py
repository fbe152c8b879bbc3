"""The doors of a room over HTTP: who may not pass."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.models import Block, Member, Room, RoomName, Subscription
from chat.urls import urlpatterns
from chat.web import guests
from chat.web.pwa_worker import worker

CHANGES = ["mute", "leave", "keep"]
CARD = "people/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"

# Each address of chat/urls.py: the answers to a guest, an account, an operator, a blocked guest and
# a deactivated account. What changes something is asked with POST.
OPEN = (200, 200, 200, 200, 200)  # the same for everybody, and nobody's
PAGE = (200, 200, 200, 403, 403)
CHANGE = (204, 204, 204, 403, 403)
TABLE: dict[str, tuple[str, tuple[int, ...]]] = {
    "index": ("/", (200, 200, 200, 403, 200)),
    "room": ("/chat/lobby/", PAGE),
    "messages": ("/chat/lobby/messages", PAGE),
    "qr": ("/chat/lobby/qr.svg", PAGE),
    "card": (f"/chat/lobby/{CARD}", (404, 404, 404, 403, 403)),
    "mute": ("POST /chat/lobby/mute", CHANGE),
    "leave": ("POST /chat/lobby/leave", CHANGE),
    "keep": ("POST /chat/lobby/keep", CHANGE),
    "find_room": ("/rooms/find?typed=lobby", (200, 200, 200, 403, 200)),
    "rename": ("POST /name/", (200, 200, 200, 403, 403)),
    "claim": ("POST /claim/", (403, 302, 302, 403, 403)),
    "device": ("POST /device/", (200, 200, 200, 403, 403)),
    "device_revoke": ("POST /device/cancel/", (302, 302, 302, 403, 403)),
    "device_state": ("/device/state/0", (200, 200, 200, 403, 200)),
    "device_link": ("/device/0/", (404, 404, 404, 404, 404)),  # the link says who may
    "account_data": ("/accounts/data/", (302, 200, 200, 302, 302)),
    "account_data_download": ("POST /accounts/data/download/", (302, 200, 200, 302, 302)),
    "account_data_delete": ("/accounts/data/delete/", (302, 302, 302, 302, 302)),
    "block": ("POST /moderation/block", (403, 403, 422, 403, 403)),
    "emoji": ("/emoji.json", OPEN),
    "emoji_names": ("/emoji/en.json", OPEN),
    "manifest": ("/manifest.webmanifest", OPEN),
    "service_worker": ("/service-worker.js", OPEN),
    "offline": ("/offline/{version}/", OPEN),
}
ROLES = ["guest", "account", "operator", "blocked guest", "deactivated account"]
DOORS = ["/chat/lobby/", "/chat/lobby/messages", "/chat/lobby/qr.svg", f"/chat/lobby/{CARD}"]


def test_every_address_has_a_row() -> None:
    assert TABLE.keys() == {it.name for it in urlpatterns if it.name}


def become(client: Client, role: str) -> None:
    if role in {"guest", "blocked guest"}:
        guest = Member.objects.create(name="Alice")
        client.cookies[guests.COOKIE] = guests.sign(guest.uid)
        if role == "blocked guest":
            Block.objects.block(guest, timezone.now() + timedelta(hours=1))
        return
    is_operator = role == "operator"
    user = User.objects.create_user("alice", is_staff=is_operator, is_superuser=is_operator)
    client.force_login(user)
    Member.objects.of_user(user)
    if role == "deactivated account":
        User.objects.update(is_active=False)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TABLE)
def test_a_door_answers_each_role_as_the_table_says(client: Client, name: str, role: str) -> None:
    Room.objects.ensure(RoomName.parse("lobby"))
    become(client, role)
    address, answers = TABLE[name]
    ask = client.post if address.startswith("POST ") else client.get
    fields = {"name": "Ada"} if name == "rename" else {}
    answer = ask(address.removeprefix("POST ").format(version=worker().version), fields)
    assert answer.status_code == answers[ROLES.index(role)]


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
