"""What the page of a room says of files before any is sent."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from chat.models import Member, Room
from chat.tests.support.pages import browser_of

pytestmark = pytest.mark.django_db

BOUNDS = re.compile(r'<script id="file-bounds" type="application/json">(.*?)</script>')


def bounds(browser: Client, room: str = "lobby") -> dict[str, Any]:
    page = browser.get(f"/chat/{room}/").content.decode()
    [found] = BOUNDS.findall(page)
    read: dict[str, Any] = json.loads(found)
    return read


def test_an_account_is_told_the_bounds_of_accounts(
    lobby: Room, ada: Member, settings: Settings
) -> None:
    expected = {"count": 10, "bytes": settings.FILE_MAX_BYTES, "allowed": True}
    assert bounds(browser_of(ada)) == expected


def test_a_guest_is_told_the_smaller_ones(lobby: Room, client: Client, settings: Settings) -> None:
    expected = {"count": 10, "bytes": settings.GUEST_FILE_MAX_BYTES, "allowed": True}
    assert bounds(client) == expected


def test_a_guest_is_told_that_the_room_takes_no_files_of_guests(
    lobby: Room, ada: Member, client: Client
) -> None:
    Room.objects.filter(pk=lobby.pk).update(takes_guest_files=False)
    assert not bounds(client)["allowed"]
    assert bounds(browser_of(ada))["allowed"]


@pytest.mark.parametrize("room", ["lobby", "a new room"])
def test_a_guest_is_told_that_the_operator_takes_no_files_of_guests(
    lobby: Room, client: Client, settings: Settings, room: str
) -> None:
    settings.GUEST_FILES = False
    assert not bounds(client, room)["allowed"]


def test_a_page_may_show_what_it_is_about_to_send(client: Client) -> None:
    policy = client.get("/chat/lobby/")["Content-Security-Policy"].split("; ")
    assert "img-src 'self' data: blob:" in policy
    assert "media-src 'self' blob:" in policy
