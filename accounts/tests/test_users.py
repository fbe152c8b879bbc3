"""Usernames: one account a name, however it is written."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SPELLINGS = [("Alice", "aLICE"), ("Ärger", "äRGER"), ("Straße", "STRASSE"), ("Ⅳ", "iv")]


@pytest.mark.parametrize(("taken", "typed"), SPELLINGS)
def test_a_username_is_taken_however_it_is_written(taken: str, typed: str) -> None:
    User.objects.create_user(taken)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(typed)


@pytest.mark.parametrize(("taken", "typed"), SPELLINGS)
def test_a_form_says_that_the_username_is_taken(taken: str, typed: str) -> None:
    User.objects.create_user(taken)
    with pytest.raises(ValidationError, match="already exists"):
        User(username=typed, password="x").full_clean()


@pytest.mark.parametrize(("taken", "typed"), [*SPELLINGS, ("Alice", "Alice")])
def test_a_user_signs_in_however_the_username_is_written(taken: str, typed: str) -> None:
    user = User.objects.create_user(taken, password=PASSWORD)
    assert authenticate(username=typed, password=PASSWORD) == user


def test_a_username_can_be_rewritten_by_its_user() -> None:
    alice = User.objects.create_user("alice")
    alice.username = "Alicia"
    alice.save(update_fields=["username"])
    assert User.objects.get_by_natural_key("ALICIA") == alice
    alice.full_clean(exclude=["password"])


def test_the_admin_lists_users(admin_client: Client) -> None:
    assert "alice" not in admin_client.get("/admin/accounts/user/").content.decode()
    User.objects.create_user("alice")
    assert "alice" in admin_client.get("/admin/accounts/user/").content.decode()
