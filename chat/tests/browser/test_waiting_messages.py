"""Messages that wait can be edited and taken back before they are sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.layout import box_of
from chat.tests.browser.private_rooms import run
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    another_tab,
    enter_in_german,
    expect_confirmed,
    expect_connected,
    go_offline,
    go_online,
    message,
    message_field,
    message_texts,
    open_room,
    post_many,
    send_message,
)
from chat.tests.support.servers import Server

LOSE_MESSAGES = """() => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    data.includes("message.send") || send.call(this, data);
  };
  window.loseNoMore = () => void (WebSocket.prototype.send = send);
}"""


REMEMBER_WHAT_TABS_TELL = """() => {
  const { postMessage } = BroadcastChannel.prototype;
  const told = [];
  BroadcastChannel.prototype.postMessage = function (change) {
    change.put && told.push(() => postMessage.call(this, change));
    postMessage.call(this, change);
  };
  window.tellAgain = () => told.forEach((tell) => tell());
}"""


@pytest.fixture
def bob(bob_page: Page, server: Server, room: str) -> Page:
    return open_room(bob_page, server, room)


@contextmanager
def offline(*pages: Page) -> Iterator[None]:
    go_offline(*pages)
    yield
    go_online(*pages)
    for page in pages:
        expect_connected(page)


def press(page: Page, text: str, button: str) -> None:
    message(page, text).get_by_role("button", name=button).click()


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


# --- Taken back when it may have been sent ------------------------------------------------------


def test_a_message_that_may_have_been_sent_is_deleted_when_it_shows_up(
    alice: Page, bob: Page, server: Server
) -> None:
    server.pause()
    try:
        send_message(alice, "oh no")
        expect(message(alice, "oh no")).to_contain_text("has not confirmed this message yet")
        press(alice, "oh no", "Delete")
        expect(alice.locator(".message-text")).to_have_count(0)
        expect(alice.locator("[data-toast]")).to_contain_text("may have been sent already")
    finally:
        server.resume()
    for page in (alice, bob):
        expect(page.locator(".message-text")).to_have_text(["This message was deleted."])
    alice.reload()
    expect(alice.locator(".message-text")).to_have_text(["This message was deleted."])


REFUSE_DELETIONS = """(codes) => {
  const { send } = WebSocket.prototype;
  window.refused = 0;
  WebSocket.prototype.send = function (data) {
    const { type, id } = JSON.parse(data);
    const code = type === "message.delete" && codes.shift();
    if (!code) return send.call(this, data);
    refused += 1;
    const error = [{ type: "error", code, detail: "Not now.", id, retry_after: 0.01 }];
    code === "lost" || setTimeout(() => this.onmessage({ data: JSON.stringify(error) }));
  };
}"""


def send_and_take_back(alice: Page, server: Server) -> None:
    server.pause()
    try:
        send_message(alice, "oh no")
        press(alice, "oh no", "Delete")
        expect(alice.locator("[data-toast]")).to_contain_text("may have been sent already")
    finally:
        server.resume()


@pytest.mark.parametrize("codes", [["busy"], ["too_fast", "unavailable"]])
def test_deleting_what_was_taken_back_is_repeated_while_the_server_is_busy(
    alice: Page, bob: Page, server: Server, codes: list[str]
) -> None:
    alice.evaluate(REFUSE_DELETIONS, codes)
    send_and_take_back(alice, server)
    for page in (alice, bob):
        expect(page.locator(".message-text")).to_have_text(["This message was deleted."])
    assert alice.evaluate("refused") == len(codes)


def test_deleting_what_was_taken_back_is_repeated_after_a_reload_however_much_was_said_since(
    enter: Enter, bob: Page, server: Server, room: str
) -> None:
    alice = enter("Alice")
    alice.evaluate(REFUSE_DELETIONS, ["lost"])
    send_and_take_back(alice, server)
    expect(bob.locator(".message-text")).to_have_text(["oh no"])
    alice.wait_for_function("refused === 1")
    context, url = alice.context, alice.url
    alice.close()
    post_many(server, room, 60)
    again = context.new_page()
    again.goto(url)
    expect_connected(again)
    expect(bob.locator(".message-text").first).to_have_text("This message was deleted.")


def test_deleting_what_was_taken_back_ends_when_the_server_refuses_it(
    alice: Page, server: Server
) -> None:
    alice.evaluate(REFUSE_DELETIONS, ["not_allowed", "not_allowed"])
    send_and_take_back(alice, server)
    expect(alice.locator("[data-toast]")).to_have_text("Not now.")
    send_message(alice, "after")
    expect_confirmed(alice, ["oh no", "after"])
    assert alice.evaluate("refused") == 1


SLOW_STORAGE = """{
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...names) {
    const opened = new EventTarget();
    setTimeout(() => {
      const request = open.apply(this, names);
      for (const type of ["success", "error", "upgradeneeded", "blocked"]) {
        request.addEventListener(type, (event) => {
          opened.result = request.result;
          opened.transaction = request.transaction;
          opened[`on${type}`]?.(event);
          opened.dispatchEvent(new Event(type));
        });
      }
    }, 1500);
    return opened;
  };
}"""


def test_a_message_that_was_taken_back_is_deleted_however_late_the_storage_opens(
    enter: Enter, bob: Page, server: Server
) -> None:
    """The room shows the message before the page knows that it was taken back."""
    alice = enter("Alice")
    server.pause()
    try:
        send_message(alice, "oh no")
        press(alice, "oh no", "Delete")
        expect(alice.locator("[data-toast]")).to_contain_text("may have been sent already")
        context, url = alice.context, alice.url
        alice.close()
    finally:
        server.resume()
    expect(bob.locator(".message-text")).to_have_text(["oh no"])
    context.add_init_script(SLOW_STORAGE)
    again = context.new_page()
    again.goto(url)
    expect(again.locator(".message-text")).to_have_text(["This message was deleted."])


def test_a_topic_that_may_have_been_set_offers_no_way_back(alice: Page, server: Server) -> None:
    server.pause()
    try:
        send_message(alice, "/topic tea at four")
        expect(message(alice, "tea at four")).to_contain_text("has not confirmed this message yet")
        expect(message(alice, "tea at four").get_by_role("button", name="Delete")).to_have_count(0)
    finally:
        server.resume()


def test_a_message_that_was_lost_on_its_way_is_not_sent_again_after_it_was_taken_back(
    alice: Page, bob: Page
) -> None:
    alice.evaluate(LOSE_MESSAGES)
    send_message(alice, "oh no")
    with offline(alice):
        expect(message(alice, "oh no")).to_contain_text("It may have been sent.")
        press(alice, "oh no", "Delete")
        alice.evaluate("loseNoMore()")
    send_message(alice, "after")
    for page in (alice, bob):
        expect_confirmed(page, ["after"])
    alice.reload()
    expect_confirmed(alice, ["after"])


def test_a_message_that_may_have_been_sent_can_be_edited(alice: Page, bob: Page) -> None:
    alice.evaluate(LOSE_MESSAGES)
    send_message(alice, "oh no")
    with offline(alice):
        press(alice, "oh no", "Edit")
        message_field(alice).fill("oh yes")
        message_field(alice).press("Enter")
        alice.evaluate("loseNoMore()")
    for page in (alice, bob):
        expect_confirmed(page, ["oh yes"])


def test_one_tab_takes_back_what_another_was_going_to_send(enter: Enter, bob: Page) -> None:
    alice = enter("Alice")
    other = another_tab(alice)
    with offline(alice, other):
        send_message(alice, "one")
        send_message(alice, "two")
        press(other, "one", "Don’t send")
        expect(alice.locator(".message-text")).to_have_text(["two"])
    for page in (alice, other, bob):
        expect_confirmed(page, ["two"])


def test_a_message_is_sent_once_by_two_tabs(enter: Enter, bob: Page) -> None:
    alice = enter("Alice")
    other = another_tab(alice)
    with offline(alice, other):
        for text in ("one", "two", "three"):
            send_message(alice, text)
        expect(other.locator(".is-pending")).to_have_count(3)
    for page in (alice, other, bob):
        expect_confirmed(page, ["one", "two", "three"])
        assert message_texts(page) == ["one", "two", "three"]


def test_what_another_tab_tells_late_brings_no_confirmed_message_back(enter: Enter) -> None:
    alice = enter("Alice")
    other = another_tab(alice)
    alice.evaluate(REMEMBER_WHAT_TABS_TELL)
    send_message(alice, "one")
    expect_confirmed(other, ["one"])
    alice.evaluate("tellAgain()")
    with offline(alice):  # the other tab shows what waits, after what it was told before
        send_message(alice, "two")
        expect(message(other, "two")).to_be_visible()
        assert message_texts(other) == ["one", "two"]


RENAME = """
from accounts.models import User
user = User.objects.create_user("olga-{name}", is_staff=True, is_superuser=True)
olga = Member.objects.of_user(user)
room = Room.objects.get(name="{room}")
applied(RenameRoom(room.pk, olga.pk, "{name}"))
"""


def test_what_waits_goes_along_when_the_room_gets_another_name(
    alice: Page, bob: Page, server: Server, room: str
) -> None:
    alice.evaluate(LOSE_MESSAGES)
    send_message(alice, "one")
    message_field(alice).fill("a draft")
    expect(alice.locator(".is-pending")).to_have_count(1)
    alice.goto("about:blank")
    run(server, RENAME.format(room=room, name=f"{room}-2"))
    open_room(alice, server, f"{room}-2")
    expect(message_field(alice)).to_have_value("a draft")
    for page in (alice, open_room(bob, server, f"{room}-2")):
        expect_confirmed(page, [f"renamed the room from {room} to {room}-2", "one"])


CLAIM_REMOVED = """async () => {
  const { OutboxStore } = await import("/static/chat/js/net/outbox_store.js");
  const [one, other] = [1, 2].map(() => new OutboxStore({ name: "room" }));
  const heard = [];
  const hear = (count) => new Promise((done) => {
    one.listen(({ put, remove }) => heard.push(put?.id ?? `-${remove}`) === count && done());
  });
  const message = { id: "a", text: "a", writtenAt: new Date(), attempted: false };
  await one.put(message);
  const removed = hear(1);
  other.remove("a"); // the other tab saw its confirmation
  await removed;
  const mayGo = await other.claim(message);
  const later = hear(2);
  await other.put({ ...message, id: "b" });
  await later;
  return [mayGo, (await one.all()).map(({ id }) => id), heard];
}"""


def test_a_claim_does_not_bring_back_a_confirmed_message(modules_page: Page) -> None:
    may_go, stored, heard = modules_page.evaluate(CLAIM_REMOVED)
    assert may_go  # the server takes a message once, whoever sends it
    assert stored == ["b"]
    assert heard == ["-a", "b"]


# --- The outbox alone ---------------------------------------------------------------------------

OUTBOX = """async ([isOpen, steps]) => {
  const { Outbox } = await import("/static/chat/js/net/outbox.js");
  const sent = [];
  const [claim, withdraw] = [() => claimed, () => claimed];
  const store = { listen() {}, put() {}, remove() {}, claim, withdraw };
  let claimed = Promise.resolve(true);
  const connection = { isOpen: () => isOpen, send: ({ text }) => sent.push(text) };
  const outbox = new Outbox(store, connection);
  const text = { kind: "text", replyTo: null };
  const id = (wanted) => outbox.messages.find((it) => it.text === wanted).id;
  const actions = {
    add: (wanted) => outbox.add(wanted, text),
    online: () => { isOpen = true; outbox.resend(); },
    confirm: (wanted) => outbox.confirm(id(wanted)),
    elsewhere: () => { claimed = Promise.resolve(false); },
    cancel: (wanted) => outbox.cancel(id(wanted)),
  };
  for (const [name, wanted] of steps) {
    await actions[name](wanted);
    await new Promise((done) => setTimeout(done));
  }
  return [sent, outbox.messages.map((it) => it.text)];
}"""


@pytest.mark.parametrize(
    ("is_open", "steps", "sent", "left"),
    [
        (True, ["add a"], ["a"], ["a"]),
        (True, ["add a", "add b"], ["a"], ["a", "b"]),
        (True, ["add a", "add b", "confirm a"], ["a", "b"], ["b"]),
        (False, ["add a", "online"], ["a"], ["a"]),
        (False, ["add a", "add b", "cancel a", "online"], ["b"], ["b"]),
        (False, ["add a", "elsewhere", "online"], [], []),
        (True, ["add a", "add b", "cancel a"], ["a", "b"], ["b"]),
        (True, ["add a", "cancel a", "online"], ["a"], []),
        (False, ["add a", "online", "online"], ["a", "a"], ["a"]),
    ],
)
def test_an_outbox_sends_one_message_at_a_time_and_none_that_was_taken_back(
    modules_page: Page, is_open: bool, steps: list[str], sent: list[str], left: list[str]
) -> None:
    found = modules_page.evaluate(OUTBOX, [is_open, [step.split() for step in steps]])
    assert found == [sent, left]


def test_what_nobody_could_see_is_not_sent(alice: Page) -> None:
    """The server would refuse it, and the message would wait for a retry that cannot succeed."""
    for blank in (" ", "\x01", "\u2800", "\u3164", "\u00ad", "\u200b\ufe0f"):
        message_field(alice).fill(blank)
        message_field(alice).press("Enter")
    send_message(alice, "hello")
    expect_confirmed(alice, ["hello"])
