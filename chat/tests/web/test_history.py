"""A room's history as JSON: by page, around a message, and by seqs."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import guest_cookie
from chat.journal import React
from chat.journal.read.queries import PAGE_BYTES
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room
from chat.tests.support.history import history, room_with
from chat.tests.support.pages import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TOO_LARGE = 2**63
SLACK_BYTES = 16 * 1024


def seqs(page: dict[str, Any]) -> list[int]:
    return [message["seq"] for message in page["messages"]]


@pytest.fixture
def room() -> Room:
    return room_with(20)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(
    ("query", "shown", "flags"),
    [
        ("", range(1, 21), {"more": False}),
        ("?limit=5", range(16, 21), {"more": True}),
        ("?limit=20", range(1, 21), {"more": False}),
        ("?before=11&limit=5", range(6, 11), {"more": True}),
        ("?before=6&limit=5", range(1, 6), {"more": False}),
        ("?before=1", [], {"more": False}),
        (f"?before={TOO_LARGE - 1}&limit=1", [20], {"more": True}),
        ("?after=10&limit=5", range(11, 16), {"more": True, "newer": True}),
        ("?after=15&limit=5", range(16, 21), {"more": True, "newer": False}),
        ("?after=0&limit=5", range(1, 6), {"more": False, "newer": True}),
        ("?after=20", [], {"more": True, "newer": False}),
        ("?around=10&limit=5", range(8, 13), {"more": True, "newer": True}),
        ("?around=10&limit=4", range(9, 13), {"more": True, "newer": True}),
        ("?around=10&limit=1", [10], {"more": True, "newer": True}),
        ("?around=2&limit=5", [1, 2, 3, 4], {"more": False, "newer": True}),
        ("?around=20&limit=5", [18, 19, 20], {"more": True, "newer": False}),
        ("?around=10&limit=200", range(1, 21), {"more": False, "newer": False}),
        ("?around=999&limit=4", [19, 20], {"more": True, "newer": False}),
        (f"?around={TOO_LARGE - 1}&limit=2", [20], {"more": True, "newer": False}),
        (f"?after={TOO_LARGE - 1}", [], {"more": True, "newer": False}),
        ("?seqs=3", [3], {"more": False}),
        ("?seqs=9,3,3,0,999", [3, 9], {"more": False}),
        ("?seqs=", range(1, 21), {"more": False}),
        ("?before=&after=18", [19, 20], {"more": True, "newer": False}),
    ],
)
def test_a_page_holds_the_requested_messages(
    client: Client, query: str, shown: Any, flags: dict[str, bool]
) -> None:
    page = history(client, query)
    assert seqs(page) == list(shown)
    assert {name: value for name, value in page.items() if name != "messages"} == flags


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?after=-1", "after"),
        (f"?after={TOO_LARGE}", "after"),
        ("?after=x", "after"),
        ("?around=0", "around"),
        (f"?around={TOO_LARGE}", "around"),
        ("?around=1.5", "around"),
        ("?seqs=x", "seqs"),
        ("?seqs=1,", "seqs"),
        ("?seqs=-1", "seqs"),
        ("?seqs=1%0A", "seqs"),
        ("?seqs=1,%202", "seqs"),
        (f"?seqs={'9' * 19}", "seqs"),
        (f"?seqs={','.join(['1'] * 101)}", "seqs"),
        ("?around=1&limit=0", "limit"),
        ("?before=5&after=5", "__all__"),
        ("?around=5&seqs=5", "__all__"),
        ("?after=0&around=5", "__all__"),
    ],
)
def test_a_bad_query_is_refused_with_the_name_of_its_field(
    client: Client, query: str, field: str
) -> None:
    answer = client.get(f"/chat/lobby/messages{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.usefixtures("room")
def test_paging_forward_reaches_the_newest_message_without_gap_or_overlap(client: Client) -> None:
    page = history(client, "?around=4&limit=3")
    seen = page["messages"]
    while page["newer"]:
        page = history(client, f"?after={seen[-1]['seq']}&limit=3")
        seen += page["messages"]
    assert [message["seq"] for message in seen] == list(range(3, 21))


def test_a_deleted_message_keeps_its_seq_and_has_no_text(client: Client, room: Room) -> None:
    deleted = {"deleted_at": timezone.now(), "text": "", "version": 21}
    Message.objects.filter(room=room, seq=5).update(**deleted)
    for query in ("?seqs=5", "?around=5&limit=1", "?after=4&limit=1", "?before=6&limit=1"):
        [message] = history(client, query)["messages"]
        assert (message["seq"], message["deleted"], message["text"]) == (5, True, "")


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("query", ["?seqs=1", "?around=1", "?after=0", "?before=9", ""])
def test_history_holds_no_messages_of_another_room(client: Client, query: str) -> None:
    room_with(3, name="Den")
    page = history(client, query, room="den")
    assert set(seqs(page)) <= {1, 2, 3}
    Message.objects.filter(room__key="den").delete()
    assert history(client, query, room="den")["messages"] == []


@pytest.mark.parametrize("query", ["?seqs=1", "?around=1", "?after=0", "?before=9"])
def test_a_room_that_does_not_exist_has_no_history_and_is_not_created(
    client: Client, query: str
) -> None:
    assert history(client, query, room="nobody")["messages"] == []
    assert not Room.objects.exists()


@pytest.mark.usefixtures("room")
def test_a_page_takes_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    for query, count in (("?around=10", 4), ("?after=1", 3), ("?seqs=1,2,3", 3)):
        with django_assert_max_num_queries(count):  # the member; the room; the messages
            history(client, query)


def test_answers_are_bounded_in_bytes(client: Client) -> None:
    """And paging on brings the rest."""
    room = room_with(200)
    Message.objects.filter(room=room).update(text="\N{PARTY POPPER}" * 8_000)
    many = ",".join(map(str, range(1, 101)))
    for query in ("", "?limit=200", "?after=1&limit=200", "?around=100&limit=200", f"?seqs={many}"):
        answer = client.get(f"/chat/lobby/messages{query}")
        assert answer.json()["more"], query
        assert len(answer.content) < PAGE_BYTES + SLACK_BYTES, query
    page = client.get("/chat/lobby/")
    assert snapshot(page)["more"]
    assert len(page.content) < PAGE_BYTES + 3 * SLACK_BYTES  # and the page around it
    first = history(client, f"?seqs={many}")
    assert seqs(first) == list(range(1, len(seqs(first)) + 1))


def test_paging_back_through_large_messages_misses_none(client: Client) -> None:
    room = room_with(30)
    Message.objects.filter(room=room).update(text="\N{PARTY POPPER}" * 8_000)
    page = history(client, "?limit=200")
    seen = seqs(page)
    while page["more"]:
        page = history(client, f"?limit=200&before={seen[0]}")
        seen = [*seqs(page), *seen]
    assert seen == list(range(1, 31))


# --- Reactions of more people than a message names ----------------------------------------------


def test_a_page_tells_a_member_of_their_reactions_to_messages_that_do_not_name_everybody(
    client: Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.models.message.REACTION_NAMES_MAX", 1)
    alice, bob = (Member.objects.create(name=name) for name in ("Alice", "Bob"))
    commit([React(room.pk, it.pk, seq, "🎉") for it in (alice, bob) for seq in (3, 7)])
    commit([React(room.pk, bob.pk, 9, "🎉")])
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(bob.uid)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/chat/{room.name}/messages").json()
    assert page["reacted"] == [{"seq": 3, "emoji": "🎉"}, {"seq": 7, "emoji": "🎉"}]
    assert sum("chat_reaction" in query["sql"] for query in queries) == 1
    assert snapshot(client.get(f"/chat/{room.name}/"))["reacted"] == page["reacted"]
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(uuid4())
    assert "reacted" not in client.get(f"/chat/{room.name}/messages").json()
