"""/accounts/data/: the download, and the deletion of the account, on pages."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import cast
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.conftest import PASSWORD
from chat import guest_cookie
from chat.journal import database
from chat.live.rates import DOWNLOAD
from chat.models import Job, Member, Room

pytestmark = pytest.mark.postgresql

DATA, DELETE, DOWNLOAD_PATH = (
    "/accounts/data/",
    "/accounts/data/delete/",
    "/accounts/data/download/",
)


# --- deleting -----------------------------------------------------------------------------------


@pytest.fixture
def alice_signs_in(db: None) -> Client:
    User.objects.create_user("alice", password=PASSWORD)
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    return client


def confirm(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


@pytest.mark.django_db
@pytest.mark.parametrize("path", [DATA, DELETE])
def test_strangers_are_asked_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("ask", ["get", "post"])
def test_the_password_is_asked_for_once_more(alice_signs_in: Client, ask: str) -> None:
    answer = getattr(alice_signs_in, ask)(DELETE, {"messages": "keep"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.exists()


@pytest.mark.parametrize(("choice", "with_messages"), [("keep", False), ("delete", True)])
def test_an_account_is_deleted_as_chosen(
    alice_signs_in: Client, choice: str, with_messages: bool
) -> None:
    member = Member.objects.get()
    confirm(alice_signs_in)
    answer = alice_signs_in.post(DELETE, {"messages": choice})
    assert answer["Location"] == "/accounts/login/"
    assert not User.objects.exists()
    state = Job.objects.get().state
    assert (state["member"], state["with_messages"]) == (member.pk, with_messages)
    assert (
        guest_cookie.guest_of({guest_cookie.COOKIE: answer.cookies[guest_cookie.COOKIE].value})
        != member.uid
    )


def test_looking_at_the_page_deletes_nothing(alice_signs_in: Client) -> None:
    confirm(alice_signs_in)
    assert alice_signs_in.get(DELETE).status_code == 200
    alice_signs_in.post(DELETE, {"messages": "?"})
    assert User.objects.exists()


def test_the_last_operator_reads_what_to_do_first(alice_signs_in: Client) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    confirm(alice_signs_in)
    assert "the only operator" in alice_signs_in.get(DELETE).content.decode()
    assert alice_signs_in.post(DELETE, {"messages": "keep"}).status_code == 409
    assert User.objects.exists()


@pytest.mark.django_db
def test_an_account_without_a_password_is_asked_to_sign_in_again(client: Client) -> None:
    client.force_login(User.objects.create_user("alice"))
    again = f"/accounts/sign-in-again/?{urlencode({'next': DELETE})}"
    assert client.get(DELETE)["Location"] == again
    assert "_auth_user_id" in client.session
    assert User.objects.exists()


@pytest.mark.django_db
def test_another_browser_of_a_deleted_account_becomes_a_new_guest(client: Client) -> None:
    member = Member.objects.create(name="Alice", user=User.objects.create_user("alice"))
    User.objects.get().delete()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(member.uid)
    answer = client.get("/")
    assert answer.status_code == 200
    assert (
        guest_cookie.guest_of({guest_cookie.COOKIE: answer.cookies[guest_cookie.COOKIE].value})
        != member.uid
    )


# --- the download -------------------------------------------------------------------------------


@pytest.fixture
async def browser(lobby: Room) -> AsyncIterator[AsyncClient]:
    user = await database.write(User.objects.create_user, "alice")
    client = AsyncClient(headers={"accept-encoding": "gzip"})
    await client.aforce_login(user)
    yield client
    await sync_to_async(connections.close_all)()  # on the thread that ran the views


async def test_the_archive_is_an_attachment_that_no_cache_keeps(browser: AsyncClient) -> None:
    answer = await browser.post(DOWNLOAD_PATH)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="lobby-')
    assert "no-store" in answer["Cache-Control"]
    data = b"".join([it async for it in cast(StreamingHttpResponse, answer)])
    assert b'"username": "alice"' in ZipFile(BytesIO(data)).read("profile.json")


async def test_downloads_have_a_rate(browser: AsyncClient, settings: Settings) -> None:
    settings.RATES = {DOWNLOAD: ((2, 3_600), None)}
    answers = [await browser.post(DOWNLOAD_PATH) for _ in range(3)]
    assert [it.status_code for it in answers] == [200, 200, 429]


async def test_a_get_downloads_nothing(browser: AsyncClient) -> None:
    assert (await browser.get(DOWNLOAD_PATH)).status_code == 405
    assert (await AsyncClient().post(DOWNLOAD_PATH)).status_code == 302
