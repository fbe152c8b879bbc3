"""Files that wait outlive the page: they are sent after a start without a network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.attached_files import pick, picture, sent_files, text_file, waiting_files
from chat.tests.browser.room_page import (
    NewPage,
    enter_room,
    expect_connected,
    expect_sent,
    go_offline,
    message_field,
    room_url,
    send_message,
    submit,
)
from chat.tests.support.servers import Server

WORKER = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
RETURN_MS = 60_000  # the offline page polls at least every twelve seconds

# What a page before there were files has stored.
STORE_IN_VERSION_1 = """async ([room, id]) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  await done(indexedDB.deleteDatabase("lobby"));
  const opening = indexedDB.open("lobby", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "id" });
  const database = await done(opening);
  const outbox = database.transaction("outbox", "readwrite").objectStore("outbox");
  const message = { id, room, text: "from before", kind: "text", replyTo: null, attempted: false };
  await done(outbox.put({ ...message, writtenAt: new Date(), refusal: null }));
  database.close();
}"""
STORES = """async () => {
  const opening = indexedDB.open("lobby");
  const database = await new Promise((done) => (opening.onsuccess = () => done(opening.result)));
  const found = [database.version, [...database.objectStoreNames]];
  database.close();
  return found;
}"""


@pytest.fixture
def alice(new_page: NewPage, server: Server, room: str) -> Iterator[Page]:
    """Alice's page, whose files are cached by a service worker."""
    page = new_page("Alice", service_workers="allow")
    enter_room(page, server, "Alice", room)
    page.wait_for_function(WORKER)
    yield page
    page.context.set_offline(False)


def test_files_are_sent_after_a_start_without_a_network(
    alice: Page, server: Server, room: str
) -> None:
    go_offline(alice)
    pick(alice, picture(), text_file())
    submit(alice)
    expect(waiting_files(alice)).to_have_count(2)
    alice.goto(room_url(server, room))
    expect(alice.get_by_text("With cat.png and notes.txt")).to_be_visible()
    alice.context.set_offline(False)
    expect_connected(alice, RETURN_MS)
    expect_sent(alice)
    assert sent_files(alice) == [["cat.png", "notes.txt"]]


def test_files_that_wait_are_taken_back_on_the_offline_page(
    alice: Page, server: Server, room: str
) -> None:
    go_offline(alice)
    pick(alice, text_file())
    submit(alice)
    expect(waiting_files(alice)).to_have_count(1)
    alice.goto(room_url(server, room))
    alice.get_by_role("button", name="Don’t send").click()
    expect(alice.get_by_text("With notes.txt")).to_be_hidden()
    alice.context.set_offline(False)
    expect_connected(alice, RETURN_MS)
    send_message(alice, "nothing else")
    expect_sent(alice)
    assert sent_files(alice) == [[]]


def test_files_can_be_attached_without_a_network(alice: Page) -> None:
    go_offline(alice)
    pick(alice, picture())
    message_field(alice).fill("offline")
    submit(alice)
    expect(waiting_files(alice).get_by_role("img", name="cat.png")).to_be_visible()


def test_what_waits_from_before_there_were_files_is_sent(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = new_page("Alice")
    enter_room(page, server, "Alice", room)
    page.goto(f"{server.url}/static/nothing")
    id = "6f1f3c34-0000-4000-8000-000000000001"
    page.evaluate(STORE_IN_VERSION_1, [room, id])
    page.goto(room_url(server, room))
    expect(page.locator(".message:not(.is-pending)")).to_contain_text("from before")
    assert page.evaluate(STORES) == [2, ["files", "outbox"]]
