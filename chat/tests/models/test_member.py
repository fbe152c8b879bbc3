from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from chat.models import Member
from chat.models.member import clean_name, friendly_name


def test_a_guest_has_the_same_friendly_name_every_time() -> None:
    uid = UUID(int=7)
    assert friendly_name(uid) == friendly_name(uid)
    assert len({friendly_name(uuid4()) for _ in range(50)}) > 30


@pytest.mark.parametrize("typed", ["Al", "李", "O’Neil", "  Ada   Lovelace ", "🦊"])
def test_a_name_is_one_line_of_what_can_be_seen(typed: str) -> None:
    assert clean_name(typed) == " ".join(typed.split())


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "a\0b", "a\x1bb", "\u0301", "x" * 41])
def test_what_cannot_be_a_name(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(typed)


@pytest.mark.django_db
def test_a_guest_is_stored_only_once_there_is_something_to_keep() -> None:
    guest = Member.objects.guest(uuid4())
    assert not Member.objects.exists()
    guest.rename(guest.name)
    assert not Member.objects.exists()
    guest.rename("Ada")
    assert Member.objects.guest(guest.uid).name == "Ada"


@pytest.mark.django_db
def test_two_tabs_of_a_new_guest_store_one_member() -> None:
    uid = uuid4()
    one, other = Member.objects.guest(uid), Member.objects.guest(uid)
    assert one.store().pk == other.store().pk
