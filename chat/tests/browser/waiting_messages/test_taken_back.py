"""Messages taken back when they may have been sent already."""

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.private_rooms import run
from chat.tests.browser.room_page import (
    Enter,
    another_tab,
    expect_confirmed,
    expect_connected,
    message,
    message_field,
    message_texts,
    open_room,
    post_many,
    send_message,
)
from chat.tests.browser.waiting_messages.tabs import (
    LOSE_MESSAGES,
    REMEMBER_WHAT_TABS_TELL,
    offline,
    press,
)
from chat.tests.support.servers import Server


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
