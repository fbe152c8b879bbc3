"""What is done with bots and webhooks has a line in the log of moderation."""

from typing import Any

import pytest
from django.test import Client

from chat.models import Bot, Hears, Member, ModerationAct, Room, Scope, Token, Webhook
from chat.programs import bots
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account, new_members_room
from chat.webhooks import making

pytestmark = pytest.mark.django_db(transaction=True)

BOT = {"name": "Robot", "hears": "all", "scopes": ["read"], "expires": "never"}
WEBHOOK = {"name": "Reporter", "hears": "all", "url": "https://receiver.example/private"}


def browser_of(member: Member) -> Client:
    client = Client(headers={"accept": "text/html"})
    assert member.user
    client.force_login(member.user)
    return client


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


@pytest.fixture
def olga(db: None) -> Member:
    return new_account("Olga", is_staff=True, is_superuser=True)


def logged(room: Room | None) -> list[tuple[str, str, str, Any]]:
    """Who did what to which program."""
    acts = ModerationAct.objects.filter(room=room).order_by("pk").select_related("by", "member")
    return [
        (it.by.name if it.by else "", it.kind, it.member.name if it.member else "", it.details)
        for it in acts
    ]


def words(member: Member, room: Room) -> str:
    page = browser_of(member).get(f"/chat/{room.address}/settings/log/").content.decode()
    return page.replace("<bdi>", "").replace("</bdi>", "")


def press(member: Member, address: str, act: str) -> None:
    assert browser_of(member).post(address, {"act": act}, follow=True).status_code == 200


@pytest.mark.parametrize("kind", ["open", "members"])
def test_a_bot_is_made_gets_a_new_token_and_is_removed(ada: Member, kind: str) -> None:
    room = new_members_room(ada) if kind == "members" else new_open_room("Tea", ada)
    bots_page = f"/chat/{room.address}/settings/bots/"
    browser_of(ada).post(bots_page, BOT)
    address = f"{bots_page}{Bot.objects.get().member.uid}"
    press(ada, address, "renew")
    press(ada, address, "remove")
    assert [it for it in logged(room) if it[1].endswith("_program")] == [
        ("Ada", "make_program", "Robot", {"program": "bot"}),
        ("Ada", "change_program", "Robot", {"change": "token"}),
        ("Ada", "remove_program", "Robot", {"program": "bot"}),
    ]
    page = words(ada, room)
    for sentence in (
        "Ada made the bot Robot",
        "Ada made a new token of the bot Robot",
        "Ada removed the bot Robot",
    ):
        assert sentence in page


def test_a_webhook_is_made_paused_resumed_renewed_and_deleted(tea: Room, ada: Member) -> None:
    page = f"/chat/{tea.address}/settings/webhooks/"
    browser_of(ada).post(page, WEBHOOK)
    address = f"{page}{Webhook.objects.get().uid}"
    for act in ("resume", "pause", "pause", "resume", "test", "renew", "delete"):
        press(ada, address, act)
    assert logged(tea) == [
        ("Ada", "make_program", "Reporter", {"program": "webhook"}),
        ("Ada", "change_program", "Reporter", {"change": "pause"}),
        ("Ada", "change_program", "Reporter", {"change": "resume"}),
        ("Ada", "change_program", "Reporter", {"change": "secret"}),
        ("Ada", "remove_program", "Reporter", {"program": "webhook"}),
    ]
    said = words(ada, tea)
    for act in ("made the", "paused the", "resumed the", "made a new secret of the", "deleted the"):
        assert f"Ada {act} webhook Reporter" in said
    assert "private" not in said


def test_what_could_not_be_made_is_not_logged(ada: Member) -> None:
    den = new_members_room(ada)
    Room.objects.filter(pk=den.pk).update(archived_at=den.created_at)
    for page, fields in (("bots", BOT), ("webhooks", WEBHOOK)):
        answer = browser_of(ada).post(f"/chat/{den.address}/settings/{page}/", fields)
        assert answer.status_code == 422
    assert logged(den) == []


def test_what_operators_do_is_logged_in_the_room(tea: Room, ada: Member, olga: Member) -> None:
    webhook = making.make(ada, tea, "Reporter", WEBHOOK["url"], Hears.ALL)
    chosen = {"_selected_action": webhook.pk, "answer": "yes"}
    for action in ("pause_rows", "delete_rows"):
        browser_of(olga).post("/admin/chat/webhook/", {"action": action, **chosen})
    assert logged(tea) == [
        ("Olga", "change_program", "Reporter", {"change": "pause"}),
        ("Olga", "remove_program", "Reporter", {"program": "webhook"}),
    ]


def test_a_bot_of_the_installation_is_in_its_log(olga: Member) -> None:
    client = browser_of(olga)
    fields = {"name": "Helper", "hears": "all"}
    assert client.post("/admin/chat/bot/add/", fields).status_code == 302
    bot = Bot.objects.get()
    address = f"/admin/chat/bot/{bot.pk}/change/"
    assert client.post(address, {"hears": "addressed"}).status_code == 302
    assert logged(None) == [
        ("Olga", "make_program", "Helper", {"program": "bot"}),
        ("Olga", "change_program", "Helper", {"change": "hears"}),
    ]


def test_tokens_that_operators_make_and_revoke_are_logged_where_they_are_for(
    tea: Room, ada: Member, olga: Member
) -> None:
    bot, _ = bots.make(ada, tea, "Robot", Hears.ALL, [Scope.READ], None)
    token, _ = bots.make_token(bot.member, olga, "a test", [Scope.READ], [tea], None)
    for _ in range(2):
        browser_of(olga).post(f"/accounts/tokens/{token.uid}/revoke")
    bots.make_token(bot.member, olga, "for all rooms", [Scope.READ], None, None)
    assert logged(tea) == [
        ("Olga", "change_program", "Robot", {"change": "token"}),
        ("Olga", "change_program", "Robot", {"change": "revoke"}),
    ]
    assert logged(None) == [("Olga", "change_program", "Robot", {"change": "token"})]


def test_a_persons_own_tokens_are_nobodys_business(tea: Room, ada: Member) -> None:
    token, _ = Token.objects.make(ada, ada, "my own", [Scope.POST], [tea])
    browser_of(ada).post(f"/accounts/tokens/{token.uid}/revoke")
    assert not ModerationAct.objects.exists()
