"""A GET changes nothing, and signs nobody out."""

import pytest
from _pytest.mark.structures import ParameterSet
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from chat.push import vapid

WRITTEN_BY_GETS = {Session}  # the question to a passkey, the secret of one-time codes


def pages(resolver: URLResolver | None = None, prefix: str = "/") -> list[str]:
    """The addresses of all pages that need no argument."""
    found = []
    for it in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{it.pattern}".replace("^", "").removesuffix("$")
        if isinstance(it, URLResolver):
            found += pages(it, path)
        elif "<" not in path and "(?" not in path:
            found.append(path)
    return sorted(set(found))


def rows() -> list[object]:
    models = [it for it in apps.get_models() if it not in WRITTEN_BY_GETS]
    return [list(it._default_manager.order_by("pk").values()) for it in models]


def on_each_database(path: str) -> ParameterSet:
    """The lists of the admin are asked for nowhere else."""
    return pytest.param(path, marks=pytest.mark.postgresql if path.startswith("/admin/") else ())


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["correct horse battery", None])
@pytest.mark.parametrize("path", [on_each_database(it) for it in pages()])
def test_a_get_changes_nothing(client: Client, path: str, password: str | None) -> None:
    client.force_login(User.objects.create_superuser("alice", password=password))
    vapid.ensure_key()  # as a start does
    before = rows()
    client.get(path)
    assert rows() == before
    assert "_auth_user_id" in client.session
