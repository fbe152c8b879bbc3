"""The pages, the history endpoint, and the admin."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import User
from chat import guest_cookie
from chat.journal.read import queries
from chat.models import Member, Message, Revision, Room, RoomName, Subscription
from chat.tests.support.history import history, room_with
from chat.tests.support.pages import snapshot
from chat.web.scripts import in_script

pytestmark = pytest.mark.django_db


def texts(page: dict[str, Any]) -> list[str]:
    return [message["text"] for message in page["messages"]]


def test_history_starts_with_the_newest_page_in_ascending_order(client: Client) -> None:
    room_with(120)
    page = history(client)
    assert texts(page) == [str(number) for number in range(71, 121)]
    assert page["more"] is True


def test_paging_back_reaches_the_first_message_without_gap_or_overlap(client: Client) -> None:
    room_with(120)
    page = history(client)
    seen = page["messages"]
    while page["more"]:
        page = history(client, f"?before={seen[0]['seq']}&limit=33")
        seen = page["messages"] + seen
    assert [message["seq"] for message in seen] == list(range(1, 121))


def test_a_get_creates_no_room(client: Client) -> None:
    assert history(client, room="nobody") == {"messages": [], "more": False}
    assert client.get("/chat/nobody/").status_code == 200
    assert not Room.objects.exists()


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?limit=x", "?before=0", "?before=-1"])
def test_a_bad_history_query_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/chat/lobby/messages{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_room_page_holds_the_latest_fifty_messages_and_the_ids_of_the_tutorial(
    client: Client,
) -> None:
    room_with(60)
    page = client.get("/chat/LOBBY/").content.decode()
    for id in ("chat-log", "chat-message-input", "chat-message-submit", "room-name"):
        assert f'id="{id}"' in page
    assert '<script id="room-name" type="application/json">"Lobby"</script>' in page
    data = snapshot(client.get("/chat/lobby/"))
    assert data["version"] == 60
    assert texts(data) == [str(number) for number in range(11, 61)]


def test_a_room_page_holds_the_id_of_a_room_that_exists(client: Client) -> None:
    lobby = room_with(0)
    assert client.get("/chat/lobby/").context["room_id"] == str(lobby.uid)
    assert client.get("/chat/elsewhere/").context["room_id"] is None


@pytest.mark.parametrize("rooms", [1, 20])
def test_pages_take_the_same_number_of_queries_for_more_rooms(
    client: Client, rooms: int, django_assert_num_queries: Any
) -> None:
    member = Member.objects.create(name="Bob")
    for number in range(rooms):
        Subscription.objects.record_visit(member, room_with(60, f"room {number}"))
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    with django_assert_num_queries(2):  # the member; the rooms
        client.get("/")
    with django_assert_num_queries(
        4
    ):  # the member; the room; messages with authors; the read pointer
        client.get("/chat/room 0/")


def test_a_newcomer_has_neither_posted_nor_chosen_a_name(client: Client) -> None:
    def is_newcomer() -> bool:
        newcomer: bool = client.get("/chat/elsewhere/").context["is_newcomer"]
        return newcomer

    assert is_newcomer()
    guest = Member.objects.guest(uuid4()).ensure_saved()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(guest.uid)
    assert is_newcomer()
    room_with(3)
    Message.objects.filter(seq=2).update(author=guest)
    assert not is_newcomer()
    Message.objects.filter(seq=2).update(author=Member.objects.get(name="Alice"))
    assert is_newcomer()
    guest.rename("Bob")
    assert not is_newcomer()


def test_an_account_is_a_newcomer_under_the_username(client: Client) -> None:
    def is_newcomer() -> bool:
        newcomer: bool = client.get("/chat/elsewhere/").context["is_newcomer"]
        return newcomer

    user = User.objects.create_user("ada")
    client.force_login(user)
    assert is_newcomer()
    room_with(3)
    guest = Member.objects.create(name="Panda", claimed_by=user)
    Message.objects.filter(seq=2).update(author=guest)
    assert not is_newcomer()
    Message.objects.filter(seq=2).update(author=Member.objects.get(name="Alice"))
    assert is_newcomer()
    Member.objects.get(user=user).rename("Ada L.")
    assert not is_newcomer()


def new_browser(client: Client) -> None:
    pass


def unstored_guest(client: Client) -> None:
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(uuid4())


def stored_guest(client: Client) -> None:
    member = Member.objects.create(name="Bob")
    Subscription.objects.record_visit(member, Room.objects.ensure(RoomName.parse("Lobby")))
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)


def unnamed_guest(client: Client) -> None:
    member = Member.objects.guest(uuid4()).ensure_saved()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)


def signed_in(client: Client) -> None:
    user = User.objects.create_user("bob", password="correct horse battery staple")
    member = Member.objects.create(name="Bob", user=user)
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    client.force_login(user)


VISITORS: list[Callable[[Client], None]] = [
    new_browser,
    unstored_guest,
    stored_guest,
    signed_in,
    unnamed_guest,
]
QUERIES = {
    # A user's session and member, or the guest; their rooms.
    "/": (0, 1, 2, 3, 2),
    # The room, messages with authors; who asks; what is unread; whether posted; an account's role.
    "/chat/Lobby/": (2, 3, 4, 6, 5),
    "/chat/Den/": (1, 2, 2, 3, 3),
    "/chat/Lobby/messages": (2, 3, 3, 5, 3),
}


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_a_page_takes_few_queries_whoever_visits(
    client: Client,
    visitor: Callable[[Client], None],
    address: str,
    django_assert_num_queries: Any,
) -> None:
    room_with(60)
    visitor(client)
    with django_assert_num_queries(QUERIES[address][VISITORS.index(visitor)]):
        assert client.get(address).status_code == 200


def test_both_addresses_of_the_index_show_the_same_page(client: Client) -> None:
    for address in ("/", "/chat/"):
        page = client.get(address)
        assert page.templates[0].name == "chat/index.html"


def test_a_get_creates_no_member_and_the_guest_keeps_its_name(client: Client) -> None:
    client.get("/")
    client.get("/chat/lobby/")
    assert not Member.objects.exists()
    name = client.get("/").context["form"].initial["name"]
    assert client.get("/chat/lobby/").context["you"]["name"] == name


@pytest.mark.parametrize("address", ["/", "/chat/lobby/", "/chat/lobby/messages"])
def test_every_answer_renews_the_guest_cookie(client: Client, address: str) -> None:
    first = client.get(address).cookies[guest_cookie.COOKIE]
    second = client.get(address).cookies[guest_cookie.COOKIE]
    assert second["max-age"] == guest_cookie.COOKIE_SECONDS
    assert guest_in(second.value) == guest_in(first.value) is not None


def test_a_missing_forged_or_expired_cookie_names_no_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    value = guest_cookie.sign(uuid4())
    assert guest_in(value) is not None
    assert guest_cookie.guest_of({}) is None
    assert guest_in(f"{uuid4()}:{value.partition(':')[2]}") is None
    monkeypatch.setattr(guest_cookie, "COOKIE_SECONDS", -1)
    assert guest_in(value) is None


def guest_in(value: str) -> UUID | None:
    return guest_cookie.guest_of({guest_cookie.COOKIE: value})


def test_a_room_has_one_address_however_many_spaces_are_typed(client: Client) -> None:
    room_with(1, "Tea room")
    answer = client.get("/chat/Tea%20%20%20room/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/chat/Tea%20room/")
    assert texts(history(client, room="tea  room")) == ["1"]
    entered = client.post("/", {"name": "Alice", "room": "Tea  room"})
    assert entered.headers["Location"] == "/chat/Tea%20room/"


def test_entering_a_room_stores_the_name_and_redirects_to_the_room(client: Client) -> None:
    answer = client.post("/", {"name": " Ada ", "room": " Fünf Bäume "})
    assert answer.status_code == 302
    assert answer["Location"] == f"/chat/{quote('Fünf Bäume')}/"
    assert client.get("/chat/lobby/").context["you"]["name"] == "Ada"


@pytest.mark.parametrize(
    "filled", [{"name": "", "room": "a"}, {"name": "Ada", "room": ""}, {"name": "A", "room": "a/b"}]
)
def test_a_bad_name_or_room_is_refused_with_an_error_in_the_form(
    client: Client, filled: dict[str, str]
) -> None:
    answer = client.post("/", filled)
    assert answer.status_code == 422
    assert b"field-error" in answer.content


def test_a_new_name_is_stored_and_shown_on_the_next_page(client: Client) -> None:
    client.get("/")
    assert client.post("/name/", {"name": "Ada"}).json() == {"name": "Ada"}
    assert client.get("/").context["form"].initial["name"] == "Ada"
    assert client.post("/name/", {"name": "\u200b"}).status_code == 422


def test_a_form_without_csrf_token_is_refused(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/", {"name": "Ada", "room": "lobby"}).status_code == 403
    assert strict.post("/name/", {"name": "Ada"}).status_code == 403
    assert not Member.objects.exists()


@pytest.mark.parametrize("address", ["/", "/chat/lobby/", "/chat/a/b/", "/admin/login/"])
def test_every_page_has_the_security_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "media-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/", "/chat/lobby/"])
def test_no_page_has_inline_scripts_styles_or_handlers(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    scripts = [tag.split(">")[0] for tag in page.split("<script")[1:]]
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert " style=" not in page
    assert " onclick=" not in page


def test_markup_in_a_message_does_not_close_the_script_element(client: Client) -> None:
    room = room_with(1)
    Message.objects.filter(room=room).update(text="</script><b>")
    assert b"</script><b>" not in client.get("/chat/lobby/").content


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]> --> &lt;/script&gt; &amp;",
    'line \u2028 paragraph \u2029 "quote" \\u003c \\ / {{ name }} {% now %}',
    "\u0301 alone \ufeff \U000e0001 \uffff \x7f",
    "日本 👩‍👩‍👧 é",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_room_page_holds_the_json_of_the_feed_whatever_it_says(client: Client, text: str) -> None:
    room = room_with(2)
    room.message_set.update(text=text, html=text)
    Member.objects.update(name=text[:30])
    entries, _ = queries.page(room.pk, 50)
    page = client.get("/chat/lobby/")
    assert snapshot(page)["messages"] == [json.loads(it.json) for it in entries]
    assert history(client)["messages"] == [json.loads(it.json) for it in entries]
    for entry in entries:
        assert in_script(entry.json) in page.content.decode()
    script = (
        page.content.split(b'<script id="snapshot"')[1].split(b">", 1)[1].split(b"</script>")[0]
    )
    assert not set(b"<>&") & set(script)


@pytest.mark.postgresql
def test_the_admin_shows_journal_rows_and_cannot_change_them(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    room_with(60)
    with django_assert_max_num_queries(8):
        listed = admin_client.get("/admin/chat/message/?q=42")
    assert b"<td" in listed.content
    for model in ("room", "message", "member", "subscription"):
        assert admin_client.get(f"/admin/chat/{model}/?q=lob").status_code == 200
    message = Message.objects.get(seq=42)
    assert admin_client.get(f"/admin/chat/message/{message.pk}/change/").status_code == 200
    assert admin_client.get("/admin/chat/message/add/").status_code == 403
    assert admin_client.post(f"/admin/chat/message/{message.pk}/delete/").status_code == 403
    member = admin_client.get(f"/admin/chat/member/{message.author_id}/change/")
    assert member.content.count(b"<option") < 10


@pytest.mark.postgresql
def test_the_admin_shows_the_earlier_texts_of_a_message(admin_client: Client) -> None:
    message = Message.objects.get(room=room_with(1))
    Revision.objects.create(
        message=message, version=1, text="<b>rude</b>", written_at=message.sent_at
    )
    page = admin_client.get(f"/admin/chat/message/{message.pk}/change/").content
    assert b"&lt;b&gt;rude&lt;/b&gt;" in page
