"""Open rooms say that they are open, and a name that nobody guesses is offered."""

import re
from math import log2

import pytest
from django.test import Client

from chat.models import Room, RoomName
from chat.tests.support.private_rooms import new_account, new_members_room
from chat.web.unguessable_names import SYLLABLES, WORD_SYLLABLES, WORDS, suggest

OPEN = "Anyone who knows this name can come in."


def test_a_suggested_name_is_a_room_name_of_64_bits_or_more() -> None:
    assert len(SYLLABLES) == len(set(SYLLABLES)) == 60
    assert int(WORDS * WORD_SYLLABLES * log2(len(SYLLABLES))) == 70
    names = {suggest() for _ in range(100)}
    assert len(names) == 100
    for name in names:
        assert RoomName.parse(name) == RoomName(name, name)
        assert re.fullmatch(r"([a-z]{6}-){3}[a-z]{6}", name)


@pytest.mark.django_db
def test_the_index_offers_another_name_each_time_and_creates_nothing() -> None:
    client = Client()
    pages = [client.get("/").content.decode() for _ in range(2)]
    assert all(OPEN in page for page in pages)
    first, second = (re.findall(r'name="room" value="([a-z-]{27})"', page) for page in pages)
    assert len(first) == len(second) == 1
    assert first != second
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_without_scripts_the_offered_name_counts_and_not_what_is_typed() -> None:
    answer = Client().post("/", {"name": "Alice", "room": ["lob", "bakidu-a"]})
    assert (answer.status_code, answer["Location"]) == (302, "/chat/bakidu-a/")


@pytest.mark.django_db(transaction=True)
def test_only_open_rooms_say_that_they_are_open() -> None:
    client, ada = Client(), new_account("Ada")
    assert ada.user
    client.force_login(ada.user)
    assert OPEN in client.get("/chat/lobby/").content.decode()
    page = client.get(f"/chat/{new_members_room(ada).address}/").content.decode()
    assert OPEN not in page
    assert "Only people who are in this room can open the link." in page
