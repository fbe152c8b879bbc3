"""The doors of a room over HTTP: who may not pass."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLResolver
from django.utils import timezone
from pytest_django.fixtures import Settings

import accounts.urls
from accounts.models import User
from chat import guest_cookie
from chat.models import Member, Room, RoomName, Sanction, Subscription
from chat.urls import urlpatterns
from chat.web.pwa_worker import worker

CHANGES = ["mute", "star", "leave", "keep"]
CARD = "people/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"
CASE = "/moderation/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"
NEVER = "0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"
HELD = "held/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"
INVITE = "invites/0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"

# Each address: the answers to a guest, an account, an operator, a blocked guest and a deactivated
# account. What changes something is asked with POST.
OPEN = (200, 200, 200, 200, 200)  # the same for everybody, and nobody's
PAGE = (200, 200, 200, 403, 403)
CHANGE = (204, 204, 204, 403, 403)
KEEPING = (403, 403, 422, 403, 403)  # a guest opened the room; no name is given
UNOPENED = (404, 404, 404, 403, 403)  # test_room_keeping.py has what is stored
ONES_OWN = (302, 200, 200, 302, 302)  # others are led to the page to sign in
BY_ACCOUNTS = (401, 200, 200, 403, 403)
UNCHANGED = (404, 404, 409, 403, 403)  # of an open room that nobody owns: no days, as before
FOR_KEEPERS = (404, 404, 200, 403, 403)  # of an open room that nobody owns
LED_ON = (302, 302, 302, 302, 302)  # to sign in, to type the password once more, or to the end
NOT_ADDED = (302, 404, 404, 302, 302)  # this account has no codes
WITHOUT_MAIL = (404, 404, 404, 404, 404)  # the same for everybody
FOR_KEEPERS_NOTHING = (404, 404, 404, 403, 403)  # of such a room: nothing waits there
NOBODYS = (403, 403, 403, 403, 403)  # an open room has no invites
BY_LINK = (404, 404, 404, 404, 404)  # a link that never was; who has a valid one may use it
NO_CASE = (404, 404, 404, 403, 403)  # one that never was; web/test_reports.py has others
NOTHING = (404, 404, 404, 403, 403)  # of a file that never was
SIGN_IN = (200, 302, 302, 200, 200)  # who is signed in is led on
Table = dict[str, tuple[str, tuple[int, ...]]]
CHAT: Table = {
    "index": ("/", PAGE),
    "room": ("/chat/lobby/", PAGE),
    "messages": ("/chat/lobby/messages", PAGE),
    "away": ("/chat/lobby/away", PAGE),
    "commands": ("/chat/lobby/commands", PAGE),
    "search": ("/chat/search?q=tea", PAGE),
    "search_names": ("/chat/search/names?operator=from&q=a", PAGE),
    "search_day": ("/chat/search/day?room=lobby&date=2026-11-27", PAGE),
    "new_direct": ("/chat/new/direct", (401, 200, 200, 403, 403)),
    "block_person": ("POST /people/{otto}/block", CHANGE),
    "account_blocked": ("/accounts/blocked/", ONES_OWN),
    "account_notifications": ("/accounts/notifications/", PAGE),
    "push_key": ("/push/key", PAGE),
    "push_register": ("POST /push/devices", (422, 422, 422, 403, 403)),
    "push_unregister": ("POST /push/devices/remove", CHANGE),
    "qr": ("/chat/lobby/qr.svg", PAGE),
    "card": ("/chat/lobby/people/{otto}", PAGE),
    "files": ("POST /chat/lobby/files", (422, 422, 422, 403, 403)),
    "upload": (f"/chat/lobby/files/{NEVER}", NOTHING),
    "file": (f"/files/{NEVER}/a.txt", NOTHING),
    "picture": (f"/pictures/{NEVER}/96.webp", NOTHING),
    "settings_picture": ("POST /chat/lobby/settings/picture", (404, 404, 422, 403, 403)),
    "file_preview": (f"/files/{NEVER}/320.webp", NOTHING),
    "card_picture": (f"/cards/{NEVER}.webp", NOTHING),
    "mute": ("POST /chat/lobby/mute", CHANGE),
    "star": ("POST /chat/lobby/star", CHANGE),
    "leave": ("POST /chat/lobby/leave", CHANGE),
    "keep": ("POST /chat/lobby/keep", CHANGE),
    "settings_rename": ("POST /chat/lobby/settings/rename", KEEPING),
    "settings_retention": ("POST /chat/lobby/settings/retention", UNCHANGED),
    "settings_archive": ("POST /chat/attic/settings/archive", UNOPENED),
    "settings_delete": ("POST /chat/lobby/settings/delete", KEEPING),
    "find_room": ("/rooms/find?typed=lobby", PAGE),
    "rename": ("POST /name/", PAGE),
    "claim": ("POST /claim/", (403, 302, 302, 403, 403)),
    "device_state": ("/device/state/0", PAGE),
    "close_to_guests": ("POST /moderation/guests", (403, 403, 422, 403, 403)),
    "block": ("POST /moderation/block", (403, 403, 422, 403, 403)),
    "report": ("POST /chat/lobby/report", (422, 422, 422, 403, 403)),
    "moderation": ("/moderation/", BY_ACCOUNTS),
    "my_reports": ("/moderation/mine", PAGE),
    "decide_case": (f"POST {CASE}/decide", NO_CASE),
    "note_case": (f"POST {CASE}/note", NO_CASE),
    "device": ("POST /device/", PAGE),
    "device_revoke": ("POST /device/cancel/", (302, 302, 302, 403, 403)),
    "device_link": ("/device/never/", BY_LINK),
    "invites": ("POST /chat/lobby/invites", NOBODYS),
    "invite_revoke": (f"POST /chat/lobby/{INVITE}/revoke", NOBODYS),
    "invite_qr": (f"/chat/lobby/{INVITE}/qr.svg", NOBODYS),
    "invite": ("/invite/never/", (404, 404, 404, 403, 403)),
    "account_data": ("/accounts/data/", ONES_OWN),
    "account_data_download": ("POST /accounts/data/download/", ONES_OWN),
    "account_data_delete": ("POST /accounts/data/delete/", LED_ON),  # to say who they are first
    "account_picture": ("POST /accounts/profile/picture", (302, 422, 422, 302, 302)),
    "account_profile": ("/accounts/profile/", ONES_OWN),
    "account_tokens": ("/accounts/tokens/", ONES_OWN),
    "account_new_token": ("/accounts/tokens/new/", LED_ON),  # to say who they are first
    "account_revoke_token": (f"POST /accounts/tokens/{NEVER}/revoke", NOT_ADDED),
    "people_search": ("/chat/new/people?q=a", BY_ACCOUNTS),
    "new_members_room": ("/chat/new/members", BY_ACCOUNTS),
    "moderate": ("POST /chat/lobby/moderate", (404, 404, 404, 403, 403)),
    "room_log": ("/chat/lobby/settings/log/", FOR_KEEPERS),
    "lift_bans": ("POST /moderation/lift", (403, 403, 422, 403, 403)),
    "moderation_log": ("/moderation/log/", (403, 403, 200, 403, 403)),
    "room_settings": ("/chat/lobby/settings/", FOR_KEEPERS),
    "room_bots": ("/chat/lobby/settings/bots/", FOR_KEEPERS),
    "room_bot": (f"POST /chat/lobby/settings/bots/{NEVER}", FOR_KEEPERS_NOTHING),
    "room_webhooks": ("/chat/lobby/settings/webhooks/", FOR_KEEPERS),
    "room_webhook": (f"POST /chat/lobby/settings/webhooks/{NEVER}", FOR_KEEPERS_NOTHING),
    "knock": ("/chat/lobby/knock", PAGE),
    "settings_knock": ("POST /chat/lobby/settings/knock", (404, 404, 409, 403, 403)),
    "settings_guest_files": ("POST /chat/lobby/settings/guest-files", (404, 404, 204, 403, 403)),
    "settings_let_in": ("POST /chat/lobby/settings/let-in", (404, 404, 422, 403, 403)),
    "settings_filter": ("POST /chat/lobby/settings/filter", (404, 404, 409, 403, 403)),
    "held_approve": (f"POST /chat/lobby/{HELD}/approve", FOR_KEEPERS_NOTHING),
    "held_reject": (f"POST /chat/lobby/{HELD}/reject", FOR_KEEPERS_NOTHING),
    "settings_people": ("POST /chat/lobby/settings/people", (404, 404, 409, 403, 403)),
    "settings_remove": ("POST /chat/lobby/settings/remove", (404, 404, 409, 403, 403)),
    "settings_role": ("POST /chat/lobby/settings/role", (404, 404, 422, 403, 403)),
    "settings_leave": ("POST /chat/lobby/settings/leave", (404, 404, 409, 403, 403)),
    "settings_history": ("POST /chat/lobby/settings/history", (404, 404, 409, 403, 403)),
    "emoji": ("/emoji.json", OPEN),
    "emoji_names": ("/emoji/en.json", OPEN),
    "manifest": ("/manifest.webmanifest", OPEN),
    "service_worker": ("/service-worker.js", OPEN),
    "offline": ("/offline/{version}/", OPEN),
}
ACCOUNTS: Table = {
    "account_login": ("/accounts/login/", SIGN_IN),
    "account_logout": ("/accounts/logout/", ONES_OWN),
    "account_signup": ("/accounts/signup/", SIGN_IN),
    "sign_in_link": ("/accounts/link/1/never/", BY_LINK),
    "account_inactive": ("/accounts/inactive/", OPEN),
    "account_reauthenticate": ("/accounts/reauthenticate/", ONES_OWN),
    "sign_in_again": ("/accounts/sign-in-again/", ONES_OWN),
    "account_change_password": ("/accounts/password/change/", ONES_OWN),
    "account_set_password": ("/accounts/password/set/", LED_ON),
    "account_email": ("/accounts/email/", WITHOUT_MAIL),
    "account_email_verification_sent": ("/accounts/confirm-email/", WITHOUT_MAIL),
    "account_confirm_email": ("/accounts/confirm-email/never/", WITHOUT_MAIL),
    "account_reset_password": ("/accounts/password/reset/", WITHOUT_MAIL),
    "account_reset_password_done": ("/accounts/password/reset/done/", WITHOUT_MAIL),
    "account_reset_password_from_key": ("/accounts/password/reset/key/1-never/", WITHOUT_MAIL),
    "account_reset_password_from_key_done": ("/accounts/password/reset/key/done/", WITHOUT_MAIL),
    "mfa_index": ("/accounts/2fa/", ONES_OWN),
    "mfa_authenticate": ("/accounts/2fa/authenticate/", LED_ON),
    "mfa_reauthenticate": ("/accounts/2fa/reauthenticate/", LED_ON),
    "mfa_activate_totp": ("/accounts/2fa/totp/activate/", LED_ON),
    "mfa_deactivate_totp": ("/accounts/2fa/totp/deactivate/", NOT_ADDED),
    "mfa_view_recovery_codes": ("/accounts/2fa/recovery-codes/", NOT_ADDED),
    "mfa_generate_recovery_codes": ("/accounts/2fa/recovery-codes/generate/", LED_ON),
    "mfa_download_recovery_codes": ("/accounts/2fa/recovery-codes/download/", NOT_ADDED),
    "mfa_list_webauthn": ("/accounts/2fa/webauthn/", ONES_OWN),
    "mfa_add_webauthn": ("/accounts/2fa/webauthn/add/", LED_ON),
    "mfa_reauthenticate_webauthn": ("/accounts/2fa/webauthn/reauthenticate/", LED_ON),
    "mfa_remove_webauthn": ("/accounts/2fa/webauthn/keys/1/remove/", LED_ON),
    "mfa_edit_webauthn": ("/accounts/2fa/webauthn/keys/1/edit/", LED_ON),
    "mfa_login_webauthn": ("/accounts/2fa/webauthn/login/", LED_ON),
    "usersessions_list": ("/accounts/sessions/", ONES_OWN),
}
TABLE = CHAT | ACCOUNTS
# Its connection sees no transaction of a test.
BY_THE_WRITE_DOOR = [
    "settings_retention",
    "settings_knock",
    "settings_guest_files",
    "settings_filter",
]
ROLES = ["guest", "account", "operator", "blocked guest", "deactivated account"]
ON_EACH_DATABASE = [  # an account and an operator come furthest: all statements of all addresses
    pytest.param(role, marks=pytest.mark.postgresql if role in {"account", "operator"} else ())
    for role in ROLES
]
DOORS = ["/chat/lobby/", "/chat/lobby/messages", "/chat/lobby/qr.svg", f"/chat/lobby/{CARD}"]


def names_in(patterns: Iterable[Any]) -> Iterator[str]:
    for it in patterns:
        if isinstance(it, URLResolver):
            yield from names_in(it.url_patterns)
        elif it.name:
            yield it.name


def test_every_address_has_a_row() -> None:
    assert CHAT.keys() == set(names_in(urlpatterns))
    assert ACCOUNTS.keys() == set(names_in(accounts.urls.urlpatterns))


def become(client: Client, role: str) -> None:
    if role in {"guest", "blocked guest"}:
        guest = Member.objects.create(name="Alice")
        client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(guest.uid)
        if role == "blocked guest":
            Sanction.objects.ban(guest, timezone.now() + timedelta(hours=1))
        return
    is_operator = role == "operator"
    rights: Any = {"is_staff": is_operator, "is_superuser": is_operator}
    user = User.objects.create_user("alice", password="correct horse battery", **rights)
    client.force_login(user)
    Member.objects.of_user(user)
    if role == "deactivated account":
        User.objects.update(is_active=False)


@pytest.fixture
def otto(db: None) -> Member:
    """Somebody who was in the lobby."""
    otto = Member.objects.create(name="Otto")
    Subscription.objects.record_visit(otto, Room.objects.ensure(RoomName.parse("lobby")))
    return otto


@pytest.mark.parametrize("role", ON_EACH_DATABASE)
@pytest.mark.parametrize("name", [it for it in TABLE if it not in BY_THE_WRITE_DOOR])
def test_a_door_answers_each_role_as_the_table_says(
    client: Client, otto: Member, name: str, role: str
) -> None:
    expect_as_in_the_table(client, otto, name, role)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ON_EACH_DATABASE)
@pytest.mark.parametrize("name", BY_THE_WRITE_DOOR)
def test_the_write_door_answers_each_role_as_the_table_says(
    client: Client, otto: Member, name: str, role: str
) -> None:
    expect_as_in_the_table(client, otto, name, role)


def expect_as_in_the_table(client: Client, otto: Member, name: str, role: str) -> None:
    become(client, role)
    address, answers = TABLE[name]
    ask = client.post if address.startswith("POST ") else client.get
    fields = {"name": "Ada"} if name == "rename" else {}
    path = address.removeprefix("POST ").format(version=worker().version, otto=otto.uid)
    assert ask(path, fields).status_code == answers[ROLES.index(role)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["blocked guest", "deactivated account"])
@pytest.mark.parametrize("door", ["", "messages", "qr.svg", CARD, *CHANGES])
def test_who_may_not_come_in_does_not_find_out_which_rooms_there_are(
    client: Client, door: str, role: str
) -> None:
    Room.objects.ensure(RoomName.parse("lobby"))
    become(client, role)
    ask = client.post if door in CHANGES else client.get
    there, nowhere = (ask(f"/chat/{room}/{door}") for room in ("lobby", "attic"))
    assert there.status_code == nowhere.status_code == 403
    assert there.content == nowhere.content
    assert client.get("/chat/new/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("blocked guest", "You are banned"),
        ("deactivated account", "This account is deactivated"),
    ],
)
def test_who_may_not_come_in_reads_why(client: Client, role: str, words: str) -> None:
    become(client, role)
    page = client.get("/chat/lobby/", headers={"accept": "text/html"})
    assert words in page.content.decode()
    error = client.get("/chat/lobby/messages", headers={"accept": "application/json"})
    assert error.json()["error"]["code"] == "not_allowed"


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["", "messages", "qr.svg", CARD, *CHANGES])
def test_a_closed_account_passes_no_door_of_a_room(client: Client, door: str) -> None:
    user = User.objects.create_user("alice", is_active=False)
    member = Member.objects.create(name="Alice", user=user)
    room = Room.objects.ensure(RoomName.parse("lobby"))
    Subscription.objects.record_visit(member, room)
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    ask = client.post if door in CHANGES else client.get
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
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
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
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    client.cookies["sessionid"] = "a" * 32
    answer = client.get("/")
    assert (
        guest_cookie.guest_of({guest_cookie.COOKIE: answer.cookies[guest_cookie.COOKIE].value})
        != member.uid
    )
    assert answer.cookies["sessionid"].value == ""


@pytest.mark.django_db
@pytest.mark.parametrize("is_active", [True, False])
def test_a_signed_out_browser_whose_guest_was_claimed_becomes_a_new_guest(
    client: Client, is_active: bool
) -> None:
    user = User.objects.create_user("alice", is_active=is_active)
    claimed = Member.objects.create(name="Alice", claimed_by=user)
    Room.objects.ensure(RoomName.parse("lobby"))
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(claimed.uid)
    answer = client.get("/chat/lobby/")
    assert answer.status_code == (200 if is_active else 403)
    if is_active:
        cookie = answer.cookies[guest_cookie.COOKIE].value
        assert guest_cookie.guest_of({guest_cookie.COOKIE: cookie}) != claimed.uid
