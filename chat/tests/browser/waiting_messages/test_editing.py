"""Messages that wait can be edited and taken back before they are sent."""

import re

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    another_tab,
    enter_in_german,
    expect_confirmed,
    go_offline,
    message,
    message_field,
    send_message,
)
from chat.tests.browser.waiting_messages.tabs import offline, press
from chat.tests.support.servers import Server


def test_a_message_that_waits_can_be_taken_back(alice: Page, bob: Page) -> None:
    with offline(alice):
        send_message(alice, "one")
        send_message(alice, "two")
        press(alice, "one", "Don’t send")
        expect(alice.locator(".message-text")).to_have_text(["two"])
    for page in (alice, bob):
        expect_confirmed(page, ["two"])
    alice.reload()
    expect_confirmed(alice, ["two"])


def test_a_message_that_waits_can_be_edited_in_its_place_and_the_draft_stays(
    alice: Page, bob: Page
) -> None:
    with offline(alice):
        send_message(alice, "one")
        send_message(alice, "two")
        message_field(alice).fill("a draft")
        press(alice, "one", "Edit")
        expect(message_field(alice)).to_have_value("one")
        message_field(alice).press_sequentially(" more")
        message_field(alice).press("Enter")
        expect(message_field(alice)).to_have_value("a draft")
        expect(alice.locator(".message-text")).to_have_text(["one more", "two"])
    for page in (alice, bob):
        expect_confirmed(page, ["one more", "two"])


def test_a_message_whose_edit_is_cancelled_is_sent_as_it_was(alice: Page, bob: Page) -> None:
    with offline(alice):
        send_message(alice, "/me waves")
        press(alice, "waves", "Edit")
        message_field(alice).press_sequentially(" and jumps")
        message_field(alice).press("Escape")
    for page in (alice, bob):
        expect_confirmed(page, ["waves"])
        expect(page.locator(".message.is-action")).to_have_count(1)


def test_a_message_that_is_being_edited_is_not_sent_meanwhile_nor_after_a_reload(
    alice: Page, bob: Page
) -> None:
    with offline(alice):
        send_message(alice, "one")
        send_message(alice, "two")
        press(alice, "one", "Edit")
        expect(message(alice, "one")).to_contain_text("You are editing this message")
    expect_confirmed(bob, ["two"])
    alice.reload()
    expect(message(alice, "one")).to_contain_text("Not sent. You began to edit it.")
    press(alice, "one", "Try again")
    expect_confirmed(bob, ["two", "one"])


def test_a_refused_message_can_be_edited(alice: Page, bob: Page) -> None:
    alice.evaluate("document.querySelector('#chat-message-input').value = 'a\\0b'")
    alice.locator("#chat-message-submit").click()
    refused = alice.locator(".is-refused")
    refused.get_by_role("button", name="Edit").click()
    message_field(alice).fill("ab")
    message_field(alice).press("Enter")
    expect(refused).to_have_count(0)
    expect_confirmed(bob, ["ab"])


def test_an_edit_begins_at_once(alice: Page) -> None:
    """What is typed right after the press goes into the message, however slow the disk is."""
    alice.evaluate(REFUSE_MESSAGES, "bad_text")
    send_message(alice, "wrong")
    edit = message(alice, "wrong").get_by_role("button", name="Edit")
    composed = """(edit) => {
      edit.click();
      return document.querySelector("#chat-message-input").value;
    }"""
    assert edit.evaluate(composed) == "wrong"


REFUSE_MESSAGES = """(code) => {
  const { send } = WebSocket.prototype;
  window.refused = [];
  WebSocket.prototype.send = function (data) {
    const { type, id } = JSON.parse(data);
    const error = [{ type: "error", code, detail: "Not today.", id }];
    const answer = () => this.onmessage({ data: JSON.stringify(error) });
    type === "message.send" ? refused.push(id) && setTimeout(answer) : send.call(this, data);
  };
  window.refuseNoMore = () => void (WebSocket.prototype.send = send);
}"""
FINAL_REFUSALS = ["bad_text", "not_allowed", "no_such_message", "id_taken", "gone", "bad_frame"]


def test_only_what_the_server_may_accept_later_can_be_tried_again(alice: Page) -> None:
    buttons = {"not_stored": ["Try again", "Edit", "Discard"]}
    buttons |= {code: ["Edit", "Discard"] for code in FINAL_REFUSALS}
    for number, code in enumerate(buttons, 1):
        alice.evaluate(REFUSE_MESSAGES, code)
        send_message(alice, code)
        refused = message(alice, code)
        expect(refused).to_contain_text("Not sent. Not today.")
        expect(refused.get_by_role("button")).to_have_text(buttons[code])
        alice.reload()
        expect(refused.get_by_role("button")).to_have_text(buttons[code])
        press(alice, code, buttons[code][0])
        if buttons[code][0] == "Edit":
            message_field(alice).press("Enter")  # the same text: another room, or other rights
        expect_confirmed(alice, [*buttons][:number])


