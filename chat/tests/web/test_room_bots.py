"""The page of a room's bots."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.operators import set_operator
from chat.access import find_in
from chat.journal.roster_changes import Ban, Leave, RemovePerson, SetRole
from chat.models import FOR_GOOD, Bot, Hears, Member, Revocation, Role, Room, Scope, Token
from chat.models.revocation import Why
from chat.models.token import digest_of
from chat.programs import bots, tokens
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account, new_members_room, roles, settled

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {"name": "Robot", "hears": "addressed", "scopes": ["read", "post"], "expires": "never"}
SECRET = re.compile(r"lobby_[\w-]{43}")


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


def browser_of(member: Member) -> Client:
    client = Client(headers={"accept": "text/html"})
    assert member.user
    client.force_login(member.user)
    return client


def path(room: Room) -> str:
    return f"/chat/{room.address}/settings/bots/"


def make(room: Room, member: Member, name: str = "Robot") -> tuple[Bot, str]:
    return bots.make(member, room, name, Hears.ALL, [Scope.READ, Scope.POST], None)


def press(member: Member, room: Room, bot: Bot, act: str) -> str:
    address = f"{path(room)}{bot.member.uid}"
    answer = browser_of(member).post(address, {"act": act}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def secret_on(page: str) -> str:
    found = SECRET.search(page)
    assert found
    return found[0]


def test_a_token_of_a_bot_is_revoked_alone(tea: Room, ada: Member, ben: Member) -> None:
    (bot, first), (other, others) = make(tea, ada), make(tea, ada, "Other")
    bridge, second = bots.make_token(bot.member, ada, "bridge", [Scope.READ], [tea], None)
    client, address = browser_of(ada), f"{path(tea)}{bot.member.uid}"
    page = client.get(path(tea)).content.decode()
    assert page.count('value="revoke"') == 3
    assert "<bdi>bridge</bdi>" in page
    fields = {"act": "revoke", "token": str(bridge.uid)}
    assert browser_of(ben).post(address, fields).status_code == 404
    assert client.post(f"{path(tea)}{other.member.uid}", fields).status_code == 404
    assert client.post(address, {"act": "revoke", "token": "x"}).status_code == 404
    assert tokens.find(second)
    page = client.post(address, fields, follow=True).content.decode()
    assert "A token of “Robot” is revoked." in page
    assert tokens.find(second) is None
    assert tokens.find(first)
    assert tokens.find(others)
    assert client.post(address, fields).status_code == 404


def test_who_keeps_a_room_makes_a_bot_and_sees_its_token_once(tea: Room, ada: Member) -> None:
    client = browser_of(ada)
    page = client.post(path(tea), FIELDS).content.decode()
    program = tokens.find(secret_on(page))
    assert program
    bot = Bot.objects.get(member=program.member)
    assert (bot.member.name, bot.hears, bot.made_by, bot.room) == ("Robot", "addressed", ada, tea)
    assert f"/hooks/{secret_on(page)}" in page
    assert program.token.scopes == ["read", "post"]
    later = client.get(path(tea)).content.decode()
    assert "Robot" in later
    assert not SECRET.search(later)


def test_where_there_is_none_the_name_is_typed_at_once(tea: Room, ada: Member) -> None:
    client = browser_of(ada)
    for page in (path(tea), f"/chat/{tea.address}/settings/webhooks/"):
        assert client.get(page).content.decode().count(" autofocus") == 1


def test_its_token_is_for_the_room_alone(tea: Room, ada: Member) -> None:
    den = new_members_room(ada)
    bot, secret = make(tea, ada)
    program = tokens.find(secret)
    assert program
    assert program.token.is_for(tea)
    assert not program.token.is_for(den)
    assert find_in(bot.member, den) is None


def test_in_a_members_room_everybody_sees_that_it_is_added(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    browser_of(ada).post(path(den), FIELDS)
    assert roles(den)["Robot"] == Role.MEMBER


def test_among_the_people_of_a_room_it_is_a_bot_and_no_guest(ada: Member) -> None:
    den = new_members_room(ada)
    browser_of(ada).post(path(den), FIELDS)
    page = browser_of(ada).get(f"/chat/{den.address}/settings/").content.decode()
    person = page.split("<strong><bdi>Robot</bdi></strong>")[1].split("</li>")[0]
    assert "Bot" in person
    assert "Guest" not in person


def test_where_it_cannot_be_added_there_is_none(ada: Member) -> None:
    den = new_members_room(ada)
    Room.objects.filter(pk=den.pk).update(archived_at=den.created_at)
    assert browser_of(ada).post(path(den), FIELDS).status_code == 422
    assert not Bot.objects.exists()
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": "Ben"}, {"name": ""}, {"hears": "x"}, {"scopes": []}, {"expires": "1"}]
)
def test_what_cannot_be_is_refused(
    tea: Room, ada: Member, ben: Member, wrong: dict[str, object]
) -> None:
    assert browser_of(ada).post(path(tea), {**FIELDS, **wrong}).status_code == 422
    assert not Bot.objects.exists()


def test_nobody_makes_a_token_that_moderates_here(tea: Room, ada: Member) -> None:
    asked = {**FIELDS, "scopes": ["read", "moderate"]}
    assert browser_of(ada).post(path(tea), asked).status_code == 422


@pytest.mark.parametrize("bound", ["BOTS_MAX", "OWNED_MAX"])
def test_there_are_so_many(
    tea: Room, ada: Member, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots, bound, 1)
    make(tea, ada)
    assert browser_of(ada).post(path(tea), FIELDS).status_code == 422
    assert Bot.objects.count() == 1


def test_a_new_token_ends_the_one_before(tea: Room, ada: Member) -> None:
    bot, former = make(tea, ada)
    secret = secret_on(press(ada, tea, bot, "renew"))
    assert tokens.find(former) is None
    program = tokens.find(secret)
    assert program
    assert program.token.scopes == ["read", "post"]
    assert program.token.is_for(tea)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_bot_that_is_removed_is_in_no_room_and_has_no_token(ada: Member, is_open: bool) -> None:
    room = new_open_room("Tea", ada) if is_open else new_members_room(ada)
    secret = secret_on(browser_of(ada).post(path(room), FIELDS).content.decode())
    page = press(ada, room, Bot.objects.get(), "remove")
    assert "“Robot” is removed" in page
    assert tokens.find(secret) is None
    assert "Robot" not in roles(room)
    assert not bots.of_room(room)
    assert Member.objects.filter(name="Robot", is_bot=True).exists(), "what it said is nobody's"


def _deactivate(room: Room, ada: Member, ben: Member) -> None:
    assert ben.user
    ben.user.is_active = False
    ben.user.save()


def _delete(room: Room, ada: Member, ben: Member) -> None:
    assert ben.user
    ben.user.delete()


LOSSES: dict[str, Callable[[Room, Member, Member], object]] = {
    "removed": lambda room, ada, ben: settled(RemovePerson(room.pk, ada.pk, ben.pk)),
    "banned": lambda room, ada, ben: settled(Ban(room.pk, ada.pk, ben.pk, FOR_GOOD)),
    "left": lambda room, ada, ben: settled(Leave(room.pk, ben.pk)),
    "a member": lambda room, ada, ben: settled(SetRole(room.pk, ada.pk, ben.pk, Role.MEMBER)),
    "deactivated": _deactivate,
    "deleted": _delete,
}


@pytest.mark.parametrize(
    ("how", "is_open"),
    [(it, False) for it in LOSSES] + [(it, True) for it in LOSSES if it not in {"removed", "left"}],
)
def test_who_keeps_the_room_no_longer_has_no_token_of_its_bots(
    ada: Member, ben: Member, how: str, is_open: bool
) -> None:
    """Whoever made a bot has seen its token, and would read on by it."""
    room = new_open_room("Tea", ada) if is_open else new_members_room(ada, [ben])
    settled(SetRole(room.pk, ada.pk, ben.pk, Role.MODERATOR))
    bot, secret = make(room, ben)
    _, of_ada = make(room, ada, "Robotnik")
    LOSSES[how](room, ada, ben)
    assert tokens.find(secret) is None
    assert tokens.find(of_ada)
    row = Revocation.objects.get(why=Why.TOKEN)
    assert (row.member, row.session) == (bot.member.uid, digest_of(secret))
    assert tokens.find(secret_on(press(ada, room, bot, "renew"))), "who keeps it makes another"


@pytest.mark.parametrize("by", ["hand", "an action"])
def test_who_operates_no_longer_has_no_token_of_bots_in_rooms_of_others(
    ada: Member, by: str
) -> None:
    operator, _ = [new_account(it, is_staff=True, is_superuser=True) for it in ("Op", "Other")]
    theirs, own = new_open_room("Tea", ada), new_open_room("Own", operator)
    _, secret = make(theirs, operator)
    _, of_own = make(own, operator, "Robotnik")
    assert operator.user
    if by == "hand":
        operator.user.is_superuser = False
        operator.user.save()
    else:
        set_operator(User.objects.filter(pk=operator.user.pk), operator=False)
    assert tokens.find(secret) is None
    assert tokens.find(of_own), "whose owner they are"
    assert Revocation.objects.get(why=Why.TOKEN).session == digest_of(secret)


@pytest.mark.parametrize("act", ["renew", "remove", "other"])
def test_others_do_nothing_with_it(tea: Room, ada: Member, ben: Member, act: str) -> None:
    bot, secret = make(tea, ada)
    assert browser_of(ben).get(path(tea)).status_code == 404
    assert browser_of(ben).post(path(tea), FIELDS).status_code == 404
    answer = browser_of(ben).post(f"{path(tea)}{bot.member.uid}", {"act": act})
    assert answer.status_code == 404
    assert tokens.find(secret)


def test_who_keeps_another_room_does_nothing_with_it(tea: Room, ada: Member, ben: Member) -> None:
    bot, secret = make(tea, ada)
    other = new_open_room("Coffee", ben)
    answer = browser_of(ben).post(f"{path(other)}{bot.member.uid}", {"act": "renew"})
    assert answer.status_code == 404
    assert tokens.find(secret)


def test_a_bot_of_an_operator_is_not_the_rooms(ada: Member) -> None:
    """Whoever keeps the room could speak as it elsewhere."""
    den = new_members_room(ada)
    bot = Bot.objects.make("Alerts", new_account("Olga"))
    assert bots.find(den, bot.member.uid) is None
    answer = browser_of(ada).post(f"{path(den)}{bot.member.uid}", {"act": "renew"})
    assert answer.status_code == 404
