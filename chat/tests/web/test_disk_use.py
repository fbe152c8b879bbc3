"""The admin says how much of the disk a room takes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.admin.disk_use import disk_use
from chat.models import Member, Room
from chat.tests.journal.support import commit_silently
from chat.tests.support.files import BYTES, new_file
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def tea(ada: Member) -> Room:
    tea = new_open_room("Tea", ada)
    commit_silently(tea, ada, 3)
    new_file(ada, tea)
    return tea


@pytest.fixture
def operator() -> Client:
    client = Client()
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    assert olga.user
    client.force_login(olga.user)
    return client


def test_the_list_counts_messages_and_the_bytes_of_files(tea: Room, operator: Client) -> None:
    page = operator.get(reverse("admin:chat_room_changelist")).content.decode()
    assert '<td class="field-messages">3</td>' in page
    assert f'<td class="field-files">{len(BYTES)}\xa0bytes</td>' in page


@pytest.mark.parametrize("order", ["4", "-5"])
def test_the_list_is_sorted_by_them(tea: Room, operator: Client, order: str) -> None:
    assert operator.get(reverse("admin:chat_room_changelist"), {"o": order}).status_code == 200


def test_the_page_of_a_room_says_how_much_it_takes(tea: Room, operator: Client) -> None:
    page = operator.get(reverse("admin:chat_room_change", args=[tea.pk])).content.decode()
    assert "search index" in page


def test_more_and_longer_messages_take_more(tea: Room, ada: Member) -> None:
    before = disk_use(tea)
    assert before.of_files == len(BYTES)
    assert 0 < before.of_index < before.of_texts
    commit_silently(tea, ada, 3)
    after = disk_use(tea)
    assert after.of_texts > before.of_texts
    assert after.of_index > before.of_index


def test_the_queries_are_as_many_for_many_messages(tea: Room, ada: Member) -> None:
    commit_silently(tea, ada, 50)
    with CaptureQueriesContext(connection) as captured:
        disk_use(tea)
    assert len(captured) <= 6


def test_an_empty_room_takes_nothing(ada: Member) -> None:
    assert disk_use(new_open_room("Den", ada)) == (0, 0, 0)
