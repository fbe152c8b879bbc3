"""Which members a name mentions."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.formatting import NAMESAKES_MAX
from chat.journal.write.markup import CANDIDATES_MAX, mark_up
from chat.models import Member, Message, Room, RoomName, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> Room:
    return Room.objects.ensure(RoomName.parse("tea"))


def visitors(room: Room, name: str, count: int, minutes_ago: int = 0) -> list[Member]:
    """Members of one name who have been in the room, the last of them latest."""
    members = [Member.objects.create(name=name) for _ in range(count)]
    for number, member in enumerate(members):
        ago = timedelta(minutes=minutes_ago, seconds=count - number)
        Subscription.objects.create(member=member, room=room, visited_at=timezone.now() - ago)
    return members


def mentioned(room: Room, text: str, present: dict[str, str] | None = None) -> set[int | None]:
    return mark_up(room, text, present or {}).member_ids


def test_a_person_in_the_room_is_mentioned_before_namesakes_who_came_later(tea: Room) -> None:
    [alice] = visitors(tea, "Alice", 1, minutes_ago=60)
    namesakes = visitors(tea, "alice", 60)
    here = {str(alice.uid): "Alice"}
    reached = mentioned(tea, "hi @Alice", here)
    assert alice.pk in reached
    assert len(reached) == NAMESAKES_MAX
    assert alice.pk not in mentioned(tea, "hi @Alice")
    assert reached <= {alice.pk, *(it.pk for it in namesakes)}


def test_a_person_who_spoke_lately_is_mentioned_before_silent_namesakes(tea: Room) -> None:
    [alice] = visitors(tea, "Alice", 1, minutes_ago=60)
    visitors(tea, "Alice", 9)
    Message.objects.create(
        room=tea,
        seq=1,
        version=1,
        author=alice,
        client_id=uuid4(),
        text="hi",
        sent_at=timezone.now(),
    )
    assert alice.pk in mentioned(tea, "hi @Alice")


def test_namesakes_of_one_name_leave_the_other_names_of_a_text(tea: Room) -> None:
    [bob] = visitors(tea, "Bob", 1, minutes_ago=60)
    visitors(tea, "Alice", CANDIDATES_MAX + 1)
    assert bob.pk in mentioned(tea, "@Alice @Bob")


def test_a_mention_says_how_many_namesakes_it_does_not_reach(tea: Room) -> None:
    visitors(tea, "Alice", NAMESAKES_MAX)
    assert "data-others" not in mark_up(tea, "@Alice").html
    visitors(tea, "Alice", 70)
    assert 'data-others="70"' in mark_up(tea, "@Alice").html


def test_namesakes_elsewhere_are_not_counted(tea: Room) -> None:
    visitors(tea, "Alice", NAMESAKES_MAX)
    other = Room.objects.ensure(RoomName.parse("other"))
    visitors(other, "Alice", 9)
    assert "data-others" not in mark_up(tea, "@Alice").html
