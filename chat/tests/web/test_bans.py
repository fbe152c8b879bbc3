"""Blocking people from a room page, and what blocked guests see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat import guest_cookie
from chat.models import BannedNetwork, Member, Revocation, Room, RoomName, Sanction
from chat.models.revocation import Why
from chat.models.sanction import network_digest
from chat.web.moderation.forms import BanForm

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

HTML = {"accept": "text/html"}


@pytest.fixture
def olga(client: Client) -> User:
    """An operator, who is signed in."""
    user = User.objects.create_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def bert() -> Member:
    return Member.objects.create(name="Bert")


def block(client: Client, other: Member, **fields: str) -> int:
    fields = {"member": str(other.uid), "seconds": "3600"} | fields
    return client.post("/moderation/block", fields).status_code


def test_an_operator_blocks_a_guest_for_a_time(client: Client, olga: User, bert: Member) -> None:
    assert block(client, bert, why="Advertises") == 204
    row = Sanction.objects.get()
    assert (row.member, row.by, row.why) == (bert, Member.objects.of_user(olga), "Advertises")
    assert timedelta(minutes=59) < row.until - timezone.now() <= timedelta(hours=1)
    assert LogEntry.objects.get().user == olga


@pytest.mark.parametrize("is_claimed", [False, True])
def test_banning_the_author_of_an_account_for_good_deactivates_the_account(
    client: Client, olga: User, is_claimed: bool
) -> None:
    carol = User.objects.create_user("carol")
    link = {"claimed_by": carol} if is_claimed else {"user": carol}
    member = Member.objects.create(name="Carol", **link)
    assert block(client, member, seconds="0") == 204
    carol.refresh_from_db()
    assert not carol.is_active
    assert Revocation.objects.get().why == Why.DEACTIVATED
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("is_claimed", [False, True])
def test_an_account_is_banned_for_a_time(client: Client, olga: User, is_claimed: bool) -> None:
    carol = User.objects.create_user("carol")
    own = Member.objects.of_user(carol)
    guest = Member.objects.create(name="Carol on a bus", claimed_by=carol)
    assert block(client, guest if is_claimed else own) == 204
    carol.refresh_from_db()
    assert carol.is_active
    carols = Client()
    carols.force_login(carol)
    assert carols.get("/chat/lobby/", headers=HTML).status_code == 403
    assert Revocation.objects.get(why=Why.BANNED).member == own.uid
    Sanction.objects.all().lift(by=Member.objects.of_user(olga))
    assert carols.get("/chat/lobby/", headers=HTML).status_code == 200


def test_an_operator_is_not_blocked(client: Client, olga: User) -> None:
    member = Member.objects.of_user(olga)
    assert block(client, member) == 403
    olga.refresh_from_db()
    assert olga.is_active


def when_the_form_is_read(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any]) -> None:
    """Do something after the page knows who asks, and before anything is blocked."""
    is_valid = BanForm.is_valid

    def changing(form: BanForm) -> bool:
        change()
        return is_valid(form)

    monkeypatch.setattr(BanForm, "is_valid", changing)


def lose_rights() -> None:
    User.objects.filter(username="olga").update(is_staff=False)


def be_deactivated() -> None:
    User.objects.filter(username="olga").update(is_active=False)


@pytest.mark.parametrize("lose", [lose_rights, be_deactivated])
def test_who_is_no_operator_any_more_blocks_nobody(
    client: Client,
    olga: User,
    bert: Member,
    lose: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.create_user("otto", is_staff=True, is_superuser=True)
    when_the_form_is_read(monkeypatch, lose)
    assert block(client, bert) == 403
    fields = {"action": "ban", "_selected_action": [bert.pk], "answer": "yes", "seconds": "3600"}
    assert client.post("/admin/chat/member/", fields).status_code in {302, 403}
    assert not Sanction.objects.exists()


def test_who_has_become_an_operator_is_not_blocked(
    client: Client, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = User.objects.create_user("carol")
    member = Member.objects.create(name="Carol", user=carol)
    rights = {"is_staff": True, "is_superuser": True}
    when_the_form_is_read(monkeypatch, lambda: User.objects.update(**rights))
    assert block(client, member) == 403
    carol.refresh_from_db()
    assert carol.is_active


def test_a_guest_who_has_an_account_by_now_is_blocked_as_that(
    client: Client, olga: User, bert: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = User.objects.create_user("carol")
    guests_of_carol = Member.objects.filter(pk=bert.pk)
    when_the_form_is_read(monkeypatch, lambda: guests_of_carol.update(claimed_by=carol))
    assert block(client, bert, seconds="0") == 204
    carol.refresh_from_db()
    assert (carol.is_active, Sanction.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"member": str(uuid4())}, 404),
        ({"member": "x"}, 422),
        ({"seconds": "1"}, 422),
        ({"seconds": "99999999"}, 422),
    ],
)
def test_a_wrong_block_is_refused(
    client: Client, olga: User, bert: Member, fields: dict[str, str], status: int
) -> None:
    assert block(client, bert, **fields) == status
    assert not Sanction.objects.exists()


def test_only_operators_learn_who_there_is(client: Client, bert: Member) -> None:
    client.force_login(User.objects.create_user("carol", is_staff=True))
    assert block(client, bert) == 403
    assert block(client, bert, member=str(uuid4())) == 403


def test_the_page_of_an_operator_has_what_operators_do(client: Client, olga: User) -> None:
    page = client.get("/chat/lobby/").content.decode()
    assert "data-moderation-where" in page
    assert '"role": "operator"' in page


def test_the_page_of_others_has_not(client: Client) -> None:
    client.force_login(User.objects.create_user("carol"))
    page = client.get("/chat/lobby/").content.decode()
    assert "data-moderation-where" not in page
    assert '"role"' not in page


# --- what blocked guests see --------------------------------------------------------------------


@pytest.fixture
def blocked(client: Client, bert: Member) -> Member:
    Room.objects.ensure(RoomName.parse("lobby"))
    Sanction.objects.ban(bert, timezone.now() + timedelta(hours=1))
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(bert.uid)
    return bert


@pytest.mark.parametrize("address", ["/", "/chat/lobby/", "/chat/attic/"])
def test_a_blocked_guest_is_told_until_when(client: Client, blocked: Member, address: str) -> None:
    answer = client.get(address, headers=HTML)
    assert (
        answer.status_code,
        "You are banned" in answer.content.decode(),
    ) == (403, True)
    german = client.get(address, headers={**HTML, "accept-language": "de"})
    assert "Du bist für diese Installation gesperrt" in german.content.decode()


def test_a_program_is_told_as_well(client: Client, blocked: Member) -> None:
    answer = client.get("/chat/lobby/messages", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")


def test_the_network_of_a_blocked_guest_who_comes_back_is_blocked(
    client: Client, blocked: Member
) -> None:
    client.get("/chat/lobby/")
    assert BannedNetwork.objects.get().digest == network_digest("127.0.0.1")
    other = Client()
    other.cookies[guest_cookie.COOKIE] = guest_cookie.sign(uuid4())
    assert other.get("/chat/lobby/").status_code == 403
    assert other.get("/chat/lobby/", REMOTE_ADDR="192.0.2.9").status_code == 200


@pytest.mark.parametrize("address", ["/name/", "/chat/lobby/keep"])
def test_a_new_browser_at_a_blocked_network_changes_nothing(
    client: Client, blocked: Member, address: str
) -> None:
    client.get("/chat/lobby/")
    assert Client().post(address, {"name": "Ada"}).status_code == 403
    assert Member.objects.get() == blocked


def test_a_blocked_guest_can_sign_in(client: Client, blocked: Member) -> None:
    client.force_login(User.objects.create_user("carol"))
    client.get("/chat/lobby/")
    assert client.get("/chat/lobby/").status_code == 200
