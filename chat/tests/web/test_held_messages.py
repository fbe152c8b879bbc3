"""The messages that wait in a room's settings, and the decisions about them."""

from typing import Any
from uuid import uuid4

import pytest

from chat.journal import Post
from chat.models import HeldMessage, Member, Message, Room, RoomFilter
from chat.models.room_filter import PHRASES_MAX
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import refusal

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns, where the word "coffee" waits."""
    room = new_open_room("Tea", ada)
    answer = settings(room, ada, "filter", words="Coffee\r\n", holds_words="on")
    assert answer.status_code == 204
    return room


def settings(room: Room, member: Member, door: str, **form: Any) -> Any:
    return browser_of(member).post(f"/chat/{room.address}/settings/{door}", form)


def held_of(room: Room, member: Member, text: str) -> HeldMessage:
    assert refusal(Post(room.pk, member.pk, uuid4(), text)) == "held"
    return HeldMessage.objects.latest("pk")


def decide(held: HeldMessage, member: Member, decision: str, **form: Any) -> Any:
    address = f"/chat/{held.room.address}/held/{held.uid}/{decision}"
    return browser_of(member).post(address, form, headers=PAGE)


def page_of(room: Room, member: Member) -> str:
    return str(browser_of(member).get(f"/chat/{room.address}/settings/").content.decode())


def test_a_moderator_sees_what_waits_and_decides(tea: Room, ada: Member, gus: Member) -> None:
    first, second = held_of(tea, gus, "**coffee**, please"), held_of(tea, gus, "<i>coffee</i>")
    page = page_of(tea, ada)
    assert '<span class="settings-count">2</span>' in page
    assert "**coffee**, please" in page
    assert "&lt;i&gt;coffee" in page
    assert decide(first, ada, "approve").status_code == 302
    assert decide(second, ada, "reject", why="No coffee").status_code == 302
    message = Message.objects.get()
    assert (message.author, message.html) == (gus, "<p><strong>coffee</strong>, please</p>")
    assert "held-title" not in page_of(tea, ada)
    assert browser_of(ada).post(f"/chat/Tea/held/{second.uid}/approve").status_code == 409


def test_for_others_there_is_nothing_that_waits(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    held = held_of(tea, gus, "coffee")
    other = new_open_room("Other", ben)
    for member in (ben, gus):
        assert decide(held, member, "approve").status_code == 404
        assert settings(tea, member, "filter").status_code == 404
    of_other = f"/chat/{other.address}/held/{held.uid}/approve"
    assert browser_of(ben).post(of_other).status_code == 404
    assert HeldMessage.objects.waiting().exists()


def test_the_page_shows_the_filter_as_it_is_set(tea: Room, ada: Member) -> None:
    assert "Coffee" in page_of(tea, ada)
    long = settings(tea, ada, "filter", words="x" * 10_001)
    assert long.status_code == 422
    assert settings(tea, ada, "filter", words="Coffee", holds_repeated="on").status_code == 204
    stored = RoomFilter.objects.get()
    assert (stored.holds_words, stored.holds_repeated) == (False, True)
    tea.refresh_from_db()
    assert tea.is_filtered


def test_a_filter_is_switched_off_as_the_page_does_it(tea: Room, ada: Member, gus: Member) -> None:
    assert settings(tea, ada, "filter", words="Coffee\r\n", wait_seconds="0").status_code == 204
    tea.refresh_from_db()
    assert not tea.is_filtered
    assert refusal(Post(tea.pk, gus.pk, uuid4(), "coffee")) is None


def test_a_list_that_is_too_long_is_refused_with_the_bound(tea: Room, ada: Member) -> None:
    words = "\n".join(f"word{number}" for number in range(PHRASES_MAX + 1))
    answer = settings(tea, ada, "filter", words=words, holds_words="on")
    assert answer.status_code == 422
    assert f"at most {PHRASES_MAX} words" in answer.json()["errors"]["words"][0]
    assert RoomFilter.objects.get().words.strip() == "Coffee"
