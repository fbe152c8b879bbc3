"""The page of a room's outgoing webhooks."""

import re

import pytest
from django.test import Client

from chat.models import Bot, Hears, Member, Membership, ProgramCursor, Role, Room, Webhook
from chat.models.webhook import Trouble, Why
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account, new_members_room, roles
from chat.webhooks import making

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://receiver.example/hook?key=private"
FIELDS = {"name": "Reporter", "url": URL, "hears": "all"}
HTML = {"accept": "text/html"}


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


def browser_of(member: Member) -> Client:
    client = Client(headers=HTML)
    assert member.user
    client.force_login(member.user)
    return client


def path(room: Room) -> str:
    return f"/chat/{room.address}/settings/webhooks/"


def make(room: Room, member: Member) -> Webhook:
    return making.make(member, room, "Reporter", URL, Hears.ALL)


def press(member: Member, webhook: Webhook, act: str) -> str:
    answer = browser_of(member).post(
        f"{path(webhook.room)}{webhook.uid}", {"act": act}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_keeps_a_room_makes_one_and_sees_its_secret_once(tea: Room, ada: Member) -> None:
    client = browser_of(ada)
    page = client.post(path(tea), FIELDS).content.decode()
    webhook = Webhook.objects.with_all().get()
    assert webhook.secret in page.replace("&#x3D;", "=")
    assert (webhook.name, webhook.made_by, webhook.room) == ("Reporter", ada, tea)
    assert str(tea.uid) in webhook.cursor.positions
    later = client.get(path(tea)).content.decode()
    assert webhook.secret not in later
    assert "receiver.example" in later
    assert "private" not in later


def test_in_a_members_room_everybody_sees_that_its_bot_is_added(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    browser_of(ada).post(path(den), FIELDS)
    assert roles(den)["Reporter"] == Role.MEMBER
    assert Webhook.objects.get().room == den


def test_where_its_bot_cannot_be_added_there_is_none(ada: Member) -> None:
    den = new_members_room(ada)
    Room.objects.filter(pk=den.pk).update(archived_at=den.created_at)
    assert browser_of(ada).post(path(den), FIELDS).status_code == 422
    assert not Webhook.objects.exists()
    assert not Bot.objects.exists()
    assert not ProgramCursor.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/",
        "https://receiver.example:8443/",
        "https://receiver.example:80/",
        "https://user:pw@receiver.example/",
        "https://localhost/",
        "https://testserver.example:22/",
        "ftp://receiver.example/",
        "javascript:alert(1)",
        "https://0x7f000001/",
        "https://a b.example/",
        "https://" + "a" * 3_000,
        "",
    ],
)
def test_addresses_that_are_never_pushed_to_are_refused(tea: Room, ada: Member, url: str) -> None:
    answer = browser_of(ada).post(path(tea), {**FIELDS, "url": url})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_its_bot_is_called_like_no_account(tea: Room, ada: Member, ben: Member) -> None:
    assert browser_of(ada).post(path(tea), {**FIELDS, "name": "Ben"}).status_code == 422


def test_a_room_has_so_many(tea: Room, ada: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "WEBHOOKS_MAX", 1)
    make(tea, ada)
    assert browser_of(ada).post(path(tea), FIELDS).status_code == 422
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize("act", ["pause", "resume", "test", "renew", "delete", "other"])
def test_others_do_nothing_with_it(tea: Room, ada: Member, ben: Member, act: str) -> None:
    webhook = make(tea, ada)
    before = Webhook.objects.values().get()
    assert browser_of(ben).get(path(tea)).status_code == 404
    assert browser_of(ben).post(path(tea), FIELDS).status_code == 404
    answer = browser_of(ben).post(f"{path(tea)}{webhook.uid}", {"act": act})
    assert answer.status_code == 404
    assert Webhook.objects.values().get() == before


