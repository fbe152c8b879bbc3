"""Headers and cookies that say to browsers what our pages may do, and where cookies belong."""

from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.templatetags.static import static
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from chat import guest_cookie
from chat.models import Member
from chat.sockets import languages
from mysite.headers import OWN_FEATURES, UNUSED_FEATURES

pytestmark = pytest.mark.django_db

PATHS = ["/", "/chat/lobby/", "/chat/lobby/messages", "/service-worker.js", "/nowhere/"]
PATHS += ["/admin/login/", "/name/", "static"]


@pytest.fixture
def everywhere_https(settings: Settings) -> None:
    """As when all of CSRF_TRUSTED_ORIGINS is https."""
    settings.COOKIE_PREFIX = "__Host-"
    settings.LANGUAGE_COOKIE_NAME = "__Host-django_language"
    settings.SESSION_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_keeps_to_its_own_origin(client: Client, path: str) -> None:
    address = static("chat/icon.svg") if path == "static" else path
    answer = client.get(address)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "clipboard-write=(self)" in answer["Permissions-Policy"]


async def test_servers_get_the_same_headers(async_client: AsyncClient) -> None:
    answer = await async_client.get("/emoji.json")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_the_pages_use_is_not_denied() -> None:
    """As `navigator.clipboard.writeText` and `navigator.share` in the page's JavaScript."""
    assert {"clipboard-write", "web-share"} == set(OWN_FEATURES)
    assert not set(OWN_FEATURES) & set(UNUSED_FEATURES)


# --- Cookies ------------------------------------------------------------------------------------


def test_over_http_cookies_have_their_plain_names(client: Client) -> None:
    client.get("/")
    assert set(client.cookies) == {"lobby_guest", "csrftoken"}


@pytest.mark.usefixtures("everywhere_https")
def test_over_https_the_guest_cookie_belongs_to_this_host(client: Client) -> None:
    client.get("/")
    cookie = client.cookies["__Host-lobby_guest"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert cookie["domain"] == ""
    assert cookie["samesite"] == "Lax"


@pytest.mark.usefixtures("everywhere_https")
def test_over_https_programs_find_the_cookie_that_they_know(client: Client) -> None:
    client.get("/")
    plain, prefixed = client.cookies["lobby_guest"], client.cookies["__Host-lobby_guest"]
    assert plain.value == prefixed.value
    assert guest_cookie.guest_of({"lobby_guest": plain.value}) is not None
    assert "csrftoken" in client.cookies


@pytest.mark.usefixtures("everywhere_https")
def test_a_guest_from_before_https_stays_the_same(client: Client) -> None:
    alice = Member.objects.create(name="Alice")
    client.cookies["lobby_guest"] = guest_cookie.sign(alice.uid)
    assert 'value="Alice"' in client.get("/").content.decode()
    assert guest_cookie.guest_of(
        {"__Host-lobby_guest": client.cookies["__Host-lobby_guest"].value}
    ) == (alice.uid)


@pytest.mark.usefixtures("everywhere_https")
def test_another_host_of_the_domain_cannot_replace_the_guest() -> None:
    """The other host can set lobby_guest, and not __Host-lobby_guest."""
    alice, mallory = uuid4(), uuid4()
    cookies = {
        "lobby_guest": guest_cookie.sign(mallory),
        "__Host-lobby_guest": guest_cookie.sign(alice),
    }
    assert guest_cookie.guest_of(cookies) == alice
    assert guest_cookie.guest_of(cookies | {"__Host-lobby_guest": "forged"}) is None


@pytest.mark.usefixtures("everywhere_https")
def test_over_https_the_language_is_read_under_both_names(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "de", "next": "/"})
    assert client.cookies["__Host-django_language"].value == "de"
    assert '<html lang="de"' in client.get("/").content.decode()
    older = Client()
    older.cookies["django_language"] = "de"
    assert '<html lang="de"' in older.get("/").content.decode()
    older.cookies["__Host-django_language"] = "en"
    assert '<html lang="en"' in older.get("/").content.decode()


@pytest.mark.usefixtures("everywhere_https")
def test_over_https_a_socket_reads_the_language_under_both_names() -> None:
    assert languages.preferred({"django_language": "de"}, "") == "de"
    both = {"django_language": "de", "__Host-django_language": "en"}
    assert languages.preferred(both, "de") == "en"
    assert languages.preferred({}, "de") == "de"


def test_the_csrf_cookie_keeps_the_name_that_programs_rely_on() -> None:
    assert django_settings.CSRF_COOKIE_NAME == "csrftoken"
