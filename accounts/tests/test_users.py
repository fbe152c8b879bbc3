"""Usernames are unique, and found, without regard to case."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.models import KEY_MAX_CHARACTERS, USERNAME_MAX_CHARACTERS, User
from accounts.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SPELLINGS = [("Alice", "aLICE"), ("Ärger", "äRGER"), ("Straße", "STRASSE"), ("Ⅳ", "iv")]


@pytest.mark.parametrize(("taken", "typed"), SPELLINGS)
def test_the_database_refuses_a_username_that_differs_in_case_only(taken: str, typed: str) -> None:
    User.objects.create_user(taken)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(typed)


@pytest.mark.parametrize(("taken", "typed"), SPELLINGS)
def test_validation_says_that_the_username_is_taken(taken: str, typed: str) -> None:
    User.objects.create_user(taken)
    with pytest.raises(ValidationError, match="already exists"):
        User(username=typed, password="x").full_clean()


@pytest.mark.parametrize(("taken", "typed"), [*SPELLINGS, ("Alice", "Alice")])
def test_a_user_signs_in_with_the_username_in_any_case(taken: str, typed: str) -> None:
    user = User.objects.create_user(taken, password=PASSWORD)
    assert authenticate(username=typed, password=PASSWORD) == user


@pytest.mark.parametrize("invisible", ["\u3164", "\u115f", "\uffa0", "\u200b", "\u202e"])
def test_a_username_has_no_invisible_characters(invisible: str) -> None:
    assert User.objects.create_user(f"al{invisible}ice").username == "alice"
    user = User(username=invisible, password="x")
    with pytest.raises(ValidationError, match="blank"):
        user.full_clean()


def test_a_user_changes_their_own_username() -> None:
    alice = User.objects.create_user("alice")
    alice.username = "Alicia"
    alice.save(update_fields=["username"])
    assert User.objects.get_by_natural_key("ALICIA") == alice
    alice.full_clean(exclude=["password"])


def test_the_key_of_the_longest_username_fits_its_column() -> None:
    assert User._meta.get_field("username").max_length == USERNAME_MAX_CHARACTERS
    user = User.objects.create_user("ß" * USERNAME_MAX_CHARACTERS)
    assert len(user.username_key) <= KEY_MAX_CHARACTERS


def test_the_admin_lists_users(admin_client: Client) -> None:
    assert "alice" not in admin_client.get("/admin/accounts/user/").content.decode()
    User.objects.create_user("alice")
    assert "alice" in admin_client.get("/admin/accounts/user/").content.decode()


def test_saving_a_deleted_account_does_not_bring_it_back() -> None:
    alice = User.objects.create_user("alice")
    User.objects.get().delete()
    alice.set_password("another horse battery")
    with pytest.raises(DatabaseError):
        alice.save()
    assert not User.objects.exists()