# --- How it looks and reads ---------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 375])
def test_the_buttons_of_a_waiting_message_stand_in_one_line_on_a_phone(
    new_page: NewPage, server: Server, room: str, width: int
) -> None:
    """Also in German, whose words are longer."""
    anna = new_page("Anna", locale="de-DE", **PHONE | {"viewport": {"width": width, "height": 700}})
    enter_in_german(anna, server, "Anna", room)
    anna.evaluate(REFUSE_MESSAGES, "bad_text")
    send_message(anna, "refused")
    expect(message(anna, "refused").get_by_role("button")).to_have_count(2)
    anna.evaluate("refuseNoMore()")
    server.pause()
    try:
        send_message(anna, "slow")
        expect(message(anna, "slow")).to_contain_text("noch nicht bestätigt")
        go_offline(anna)
    finally:
        server.resume()
    send_message(anna, "waiting")
    expect(message(anna, "slow")).to_contain_text("Vielleicht schon gesendet")
    for text in ("refused", "slow", "waiting"):
        buttons = message(anna, text).get_by_role("button")
        assert len({box_of(it)["y"] for it in buttons.all()}) == 1
    assert anna.evaluate("document.documentElement.scrollWidth") <= width


def test_a_waiting_message_reads_as_what_it_is(alice: Page) -> None:
    """Without its buttons, which are read by themselves, and without "Sending…"."""
    time = alice.locator(".message-time")
    with offline(alice):
        send_message(alice, "one")
        node = message(alice, "one")
        name = f"one {time.text_content()} Waiting for a connection"
        expect(node).to_have_accessible_name(re.compile(f"{re.escape(name)}$"))
        expect(node).to_have_accessible_description("")
        press(alice, "one", "Edit")
        expect(node).to_have_accessible_name(re.compile("You are editing this message$"))
        expect(node).to_have_accessible_description("")
        message_field(alice).fill("")
        message_field(alice).press("Enter")
        expect(alice.get_by_role("alert").filter(visible=True)).to_have_text(
            "A message cannot be empty. You can delete it instead."
        )


def test_a_refusal_is_read_out(alice: Page) -> None:
    alice.evaluate(REFUSE_MESSAGES, "bad_text")
    send_message(alice, "one")
    expect(message(alice, "one").get_by_role("alert")).to_have_text("Not sent. Not today.")


# --- Editing in one tab what another tab sends or discards --------------------------------------


@pytest.fixture
def tabs(enter: Enter) -> tuple[Page, Page]:
    """Two tabs of Alice; in the first she has begun to edit a message that waits."""
    first = enter("Alice")
    second = another_tab(first)
    with offline(first, second):
        send_message(first, "/me waves")
        press(first, "waves", "Edit")
        expect(message(second, "waves")).to_contain_text("You began to edit it.")
    return first, second


def save(tab: Page, text: str) -> None:
    message_field(tab).fill(text)
    message_field(tab).press("Enter")


@pytest.mark.parametrize("text", ["jumps", "waves"])
def test_what_another_tab_discarded_is_sent_once_it_is_edited(
    tabs: tuple[Page, Page], bob: Page, text: str
) -> None:
    """Whoever presses Enter wants the text to be sent, as what it was: an action."""
    first, second = tabs
    press(second, "waves", "Discard")
    expect(first.locator(".message")).to_have_count(0)
    save(first, text)
    for page in (first, second, bob):
        expect_confirmed(page, [text])
        expect(page.locator(".message.is-action")).to_have_count(1)


def test_what_another_tab_sent_is_changed_by_the_edit(tabs: tuple[Page, Page], bob: Page) -> None:
    first, second = tabs
    press(second, "waves", "Try again")
    expect_confirmed(first, ["waves"])
    save(first, "jumps")
    for page in (first, second, bob):
        expect_confirmed(page, ["jumps (edited)"])


def test_an_edit_replaces_what_another_tab_is_sending(
    tabs: tuple[Page, Page], bob: Page, server: Server
) -> None:
    first, second = tabs
    server.pause()
    try:
        press(second, "waves", "Try again")
        expect(second.locator(".message-note")).to_contain_text("has not confirmed")
        save(first, "jumps")
        expect(first.locator(".message-text")).to_have_text(["jumps"])
    finally:
        server.resume()
    texts = first.locator(".message:not(.is-pending) .message-text")
    expect(texts.filter(has_text="This message was deleted.")).to_have_count(1)
    expect(texts.filter(has_text="jumps")).to_have_count(1)
    in_order = texts.all_inner_texts()  # of the two sockets, the server reads either first
    assert sorted(in_order) == ["This message was deleted.", "jumps"]
    for page in (first, second, bob):
        expect_confirmed(page, in_order)


def test_an_edit_that_is_given_up_leaves_alone_what_another_tab_did(
    tabs: tuple[Page, Page], bob: Page
) -> None:
    first, second = tabs
    press(second, "waves", "Discard")
    expect(first.locator(".message")).to_have_count(0)
    message_field(first).press("Escape")
    send_message(first, "after")
    for page in (first, second, bob):
        expect_confirmed(page, ["after"])