def test_it_belongs_to_its_room(tea: Room, ada: Member, ben: Member) -> None:
    """Who keeps another room, and knows its id, does nothing there."""
    webhook, other = make(tea, ada), new_open_room("Coffee", ben)
    answer = browser_of(ben).post(f"{path(other)}{webhook.uid}", {"act": "delete"})
    assert answer.status_code == 404
    assert Webhook.objects.exists()


def test_it_is_paused_and_resumed(tea: Room, ada: Member) -> None:
    webhook = make(tea, ada)
    assert "paused" in press(ada, webhook, "pause")
    webhook.refresh_from_db()
    assert webhook.why_paused == Why.PERSON
    Webhook.objects.update(trouble=Trouble.SLOW, failures=3)
    assert "running" in press(ada, webhook, "resume")
    webhook.refresh_from_db()
    assert (webhook.is_paused, webhook.failures, webhook.trouble) == (False, 0, "")


def test_who_resumes_one_whose_maker_has_gone_takes_it_over(
    tea: Room, ada: Member, ben: Member
) -> None:
    webhook = make(tea, ada)
    Webhook.objects.pause(webhook.pk, Why.OWNER)
    Membership.objects.filter(member=ada).delete()
    Membership.objects.create(member=ben, room=tea, role=Role.MODERATOR)
    press(ben, webhook, "resume")
    webhook.refresh_from_db()
    assert webhook.made_by == ben


def test_a_new_secret_is_shown_once_and_the_former_one_signs_for_a_day(
    tea: Room, ada: Member
) -> None:
    webhook = make(tea, ada)
    page = press(ada, webhook, "renew")
    former = webhook.secret
    webhook.refresh_from_db()
    assert webhook.secret != former
    assert webhook.secret in page.replace("&#x3D;", "=")
    assert webhook.secrets(webhook.created_at) == [webhook.secret, former]
    assert webhook.former_until
    assert webhook.secrets(webhook.former_until) == [webhook.secret]


def test_a_test_is_asked_for_once(tea: Room, ada: Member) -> None:
    webhook = make(tea, ada)
    assert "A test is on its way" in press(ada, webhook, "test")
    assert "just now" in press(ada, webhook, "test")


def test_a_deleted_one_leaves_what_its_bot_said(ada: Member) -> None:
    den = new_members_room(ada)
    browser_of(ada).post(path(den), FIELDS)
    press(ada, Webhook.objects.with_all().get(), "delete")
    assert not Webhook.objects.exists()
    assert not ProgramCursor.objects.exists()
    assert roles(den) == {"Ada": Role.OWNER}
    assert Bot.objects.exists()


def test_it_goes_with_its_room(tea: Room, ada: Member) -> None:
    from chat.journal.write import room_deletion

    make(tea, ada)
    room_deletion.empty(tea.pk)
    assert not Webhook.objects.exists()


def test_the_settings_lead_there(tea: Room, ada: Member) -> None:
    page = browser_of(ada).get(f"/chat/{tea.address}/settings/").content.decode()
    assert re.search(r'href="[^"]*/settings/webhooks/"', page)


def test_operators_see_where_it_goes_and_neither_room_nor_path(ada: Member) -> None:
    den = new_members_room(ada, name="Zimtstern")
    webhook = make(den, ada)
    operator = new_account("Otto", is_staff=True, is_superuser=True)
    client = browser_of(operator)
    for page in ("", f"{webhook.pk}/change/"):
        shown = client.get(f"/admin/chat/webhook/{page}").content.decode()
        assert "receiver.example" in shown
        assert not any(it in shown for it in ("Zimtstern", "private", webhook.secret))


def test_an_operator_pauses_and_deletes(tea: Room, ada: Member) -> None:
    webhook = make(tea, ada)
    client = browser_of(new_account("Otto", is_staff=True, is_superuser=True))
    chosen = {"_selected_action": webhook.pk, "answer": "yes"}
    client.post("/admin/chat/webhook/", {"action": "pause_rows", **chosen})
    webhook.refresh_from_db()
    assert webhook.is_paused
    client.post("/admin/chat/webhook/", {"action": "delete_rows", **chosen})
    assert not Webhook.objects.exists()
