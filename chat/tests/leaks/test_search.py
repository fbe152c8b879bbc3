"""Search tells people outside a room nothing of it: as if it had never been."""

import pytest

from chat.models import Member
from chat.search import searching
from chat.tests.leaks.conftest import People
from chat.tests.leaks.targets import FILE, NAME, TEXT, TOPIC, new_den, new_direct
from chat.tests.search.support import page, texts

QUERIES = [
    TEXT,
    TEXT[:4],
    TOPIC,
    FILE,
    f'"{TEXT} as an answer"',
    f"-{TOPIC} has:image",
    "has:file",
    "has:link",
    "is:mention",
    "from:Ada",
    f"from:Ben {TEXT}",
    f"in:{NAME}",
    f"in:{NAME} {TEXT}",
    "after:2000",
    "example com",
]


@pytest.mark.django_db
@pytest.mark.parametrize("is_direct", [False, True], ids=["members", "direct"])
def test_who_is_outside_finds_what_never_was(people: People, *, is_direct: bool) -> None:
    if is_direct:
        new_direct(people.ada, people.ben)
    else:
        new_den(people.ada, people.ben, people.former, people.later)
    for member in people.outside.values():
        for typed in QUERIES:
            assert page(member or Member(), typed) == searching.NOTHING, typed


@pytest.mark.django_db
def test_who_is_inside_finds_it(people: People) -> None:
    new_den(people.ada, people.ben, people.former, people.later)
    for typed in QUERIES:
        assert page(people.ada, typed).results, typed


@pytest.mark.django_db
def test_a_later_joiner_finds_what_was_said_since(people: People) -> None:
    new_den(people.ada, people.ben, people.former, people.later)
    assert texts(people.later, TEXT) == [f"{TEXT} again"]
    for typed in set(QUERIES) - {
        TEXT,
        TEXT[:4],
        "from:Ada",
        f"in:{NAME}",
        f"in:{NAME} {TEXT}",
        "after:2000",
    }:
        assert page(people.later, typed) == searching.NOTHING, typed
