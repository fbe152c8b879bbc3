from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import Member, Message, Revision, Room, RoomName, Subscription
from chat.web import guests

pytestmark = pytest.mark.django_db


def room_with(count: int, name: str = "Lobby") -> Room:
    """A room where Alice has said 1, 2, 3 …"""
    room = Room.objects.ensure(RoomName.parse(name))
    alice = Member.objects.create(name="Alice")
    Message.objects.bulk_create(
        Message(
            room=room,
            seq=seq,
            version=seq,
            author=alice,
            client_id=uuid4(),
            text=str(seq),
            sent_at=timezone.now(),
        )
        for seq in range(1, count + 1)
    )
    room.version = count
    room.save()
    return room


def history(client: Client, query: str = "", room: str = "lobby") -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/chat/{quote(room)}/messages{query}").json()
    return answer


def texts(page: dict[str, Any]) -> list[str]:
    return [message["text"] for message in page["messages"]]


def test_the_newest_page_comes_first_and_ascends(client: Client) -> None:
    room_with(120)
    page = history(client)
    assert texts(page) == [str(number) for number in range(71, 121)]
    assert page["more"] is True


def test_pages_lead_back_to_the_first_without_gap_or_overlap(client: Client) -> None:
    room_with(120)
    page = history(client)
    seen = page["messages"]
    while page["more"]:
        page = history(client, f"?before={seen[0]['seq']}&limit=33")
        seen = page["messages"] + seen
    assert [message["seq"] for message in seen] == list(range(1, 121))


def test_a_room_nobody_was_in_has_no_history_and_a_look_does_not_make_it(client: Client) -> None:
    assert history(client, room="nobody") == {"messages": [], "more": False}
    assert client.get("/chat/nobody/").status_code == 200
    assert not Room.objects.exists()


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?limit=x", "?before=0", "?before=-1"])
def test_a_page_that_is_none_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/chat/lobby/messages{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_room_page_holds_the_latest_fifty_and_the_ids_of_the_tutorial(client: Client) -> None:
    room_with(60)
    page = client.get("/chat/LOBBY/").content.decode()
    for id in ("chat-log", "chat-message-input", "chat-message-submit", "room-name"):
        assert f'id="{id}"' in page
    assert '<script id="room-name" type="application/json">"Lobby"</script>' in page
    snapshot = client.get("/chat/lobby/").context["snapshot"]
    assert snapshot["version"] == 60
    assert texts(snapshot) == [str(number) for number in range(11, 61)]


@pytest.mark.parametrize("rooms", [1, 20])
def test_the_number_of_queries_does_not_grow(
    client: Client, rooms: int, django_assert_num_queries: Any
) -> None:
    member = Member.objects.create(name="Bob")
    for number in range(rooms):
        Subscription.objects.record_visit(member, room_with(60, f"room {number}"))
    client.cookies[guests.COOKIE] = guests.sign(member.uid)
    with django_assert_num_queries(2):  # who asks; their rooms
        client.get("/")
    with django_assert_num_queries(4):  # who asks; the room; its page with authors; what is read
        client.get("/chat/room 0/")


def test_the_index_and_its_other_address_are_the_same_page(client: Client) -> None:
    for address in ("/", "/chat/"):
        page = client.get(address)
        assert page.templates[0].name == "chat/index.html"


def test_a_visitor_is_nobody_until_they_do_something(client: Client) -> None:
    client.get("/")
    client.get("/chat/lobby/")
    assert not Member.objects.exists()
    name = client.get("/").context["form"].initial["name"]
    assert client.get("/chat/lobby/").context["you"]["name"] == name


def test_entering_takes_the_name_and_leads_to_the_room(client: Client) -> None:
    answer = client.post("/", {"name": " Ada ", "room": " Fünf Bäume "})
    assert answer.status_code == 302
    assert answer["Location"] == f"/chat/{quote('Fünf Bäume')}/"
    assert client.get("/chat/lobby/").context["you"]["name"] == "Ada"


@pytest.mark.parametrize(
    "filled", [{"name": "", "room": "a"}, {"name": "Ada", "room": ""}, {"name": "A", "room": "a/b"}]
)
def test_what_cannot_be_entered_is_refused_with_a_word(
    client: Client, filled: dict[str, str]
) -> None:
    answer = client.post("/", filled)
    assert answer.status_code == 422
    assert b"field-error" in answer.content


def test_a_new_name_holds_everywhere(client: Client) -> None:
    client.get("/")
    assert client.post("/name/", {"name": "Ada"}).json() == {"name": "Ada"}
    assert client.get("/").context["form"].initial["name"] == "Ada"
    assert client.post("/name/", {"name": "\u200b"}).status_code == 422


def test_forms_need_our_own_page(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/", {"name": "Ada", "room": "lobby"}).status_code == 403
    assert strict.post("/name/", {"name": "Ada"}).status_code == 403
    assert not Member.objects.exists()


@pytest.mark.parametrize("address", ["/", "/chat/lobby/", "/chat/a/b/", "/admin/login/"])
def test_every_page_carries_the_headers_that_keep_it_safe(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/", "/chat/lobby/"])
def test_no_page_needs_what_the_policy_forbids(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    scripts = [tag.split(">")[0] for tag in page.split("<script")[1:]]
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert " style=" not in page
    assert " onclick=" not in page


def test_markup_in_a_room_cannot_leave_its_script(client: Client) -> None:
    room = room_with(1)
    Message.objects.filter(room=room).update(text="</script><b>")
    assert b"</script><b>" not in client.get("/chat/lobby/").content


def test_the_admin_reads_a_journal_and_changes_nothing(
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


def test_moderators_see_what_a_message_said_before(admin_client: Client) -> None:
    message = Message.objects.get(room=room_with(1))
    Revision.objects.create(
        message=message, version=1, text="<b>rude</b>", written_at=message.sent_at
    )
    page = admin_client.get(f"/admin/chat/message/{message.pk}/change/").content
    assert b"&lt;b&gt;rude&lt;/b&gt;" in page
