from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.formatting import NAME_MAX_CHARACTERS
from chat.models import Member
from chat.models.member_name import clean_name, guest_name


def test_a_guest_has_the_same_generated_name_every_time() -> None:
    uid = UUID(int=7)
    assert guest_name(uid) == guest_name(uid)
    assert len({guest_name(uuid4()) for _ in range(50)}) > 30


@pytest.mark.parametrize("typed", ["Al", "李", "O’Neil", "  Ada   Lovelace ", "🦊"])
def test_a_name_is_one_line_of_visible_characters(typed: str) -> None:
    assert clean_name(typed) == " ".join(typed.split())


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "a\0b", "a\x1bb", "\u0301", "x" * 41])
def test_an_invalid_name_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(typed)


@pytest.mark.parametrize("invisible", ["\u200b", "\u202e", "\u2800", "\u3164", "\ufeff", "\u2069"])
def test_a_name_has_no_invisible_characters(invisible: str) -> None:
    assert clean_name(f"Al{invisible}ice") == "Alice"
    with pytest.raises(ValidationError, match="visible character"):
        clean_name(invisible * 3)


def test_a_name_stays_on_its_line() -> None:
    assert clean_name("Z" + "\u0310\u0311\u0312" * 9 + "algo") == "Z\u0310\u0311algo"


@pytest.mark.parametrize(
    "name", ["می\u200cخواهم", "Nguyễn", "שָׁלוֹם", "เพชร", "👩🏽\u200d💻", "葛\U000e0100城"]
)
def test_a_name_of_any_script_stays(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.django_db
def test_a_guest_is_saved_only_with_something_to_keep() -> None:
    guest = Member.objects.guest(uuid4())
    assert not Member.objects.exists()
    guest.rename(guest.name)
    assert not Member.objects.exists()
    guest.rename("Ada")
    assert Member.objects.guest(guest.uid).name == "Ada"


@pytest.mark.django_db
def test_nobody_guesses_the_id_that_an_account_gets(settings: Settings) -> None:
    user = User.objects.create_user("ada")
    uid = Member.new_of_user(user).uid
    assert uid == Member.new_of_user(user).uid == Member.objects.uid_of_user(user.pk)
    settings.SECRET_KEY = "another installation's"
    assert Member.new_of_user(user).uid != uid


@pytest.mark.django_db
def test_two_tabs_of_a_new_guest_save_one_member() -> None:
    uid = uuid4()
    one, other = Member.objects.guest(uid), Member.objects.guest(uid)
    assert one.ensure_saved().pk == other.ensure_saved().pk


@pytest.mark.django_db
def test_the_key_of_the_longest_name_fits_its_column() -> None:
    member = Member.objects.create(name="ﬃ" * NAME_MAX_CHARACTERS)
    limit = Member._meta.get_field("name_key").max_length
    assert limit is not None
    assert len(member.name_key) <= limit


def delete_account(member: Member) -> None:
    assert member.user is not None
    User.objects.get(pk=member.user.pk).delete()


def claim(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(claimed_by=User.objects.create_user("bob"))


def adopt(member: Member) -> None:
    Member.objects.ensure_of_user(User.objects.create_user("bob"), member.uid)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"name": "Ada"}, {"status": "Away"}, {"time_zone": "UTC"}])
@pytest.mark.parametrize(
    ("has_account", "lose"), [(True, delete_account), (False, claim), (False, adopt)]
)
def test_a_member_that_is_no_longer_ones_own_is_not_changed(
    has_account: bool, lose: Callable[[Member], None], change: dict[str, str]
) -> None:
    user = User.objects.create_user("alice") if has_account else None
    stale = Member.objects.create(name="Alice", user=user)
    lose(stale)
    before = Member.objects.filter(pk=stale.pk).values().get()
    with pytest.raises(PermissionDenied):
        stale.change(**change)
    assert Member.objects.filter(pk=stale.pk).values().get() == before
