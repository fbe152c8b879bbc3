"""Rates of pages and forms: the answer 429, for people and for programs."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import aauthenticate
from django.db import connections
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.conftest import PASSWORD
from chat import guest_cookie, runtime
from chat.journal import database
from chat.live.rates import (
    ADMIN_SIGN_IN,
    GUEST,
    MAIL,
    NAME,
    PAGE,
    SIGN_IN,
    SIGN_UP,
    TooFast,
)
from chat.models import Member, Room
from chat.tests.support.sockets import joined

HERE, THERE = "192.0.2.7", "192.0.2.8"
HOUR = 3_600


class Browser(AsyncClient):
    """A browser at an IP address."""

    def __init__(self, address: str, accept: str, language: str) -> None:
        super().__init__()
        self._address = address
        self._headers = [(b"accept", accept.encode()), (b"accept-language", language.encode())]

    def _base_scope(self, **request: Any) -> Any:
        scope: Any = super()._base_scope(**request)  # type: ignore[misc]  # Django's own
        client, headers = (self._address, 50_000), [*scope["headers"], *self._headers]
        return scope | {"client": client, "headers": headers}


@pytest.fixture(autouse=True)
async def close_connections(lobby: Room) -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()  # on the thread that ran the views


def browser(
    address: str = HERE,
    member: Member | None = None,
    accept: str = "*/*",
    language: str = "en",
) -> Browser:
    client = Browser(address, accept, language)
    if member:
        client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    return client


def only(settings: Settings, **rates: tuple[int, int]) -> None:
    """Sets rates of networks."""
    settings.RATES = {action: (None, rate) for action, rate in rates.items()}


async def get_until_refused(client: AsyncClient, path: str = "/") -> Any:
    response: Any = await client.get(path)
    while response.status_code == 200:
        response = await client.get(path)
    return response


# --- Pages --------------------------------------------------------------------------------------


async def test_a_page_above_the_rate_says_when_to_come_back(settings: Settings) -> None:
    only(settings, **{PAGE: (2, HOUR)})
    response = await get_until_refused(browser(accept="text/html,*/*;q=0.8"))
    assert response.status_code == 429
    assert 3_590 < int(response["Retry-After"]) <= 3_600
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"]
    assert "Too many requests from your network. Try again in 60 min." in response.content.decode()
    assert '<h1 class="landing-title">Too many requests</h1>' in response.content.decode()
    assert (await browser(THERE).get("/")).status_code == 200


async def test_the_page_is_in_the_language_of_the_browser(settings: Settings) -> None:
    only(settings, **{PAGE: (1, HOUR)})
    response = await get_until_refused(browser(accept="text/html", language="de"))
    assert "Versuch es in 60 min noch einmal." in response.content.decode()
    assert '<html lang="de"' in response.content.decode()


async def test_a_program_gets_the_refusal_as_json(settings: Settings) -> None:
    only(settings, **{PAGE: (1, HOUR)})
    response = await get_until_refused(browser(accept="*/*"), "/chat/lobby/messages")
    assert response.status_code == 429
    error = response.json()["error"]
    assert error["code"] == "too_fast"
    assert error["detail"] == "Too many requests from your network. Try again in 60 min."
    assert 3_590 < error["retry_after"] <= 3_600.1


async def test_a_question_for_a_room_is_counted_as_a_page(settings: Settings) -> None:
    only(settings, **{PAGE: (1, HOUR)})
    response = await get_until_refused(browser(), "/rooms/find?typed=tea")
    assert response.status_code == 429


async def test_static_files_are_not_counted(settings: Settings) -> None:
    only(settings, **{PAGE: (1, HOUR)})
    client = browser()
    page = (await client.get("/")).content.decode()
    icon = page.split('<link rel="icon" href="')[1].split('"')[0]
    for _ in range(3):
        assert (await client.get(icon)).status_code == 200
    assert (await client.get("/")).status_code == 429


# --- Forms --------------------------------------------------------------------------------------


async def test_new_names_have_a_rate(settings: Settings, alice: Member) -> None:
    settings.RATES = {NAME: ((2, HOUR), None)}
    client = browser(member=alice)
    for name in ("Ada", "Ida"):
        assert (await client.post("/name/", {"name": name})).json() == {"name": name}
    assert (await client.post("/name/", {"name": "Ida"})).status_code == 200  # nothing changes
    response = await client.post("/name/", {"name": "Eve"})
    assert response.status_code == 429
    assert response.json()["error"]["detail"].startswith("At most 2 in 3600 seconds.")
    await database.read(alice.refresh_from_db)
    assert alice.name == "Ida"


async def test_a_new_guest_counts_for_the_network(settings: Settings) -> None:
    only(settings, **{GUEST: (1, HOUR)})
    entering = {"name": "Ada", "room": "lobby"}
    assert (await browser().post("/", entering)).status_code == 302
    assert (await browser(accept="text/html").post("/", entering)).status_code == 429
    assert (await browser().post("/name/", {"name": "Eve"})).status_code == 429
    assert await database.read(Member.objects.count) == 1


async def test_pages_and_sockets_count_guests_together(settings: Settings, lobby: Room) -> None:
    only(settings, **{GUEST: (1, HOUR)})
    assert (await browser().post("/name/", {"name": "Ada"})).status_code == 200
    async with joined("lobby", address=HERE) as socket:
        await socket.event()
        assert (await socket.say("hi"))["code"] == "too_fast"


# --- Passwords ----------------------------------------------------------------------------------


@pytest.fixture
async def operator() -> User:
    return await database.write(User.objects.create_superuser, "Olga", password=PASSWORD)


async def sign_in(name: str, password: str = "wrong", address: str = HERE) -> int:
    form = {"username": name, "password": password}
    return (await browser(address).post("/admin/login/?next=/admin/", form)).status_code


async def test_passwords_for_one_name_can_be_guessed_at_a_rate(
    settings: Settings, operator: User
) -> None:
    settings.RATES = {ADMIN_SIGN_IN: ((3, HOUR), None)}
    for name, address in (("Olga", HERE), ("olga", THERE), ("OLGA", HERE)):
        assert await sign_in(name, address=address) == 200  # the form again, with an error
    assert await sign_in("Olga", PASSWORD, THERE) == 429
    assert await sign_in("Otto") == 200


async def test_one_network_can_guess_at_a_rate(settings: Settings, operator: User) -> None:
    only(settings, **{ADMIN_SIGN_IN: (3, HOUR)})
    for number in range(3):
        assert await sign_in(f"name {number}") == 200
    assert await sign_in("Olga", PASSWORD) == 429
    assert await sign_in("Olga", PASSWORD, THERE) == 302


async def test_signing_in_elsewhere_has_a_rate_of_its_own(
    settings: Settings, operator: User
) -> None:
    settings.RATES = {SIGN_IN: ((2, HOUR), None), ADMIN_SIGN_IN: ((1, HOUR), None)}
    for _ in range(2):
        assert await aauthenticate(username="Olga", password=PASSWORD) == operator
    with pytest.raises(TooFast):
        await aauthenticate(username="Olga", password=PASSWORD)
    assert await sign_in("Olga", PASSWORD) == 302


async def test_the_form_for_a_new_password_has_the_rate_of_its_name(
    settings: Settings, operator: User
) -> None:
    settings.RATES = {ADMIN_SIGN_IN: ((3, HOUR), None)}
    client = browser()
    await client.aforce_login(operator)
    form = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    for _ in range(3):
        assert (await client.post("/admin/password_change/", form)).status_code == 200
    assert (await client.post("/admin/password_change/", form)).status_code == 429
    assert (await client.get("/admin/password_change/")).status_code == 200


async def test_names_that_are_typed_at_random_leave_bounded_memory(settings: Settings) -> None:
    settings.RATES = {SIGN_IN: ((3, HOUR), None)}
    for _ in range(3):
        await aauthenticate(username=str(uuid4()) * 100, password="wrong")
    window, _ = runtime.current().rates._windows[SIGN_IN]
    assert window is not None
    assert max(len(name) for name in window._steps) <= 150


# --- Accounts -----------------------------------------------------------------------------------


async def log_in(name: str, password: str = "wrong", address: str = HERE) -> int:
    form = {"login": name, "password": password}
    return (await browser(address).post("/accounts/login/", form)).status_code


async def sign_up(name: str, address: str = HERE) -> int:
    form = {"username": name, "password1": PASSWORD}
    return (await browser(address).post("/accounts/signup/", form)).status_code


async def test_the_page_to_sign_in_has_the_rates_of_signing_in(
    settings: Settings, operator: User
) -> None:
    settings.RATES = {SIGN_IN: ((3, HOUR), (5, HOUR))}
    for name, address in (("Olga", HERE), ("olga", THERE), ("OLGA", HERE)):
        assert await log_in(name, address=address) == 200  # the form again, with an error
    assert await log_in("Olga", PASSWORD, THERE) == 429
    for number in range(3):
        assert await log_in(f"name {number}") == 200
    assert await log_in("name 3") == 429
    assert await log_in("name 3", address=THERE) == 200


async def test_a_storm_of_new_accounts_from_one_network_ends(settings: Settings) -> None:
    only(settings, **{SIGN_UP: (3, HOUR)})
    answers = [await sign_up(f"name{number}") for number in range(6)]
    assert answers == [302, 302, 302, 429, 429, 429]
    assert await database.read(User.objects.count) == 3
    assert await sign_up("alice", THERE) == 302


async def test_what_is_refused_by_the_form_counts_as_well(settings: Settings) -> None:
    """Else anybody could find out at any speed which names are taken."""
    only(settings, **{SIGN_UP: (2, HOUR)})
    assert [await sign_up("a@b") for _ in range(3)] == [200, 200, 429]


async def test_mails_are_asked_for_at_a_rate(settings: Settings) -> None:
    settings.MAIL_IS_ON = True
    only(settings, **{MAIL: (2, HOUR)})
    form = {"email": "nobody@example.com"}
    answers = [await browser().post("/accounts/password/reset/", form) for _ in range(3)]
    assert [it.status_code for it in answers] == [302, 302, 429]


async def test_the_form_to_change_a_password_has_the_rate_of_its_name(
    settings: Settings, operator: User
) -> None:
    settings.RATES = {SIGN_IN: ((2, HOUR), None)}
    client = browser()
    await client.aforce_login(operator)
    form = {"oldpassword": "wrong", "password1": "x"}
    answers = [await client.post("/accounts/password/change/", form) for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 429]
    confirming = await client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert confirming.status_code == 429


async def test_questions_to_passkeys_are_counted_because_they_store_a_session(
    settings: Settings,
) -> None:
    only(settings, **{SIGN_IN: (2, HOUR)})
    client = browser(accept="application/json")
    answers = [await client.get("/accounts/2fa/webauthn/login/") for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 429]
