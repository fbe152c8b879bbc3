"""The composer of a room offers the commands of the bots that hear them there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.journal import Post
from chat.models import (
    Bot,
    Hears,
    Member,
    Membership,
    Room,
    Sanction,
    Scope,
    Subscription,
    Token,
)
from chat.models.sanction import FOR_GOOD, SanctionKind
from chat.programs import bots, cursors, tokens
from chat.programs.offered_commands import OFFERED_MAX, OfferedCommand, offered
from chat.programs.tokens import Program
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import add, applied, new_members_room

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DEPLOY = {"name": "deploy", "description": "Puts a version online", "hint": "<version>"}


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


@pytest.fixture
def robot(tea: Room, ada: Member) -> Bot:
    return declaring(bots.make(ada, tea, "Robot", Hears.ADDRESSED, [Scope.READ], None)[0])


def declaring(bot: Bot, *commands: Any) -> Bot:
    bot.commands = list(commands) or [DEPLOY]
    bot.save()
    return bot


def names(room: Room) -> list[str]:
    return [it.name for it in offered(room)]


def test_a_command_is_offered_with_what_it_does_and_whose_it_is(tea: Room, robot: Bot) -> None:
    assert offered(tea) == [OfferedCommand("deploy", "<version>", "Puts a version online", "Robot")]


def test_what_is_posted_addresses_the_bot_that_declared_it(
    tea: Room, robot: Bot, ben: Member
) -> None:
    program = Program(Token.objects.get(member=robot.member))
    begun = cursors.begin(program, "c")
    for text in ("hi", "/undo", "/deploy prod"):
        applied(Post(tea.pk, ben.pk, uuid4(), text))
    heard = cursors.read(program, begun.positions).changes
    assert [it.entry.seq for it in heard] == [3]


def test_commands_of_several_bots_stand_by_the_names_of_these(
    tea: Room, robot: Bot, ada: Member
) -> None:
    anton, _ = bots.make(ada, tea, "Anton", Hears.ALL, [Scope.READ], None)
    declaring(anton, DEPLOY, {**DEPLOY, "name": "undo"})
    assert [(it.name, it.bot) for it in offered(tea)] == [
        ("deploy", "Anton"),
        ("undo", "Anton"),
        ("deploy", "Robot"),
    ]


def test_other_rooms_offer_nothing(tea: Room, robot: Bot, ada: Member) -> None:
    assert names(new_open_room("Attic", ada)) == []
    assert names(new_members_room(ada)) == []


def test_a_bot_of_operators_is_where_its_token_is_for(tea: Room, ada: Member) -> None:
    bot = declaring(Bot.objects.make("Deployer", ada))
    attic, cellar = (new_open_room(it, ada) for it in ("Attic", "Cellar"))
    tokens.make(bot.member, ada, "a test", [Scope.READ], [tea, attic], None)
    Subscription.objects.keep(bot.member, cellar)
    assert [names(it) for it in (tea, attic, cellar)] == [["deploy"], ["deploy"], []]
    tokens.make(bot.member, ada, "for all rooms", [Scope.READ], None, None)
    assert names(cellar) == ["deploy"]


def test_in_a_members_room_a_bot_is_offered_once_it_is_in(ada: Member) -> None:
    den = new_members_room(ada)
    bot = declaring(bots.make(ada, den, "Robot", Hears.ALL, [Scope.READ], None)[0])
    assert names(den) == []
    add(den, ada, bot.member)
    assert names(den) == ["deploy"]
    Membership.objects.filter(member=bot.member).delete()
    assert names(den) == []


def without_token(bot: Bot, room: Room, ada: Member) -> None:
    tokens.revoke(Token.objects.get(member=bot.member))


def with_an_expired_token(bot: Bot, room: Room, ada: Member) -> None:
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def that_only_posts(bot: Bot, room: Room, ada: Member) -> None:
    Token.objects.update(scopes=[Scope.POST])


def of_another_room(bot: Bot, room: Room, ada: Member) -> None:
    Token.objects.update(rooms=[str(uuid4())])


def removed(bot: Bot, room: Room, ada: Member) -> None:
    bots.remove(ada, bot)


def that_left(bot: Bot, room: Room, ada: Member) -> None:
    Subscription.objects.leave(bot.member, room)


def banned_here(bot: Bot, room: Room, ada: Member) -> None:
    Sanction.objects.impose(SanctionKind.BAN, bot.member, room, FOR_GOOD)


def banned_everywhere(bot: Bot, room: Room, ada: Member) -> None:
    Sanction.objects.ban(bot.member, FOR_GOOD)


def without_commands(bot: Bot, room: Room, ada: Member) -> None:
    Bot.objects.update(commands=[])


@pytest.mark.parametrize(
    "becomes",
    [
        without_token,
        with_an_expired_token,
        that_only_posts,
        of_another_room,
        removed,
        that_left,
        banned_here,
        banned_everywhere,
        without_commands,
    ],
)
def test_a_bot_that_hears_nothing_here_is_not_offered(
    tea: Room, robot: Bot, ada: Member, becomes: Any
) -> None:
    assert names(tea) == ["deploy"]
    becomes(robot, tea, ada)
    tea.refresh_from_db()
    assert names(tea) == []


def test_a_room_offers_so_many_with_as_many_queries_as_for_one(
    tea: Room, robot: Bot, ada: Member
) -> None:
    with CaptureQueriesContext(connection) as for_one:
        offered(tea)
    many = [{**DEPLOY, "name": f"d{it}"} for it in range(50)]
    for number in range(5):
        declaring(bots.make(ada, tea, f"Robot {number}", Hears.ALL, [Scope.READ], None)[0], *many)
    with CaptureQueriesContext(connection) as for_many:
        assert len(offered(tea)) == OFFERED_MAX
    assert len(for_many) == len(for_one)


def test_the_page_asks_for_them(client: Client, tea: Room, robot: Bot) -> None:
    answer = client.get("/chat/Tea/commands")
    command = {**DEPLOY, "bot": "Robot"}
    assert answer.json() == {"commands": [command]}
    assert answer["Cache-Control"] == "private, no-cache"
    assert client.get("/chat/nowhere/commands").json() == {"commands": []}


def test_a_members_room_tells_its_members_alone(client: Client, ada: Member, ben: Member) -> None:
    den = new_members_room(ada)
    bot = declaring(bots.make(ada, den, "Robot", Hears.ALL, [Scope.READ], None)[0])
    add(den, ada, bot.member)
    for member, status in ((ben, 404), (ada, 200)):
        assert member.user
        client.force_login(member.user)
        answer = client.get(f"/chat/{den.address}/commands")
        assert answer.status_code == status
        assert ("deploy" in answer.content.decode()) == (status == 200)
    assert "no-store" in answer["Cache-Control"]
