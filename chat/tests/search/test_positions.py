"""Where in the order of all messages a time is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Member, Message, Room, RoomName
from chat.search import positions
from chat.search.positions import MARGIN
from chat.tests.search.support import NOW, found_in, say, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def pks(ada: Member) -> list[int]:
    """Seven messages, one a week, of which some in between are gone."""
    room = Room.objects.ensure(RoomName.parse("kitchen"))
    for number in range(10):
        say(room, ada, f"week{number}")
    found = list(Message.objects.order_by("pk"))
    for number, message in enumerate(found):
        message.sent_at = NOW - timedelta(weeks=10 - number)
        message.save(update_fields=["sent_at"])
    for gone in (found[3], found[4], found[9]):
        gone.delete()
    return [it.pk for it in Message.objects.order_by("pk")]


def test_no_message_since_then_is_before_the_first_one(pks: list[int]) -> None:
    for weeks in range(12):
        moment = NOW - timedelta(weeks=weeks)
        first = positions.first_since(moment)
        assert [it for it in pks if it >= first] == list(
            Message.objects.filter(sent_at__gte=moment - MARGIN)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def test_no_message_until_then_is_after_the_last_one(pks: list[int]) -> None:
    for weeks in range(12):
        moment = NOW - timedelta(weeks=weeks)
        first = positions.first_after(moment)
        assert [it for it in pks if it < first] == list(
            Message.objects.filter(sent_at__lte=moment + MARGIN)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def test_there_is_nothing_in_an_empty_installation() -> None:
    assert positions.first_since(timezone.now()) == 0


def test_dates_are_asked_of_each_message(pks: list[int], ada: Member) -> None:
    kitchen = found_in(ada, Room.objects.get())
    assert texts(ada, "after:2026-11-10 before:2026-11-17", kitchen) == ["week8"]
    assert texts(ada, "on:2026-11-13", kitchen) == ["week8"]
    assert texts(ada, "after:2026-10 -on:2026-11-13", kitchen) == ["week7"]
