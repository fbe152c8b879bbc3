"""Fixtures: somebody with an account, mail, and a count of password hashings."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.core.cache import cache
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.hashers import Argon2Hasher
from accounts.models import User

PASSWORD = "correct horse battery"
ADDRESS = "alice@example.com"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def real_password_hashers(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = settings.REAL_PASSWORD_HASHERS


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("Alice", ADDRESS, PASSWORD)


@pytest.fixture
def alices_browser(alice: User) -> Client:
    return signed_in("alice")


def signed_in(name: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def sign_in_by_provider(client: Client, user: User) -> None:
    """Leave in the session what a sign-in by a provider leaves there."""
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, method="socialaccount", provider="sso")
    request.session.save()


@pytest.fixture
def mail(settings: Settings) -> None:
    """As EMAIL_URL sets it."""
    settings.MAIL_IS_ON = True
    settings.ACCOUNT_LOGIN_METHODS = {"username", "email"}
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by each password that is hashed or compared."""
    found: list[str] = []
    encode, verify = Argon2Hasher.encode, Argon2Hasher.verify

    def counting_encode(self: Argon2Hasher, password: str, salt: str) -> str:
        found.append(password)
        return str(encode(self, password, salt))

    def counting_verify(self: Argon2Hasher, password: str, encoded: str) -> bool:
        found.append(password)
        return bool(verify(self, password, encoded))

    monkeypatch.setattr(Argon2Hasher, "encode", counting_encode)
    monkeypatch.setattr(Argon2Hasher, "verify", counting_verify)
    return found
