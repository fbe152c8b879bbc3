"""A message that waits for a moderator, as its author and the moderator see it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.private_rooms import new_people, run, sign_in
from chat.tests.browser.room_page import (
    Enter,
    NewPage,
    expect_confirmed,
    expect_connected,
    message,
    open_room,
    send_message,
)
from chat.tests.support.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("held")) as server:
        new_people(server, "Ada")
        yield server


def set_filter(page: Page, server: Server, room: str, words: str) -> None:
    run(
        server,
        f"""
room, ada = Room.objects.get(key={room!r}), Member.objects.get(name="Ada")
Membership.objects.create(room=room, member=ada, role=Role.OWNER)
""",
    )
    page.goto(f"{server.url}/chat/{room}/settings/")
    page.get_by_label("Words and phrases", exact=True).check()
    page.get_by_label("The words and phrases").fill(words)
    page.locator("form[action$=filter] button").click()
    expect(page.get_by_label("Words and phrases", exact=True)).to_be_checked()


def reload(page: Page) -> None:
    page.reload()
    expect_connected(page)


def test_an_author_sees_that_a_message_waits_until_it_is_decided(
    enter: Enter, new_page: NewPage, server: Server, room: str
) -> None:
    bert, ada = enter("Bert"), sign_in(new_page("Ada"), server, "ada")
    set_filter(ada, server, room, "coffee")
    for text in ("coffee?", "more coffee", "coffee again"):
        send_message(bert, text)
        expect(message(bert, text)).to_contain_text("Your message waits for a moderator")
    send_message(bert, "tea")
    expect_confirmed(bert, ["tea"])
    reload(bert)
    expect(bert.get_by_text("Your message waits for a moderator")).to_have_count(3)

    reload_settings = f"{server.url}/chat/{room}/settings/"
    ada.goto(reload_settings)
    expect(ada.locator(".settings-count").first).to_have_text("3")
    assert not violations(ada)
    ada.get_by_role("button", name="Let the message of Bert through").first.click()
    expect_confirmed(bert, ["tea", "coffee?"])
    ada.get_by_label("Reason").first.fill("No coffee here")
    ada.get_by_role("button", name="Reject the message of Bert").first.click()
    expect(message(bert, "more coffee")).to_contain_text(
        "A moderator did not let this through: No coffee here"
    )

    bert.goto(server.url)  # who is away learns of it when the page is open again
    ada.get_by_role("button", name="Reject the message of Bert").first.click()
    expect(ada.get_by_role("heading", name="Waiting messages")).to_have_count(0)
    open_room(bert, server, room)
    expect(message(bert, "coffee again")).to_contain_text("A moderator did not let this through")
    message(bert, "coffee again").get_by_role("button", name="Discard").click()
    expect(bert.get_by_text("coffee again")).to_have_count(0)


def test_a_guest_who_needs_a_name_is_asked_for_one_and_then_posts(
    new_page: NewPage, server: Server, room: str
) -> None:
    guest = open_room(new_page("Guest"), server, room)
    run(
        server,
        f"""
room = Room.objects.get(key={room!r})
RoomFilter.objects.create(room=room, asks_name=True)
Room.objects.filter(pk=room.pk).update(is_filtered=True)
""",
    )
    send_message(guest, "hello")
    dialog = guest.locator("[data-name-dialog]")
    expect(dialog).to_be_visible()
    dialog.locator("[name=name]").fill("Nora")
    dialog.locator("[name=name]").press("Enter")
    message(guest, "hello").get_by_role("button", name="Try again").click()
    expect_confirmed(guest, ["hello"])
    expect(message(guest, "hello")).to_contain_text("Nora")
