"""What is found, by whom, in which order."""

import pytest

from chat.journal import Delete, Edit
from chat.models import Member, Room
from chat.tests.search.support import page, say, texts
from chat.tests.support.private_rooms import applied, new_members_room

pytestmark = pytest.mark.django_db


def test_a_message_is_found_as_soon_as_it_is_stored(kitchen: Room, ada: Member) -> None:
    say(kitchen, ada, "the kettle is on")
    assert texts(ada, "kett") == ["the kettle is on"]


def test_an_edit_is_found_by_its_new_words_only(kitchen: Room, ada: Member) -> None:
    seq = say(kitchen, ada, "the kettle is on")
    applied(Edit(kitchen.pk, ada.pk, seq, "the teapot is on"))
    assert (texts(ada, "kettle"), texts(ada, "teapot")) == ([], ["the teapot is on"])


def test_a_deleted_message_is_found_by_nothing(kitchen: Room, ada: Member) -> None:
    seq = say(kitchen, ada, "the kettle is on")
    applied(Delete(kitchen.pk, ada.pk, seq))
    assert (texts(ada, "kettle"), texts(ada, "from:Ada")) == ([], [])


def test_the_newest_comes_first_and_pages_go_on(kitchen: Room, ada: Member) -> None:
    for number in range(5):
        say(kitchen, ada, f"kettle number{number}")
    first = page(ada, "kettle", limit=2)
    second = page(ada, "kettle", before=first.before, limit=2)
    third = page(ada, "kettle", before=second.before, limit=2)
    found = [it.state.text[-1] for pages in (first, second, third) for it in pages.results]
    assert found == ["4", "3", "2", "1", "0"]
    assert (first.more, second.more, third.more) == (True, True, False)


def test_rooms_of_others_have_nothing_for_me(kitchen: Room, ada: Member, ben: Member) -> None:
    den = new_members_room(ben)
    say(den, ben, "the kettle is in the den")
    assert texts(ada, "kettle") == []
    assert texts(ben, "kettle") == ["the kettle is in the den"]
