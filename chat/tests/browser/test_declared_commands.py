"""Commands of bots in the composer: offered, posted as they are typed, and listed by the help."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.layout import cut_off
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    expect_confirmed,
    go_offline,
    go_online,
    message_field,
    send_message,
)
from chat.tests.support.servers import Server, shell

DEPLOY = {"name": "deploy", "description": "Puts a version online", "hint": "<version>"}
LONG = {"name": "x" * 32, "description": "Many words " * 9, "hint": "<a value> " * 5}
MAKE = """
import json
from chat.models import Bot, Hears, Room, RoomName, Scope
from chat.programs import cursors, tokens
bot = Bot.objects.make("Robot", None, hears=Hears.ADDRESSED, commands={commands})
room = Room.objects.ensure(RoomName.parse("{room}"))
token, _ = tokens.make(bot.member, bot.member, "a test", [Scope.READ], [room], None)
cursors.begin(tokens.Program(token), "c")
print(json.dumps(bot.pk))
"""
HEARD = """
import json
from chat.models import Bot, Token
from chat.programs import cursors, tokens
bot = Bot.objects.get(pk={bot})
program = tokens.Program(Token.objects.get(member=bot.member))
changes = cursors.read(program, cursors.begin(program, "c").positions).changes
print(json.dumps([json.loads(it.entry.json)["text"] for it in changes]))
"""
WIDTHS = "list => [list.scrollWidth, list.clientWidth]"
REVOKE = "from chat.models import Token; print(Token.objects.filter(member__bot={bot}).delete()[0])"


def make_bot(server: Server, room: str, *commands: dict[str, str]) -> int:
    bot: int = shell(server, MAKE.format(room=room, commands=list(commands) or [DEPLOY]))
    return bot


def options(page: Page) -> Any:
    return page.get_by_role("option")


def test_a_bots_command_is_offered_posted_and_heard(alice: Page, server: Server, room: str) -> None:
    bot = make_bot(server, room)
    field = message_field(alice)
    field.press_sequentially("/d")
    expect(options(alice)).to_have_count(1)
    expect(options(alice)).to_contain_text("/deploy <version> Puts a version online · Robot")
    field.press("Enter")
    expect(field).to_have_value("/deploy ")
    field.press_sequentially("prod")
    field.press("Enter")
    expect(field).to_have_value("")
    expect_confirmed(alice, ["/deploy prod"])
    send_message(alice, "//undo it")
    expect_confirmed(alice, ["/deploy prod", "/undo it"])
    assert shell(server, HEARD.format(bot=bot)) == ["/deploy prod"]


def test_one_that_is_declared_meanwhile_is_posted_and_a_former_one_refused(
    alice: Page, server: Server, room: str
) -> None:
    send_message(alice, "/deploy prod")
    expect(alice.locator("[data-composer-note]")).to_contain_text("no command /deploy")
    bot = make_bot(server, room)
    message_field(alice).press("Enter")
    expect_confirmed(alice, ["/deploy prod"])
    alice.reload()
    shell(server, REVOKE.format(bot=bot))
    send_message(alice, "/deploy again")
    expect(alice.locator("[data-composer-note]")).to_contain_text("no command /deploy")
    expect(message_field(alice)).to_have_value("/deploy again")


def test_the_list_that_is_open_gets_what_the_server_answers_and_keeps_the_choice(
    alice: Page, server: Server, room: str
) -> None:
    make_bot(server, room)
    held: list[Any] = []
    alice.route("**/commands", lambda route: held.append(route))
    field = message_field(alice)
    field.press_sequentially("/")
    expect(options(alice).first).to_have_text("/me waves Describe what you are doing")
    field.press("ArrowDown")
    assert held
    before = options(alice).count()
    held[0].continue_()
    expect(options(alice)).to_have_count(before + 1)
    expect(alice.locator("[role=option][aria-selected=true]")).to_contain_text("/nick")
    alice.unroute_all()


def test_a_known_one_is_posted_without_a_connection(alice: Page, server: Server, room: str) -> None:
    make_bot(server, room)
    field = message_field(alice)
    field.press_sequentially("/de")
    expect(options(alice)).to_have_count(1)
    go_offline(alice)
    field.fill("/deploy prod")
    field.press("Enter")
    expect(alice.locator(".message.is-pending")).to_contain_text("/deploy prod")
    go_online(alice)
    expect_confirmed(alice, ["/deploy prod"])


def test_the_page_s_own_win_and_nothing_directs_their_text(
    alice: Page, server: Server, room: str
) -> None:
    own = {"name": "topic", "description": "Of a bot", "hint": ""}
    turned = {"name": "turned", "description": "\u202eon", "hint": "\u202eab"}
    make_bot(server, room, own, turned)
    message_field(alice).press_sequentially("/t")
    expect(options(alice)).to_have_count(2)
    shown = options(alice).all_inner_texts()
    assert not any("\u202e" in it or "Of a bot" in it for it in shown)
    message_field(alice).fill("")


def test_the_help_lists_them(alice: Page, server: Server, room: str) -> None:
    make_bot(server, room)
    send_message(alice, "/help")
    expect(alice.get_by_role("dialog")).to_contain_text("/deploy <version>Puts a version online")
    alice.keyboard.press("Escape")


@pytest.mark.parametrize("device", [{}, PHONE], ids=["wide", "phone"])
def test_the_longest_ones_fit(
    enter: Enter, server: Server, room: str, device: dict[str, Any]
) -> None:
    page = enter("Carol", **device)
    make_bot(server, room, DEPLOY, LONG)
    message_field(page).press_sequentially("/")
    expect(options(page).last).to_contain_text(LONG["name"])
    assert cut_off(page) == []
    wanted, there = page.locator("[data-completion]").evaluate(WIDTHS)
    assert wanted <= there
