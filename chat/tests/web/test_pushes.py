"""Registering browsers for pushes, and the page of notifications."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from chat.models import (
    Job,
    Member,
    Notify,
    PushDevice,
    PushKey,
    PushSettings,
    Room,
    RoomName,
    Subscription,
)
from chat.models.push import ENDPOINT_MAX_CHARACTERS
from chat.personal_data import claiming
from chat.personal_data.deletion import delete_account
from chat.push.jobs import TRIAL
from chat.tests.push.support import listed
from chat.tests.support.pages import browser_of
from chat.tests.support.push_service import Browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

PAGE = "/accounts/notifications/"
PHONE = Browser("phone")


@pytest.fixture
def room() -> Room:
    return Room.objects.ensure(RoomName.parse("Tea"))


def register(client: Client, browser: Browser = PHONE, **fields: str) -> int:
    fields = {"endpoint": browser.endpoint, **browser.keys, **fields}
    return client.post("/push/devices", fields).status_code


def owners() -> list[str]:
    return list(PushDevice.objects.order_by("pk").values_list("member__name", flat=True))


def test_the_installation_has_one_key(client: Client) -> None:
    keys = [client.get("/push/key").json()["key"] for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 87
    assert PushKey.objects.get().private not in keys[0]


def test_a_browser_is_registered_and_again_at_each_visit(ada: Member) -> None:
    client = browser_of(ada)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client.defaults["HTTP_USER_AGENT"] = agent
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert [register(client), register(client)] == [204, 204]
    device = PushDevice.objects.get()
    assert (device.member, device.language) == (ada, "de")
    assert str(device) == "Firefox · Linux"
    assert device.session
    assert device.p256dh == PHONE.keys["p256dh"]


def test_a_new_subscription_replaces_the_former_one(ada: Member) -> None:
    client = browser_of(ada)
    register(client)
    register(client, Browser("new"), former=PHONE.endpoint)
    assert PushDevice.objects.get().endpoint.endswith("/new")


def test_nobody_replaces_the_device_of_another(ada: Member, ben: Member) -> None:
    register(browser_of(ada))
    register(browser_of(ben), Browser("bens"), former=PHONE.endpoint)
    assert (
        browser_of(ben).post("/push/devices/remove", {"endpoint": PHONE.endpoint}).status_code
        == 204
    )
    browser_of(ben).post(PAGE, {"device": PushDevice.objects.get(member=ada).pk})
    assert owners() == ["Ada", "Ben"]


@pytest.mark.parametrize(
    "fields",
    [
        {"endpoint": "http://push.example/a"},
        {"endpoint": "https://127.0.0.1/a"},
        {"endpoint": "https://[::1]/a"},
        {"endpoint": "https://push.example:22/a"},
        {"endpoint": "https://testserver/a"},
        {"endpoint": "https://push.example/" + "a" * ENDPOINT_MAX_CHARACTERS},
        {"endpoint": "https://push.example/\0"},
        {"endpoint": ""},
        {"p256dh": "tea"},
        {"p256dh": ""},
        {"auth": "tea"},
        {"auth": "ü"},
    ],
)
def test_what_is_no_subscription_is_refused(ada: Member, fields: Any) -> None:
    assert register(browser_of(ada), **fields) == 422
    assert not PushDevice.objects.exists()


def test_a_guest_has_devices_once_stored(gus: Member) -> None:
    assert register(browser_of(gus)) == 204
    assert owners() == ["Gus"]
    before = Member.objects.count()
    assert register(Client(), Browser("nobodys")) == 204
    assert (Member.objects.count(), PushDevice.objects.count()) == (before, 1)


def test_a_browser_that_is_nobodys_by_now_gets_nothing_for_who_used_it(ada: Member) -> None:
    """The session has expired."""
    register(browser_of(ada))
    assert register(Client()) == 204
    assert owners() == []


def test_a_device_ends_with_its_session(ada: Member) -> None:
    phone, laptop = browser_of(ada), browser_of(ada)
    register(phone)
    register(laptop, Browser("laptop"))
    phone.post("/accounts/logout/")
    assert PushDevice.objects.get().endpoint.endswith("/laptop")


def test_a_new_password_ends_all_devices(ada: Member) -> None:
    register(browser_of(ada))
    assert ada.user
    ada.user.set_password("another long one")
    ada.user.save()
    assert not PushDevice.objects.exists()


def test_deactivation_ends_all_devices(ada: Member) -> None:
    register(browser_of(ada))
    assert ada.user
    ada.user.is_active = False
    ada.user.save()
    assert not PushDevice.objects.exists()


def test_with_the_account_go_its_devices_and_choices(ada: Member) -> None:
    register(browser_of(ada))
    PushSettings.objects.create(member=ada)
    assert ada.user
    delete_account(ada.user, with_messages=False)
    assert not PushDevice.objects.exists()
    assert not PushSettings.objects.exists()


def test_the_devices_of_a_claimed_guest_are_nobodys(ada: Member, gus: Member) -> None:
    register(browser_of(gus))
    PushSettings.objects.create(member=gus)
    assert claiming.claim(ada, gus)
    assert not PushDevice.objects.exists()
    assert not PushSettings.objects.exists()


def test_a_person_chooses_what_is_notified(ada: Member, room: Room) -> None:
    listed(ada, room)
    client = browser_of(ada)
    page = client.get(PAGE).content.decode()
    assert "Tea" in page
    fields = {
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "time_zone": "Europe/Berlin",
        f"room-{room.uid}": "all",
    }
    assert client.post(PAGE, fields).status_code == 302
    own = PushSettings.objects.get(member=ada)
    assert (own.quiet_from, own.quiet_until) == (time(22), time(7, 30))
    assert (own.shows_text, own.time_zone) == (False, "Europe/Berlin")
    assert Subscription.objects.get(member=ada, room=room).notify == Notify.ALL
    room.refresh_from_db()
    assert room.is_followed
    client.post(PAGE, {"shows_text": "on", f"room-{room.uid}": "nothing"})
    own.refresh_from_db()
    assert (own.quiet_from, own.shows_text) == (None, True)
    room.refresh_from_db()
    assert not room.is_followed


@pytest.mark.parametrize(
    "fields",
    [
        {"quiet_from": "22:00"},
        {"quiet_from": "25:00", "quiet_until": "7:00"},
        {"time_zone": "Mars/Olympus"},
    ],
)
def test_choices_that_are_none_are_refused_and_say_why(ada: Member, fields: dict[str, str]) -> None:
    answer = browser_of(ada).post(PAGE, fields)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not PushSettings.objects.exists()


def test_of_a_room_that_is_not_mine_nothing_is_set(ada: Member, ben: Member, room: Room) -> None:
    listed(ben, room)
    browser_of(ada).post(PAGE, {f"room-{room.uid}": "all"})
    room.refresh_from_db()
    assert not room.is_followed


def test_a_test_goes_to_my_devices(ada: Member, ben: Member) -> None:
    client = browser_of(ada)
    register(client)
    register(browser_of(ben), Browser("bens"))
    assert "on its way" in client.post(PAGE, {"test": "1"}, follow=True).content.decode()
    assert [it.state["device"] for it in Job.objects.filter(kind=TRIAL)] == [
        PushDevice.objects.get(member=ada).pk
    ]
    assert "Nothing was sent" in client.post(PAGE, {"test": "1"}, follow=True).content.decode()
    assert Job.objects.filter(kind=TRIAL).count() == 1


@pytest.mark.parametrize("device", ["", "x", "9" * 30, "-1"])
def test_a_device_is_removed_from_the_list(ada: Member, device: str) -> None:
    client = browser_of(ada)
    register(client)
    assert client.post(PAGE, {"device": device}).status_code == 302
    assert owners() == ["Ada"]
    client.post(PAGE, {"device": PushDevice.objects.get().pk})
    assert owners() == []


def test_the_page_of_a_guest_who_is_nobody_yet_says_so() -> None:
    assert "Enter a room first" in Client().get(PAGE).content.decode()
    assert Client().post(PAGE, {"shows_text": "on"}).status_code == 200
    assert not PushSettings.objects.exists()
