"""Files are pasted, dropped and chosen; they wait in the outbox, and go out once, in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from chat.tests.browser.attached_files import (
    Chosen,
    attached,
    expect_attached,
    large_file,
    paste,
    pick,
    picture,
    sent_files,
    text_file,
    waiting_files,
)
from chat.tests.browser.room_page import (
    Enter,
    another_tab,
    expect_confirmed,
    expect_connected,
    expect_sent,
    go_offline,
    go_online,
    message_field,
    next_held,
    send_message,
    submit,
)
from chat.tests.support.servers import Server

PIECE_BYTES = 5 * 1024 * 1024  # net/upload.js
UPLOADS = "**/files/*"  # the addresses of uploads that have begun
NO_SPACE = '{"error": {"code": "no_space", "detail": "The server has no space left."}}'


class Pieces:
    """What the pages of a browser send of files, piece by piece: held, or let through."""

    def __init__(self, page: Page) -> None:
        self.offsets: list[int] = []  # of the pieces, as they were sent
        self.begun: list[str] = []  # the requests that begin an upload
        self.discarded: list[str] = []
        self.held: list[Route] = []
        self._page, self._passing = page, 0
        page.context.on("request", self._record)
        page.context.route(UPLOADS, self._hold)

    def _record(self, request: Request) -> None:
        if request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))
        elif request.method == "POST" and request.url.endswith("/files"):
            self.begun.append(request.url)
        elif request.method == "DELETE":
            self.discarded.append(request.url)

    def _hold(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif self._passing:
            self._passing -= 1
            route.continue_()
        else:
            self.held.append(route)

    def let_pass(self, count: int) -> None:
        """Let the next pieces through; those that follow are held."""
        self._passing += count

    def wait(self) -> Route:
        """The next piece that is held."""
        return next_held(self._page, self.held)

    def release(self) -> None:
        """Let everything through."""
        self._passing = 1_000
        while self.held:
            self.held.pop(0).continue_()

    def close(self) -> None:
        self._page.context.unroute(UPLOADS)


@contextmanager
def held_pieces(page: Page) -> Iterator[Pieces]:
    pieces = Pieces(page)
    yield pieces
    pieces.close()


def refuse_once(page: Page, status: int, body: str = "", **headers: str) -> None:
    """Let a server, or a proxy, refuse the next upload."""

    def refuse(route: Route) -> None:
        route.fulfill(status=status, body=body, headers=headers)

    page.route("**/files", refuse, times=1)


def note(page: Page) -> Locator:
    """What the last message says under its text."""
    return page.locator(".message-note").last


def press(page: Page, button: str) -> None:
    note(page).get_by_role("button", name=button).click()


def send_files(page: Page, *files: Chosen, text: str = "") -> None:
    pick(page, *files)
    message_field(page).fill(text)
    submit(page)


def files_of_last_message(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const { messages } = await (await fetch("messages?limit=50")).json();
          return messages.at(-1).files;
        }"""
    )
    return found


def test_files_that_are_chosen_are_sent_with_words(alice: Page) -> None:
    pick(alice, picture(), text_file())
    expect_attached(alice, "cat.png", "notes.txt")
    send_message(alice, "two files")
    expect_confirmed(alice, ["two files"])
    expect_attached(alice)
    assert sent_files(alice) == [["cat.png", "notes.txt"]]


def test_a_picture_that_is_pasted_is_sent_alone(alice: Page) -> None:
    paste(alice, picture("image.png"), html='<img src="https://example.com/cat.png">')
    expect_attached(alice, "image.png")
    expect(message_field(alice)).to_have_value("")
    submit(alice)
    expect_sent(alice)
    assert sent_files(alice) == [["image.png"]]


def test_a_text_for_a_picture_is_sent_with_it(alice: Page) -> None:
    pick(alice, picture())
    attached(alice).get_by_role("textbox").fill("A cat on a wall")
    submit(alice)
    expect_sent(alice)
    [file] = files_of_last_message(alice)
    assert (file["alt"], file["width"], file["height"]) == ("A cat on a wall", 640, 480)


def test_files_wait_for_a_connection_and_go_out_in_order(alice: Page) -> None:
    go_offline(alice)
    send_message(alice, "first")
    send_files(alice, picture(), text="second")
    send_message(alice, "third")
    expect(waiting_files(alice).get_by_role("img", name="cat.png")).to_be_visible()
    expect(note(alice)).to_contain_text("Waiting for a connection")
    go_online(alice)
    expect_confirmed(alice, ["first", "second", "third"])
    assert sent_files(alice) == [[], ["cat.png"], []]


def test_messages_wait_behind_one_whose_files_are_uploaded(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        send_files(alice, text_file(), text="with a file")
        pieces.held.append(pieces.wait())
        send_message(alice, "after it")
        expect(alice.locator(".message-text")).to_have_text(["with a file", "after it"])
        expect(alice.locator(".is-pending")).to_have_count(2)
        pieces.release()
        expect_confirmed(alice, ["with a file", "after it"])


def test_several_messages_with_files_wait_for_each_other(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        send_files(alice, text_file("one.txt"))
        send_files(alice, text_file("two.txt"))
        pieces.held.append(pieces.wait())
        assert len(pieces.begun) == 1
        pieces.release()
        expect_sent(alice)
    assert sent_files(alice) == [["one.txt"], ["two.txt"]]


def test_a_message_is_taken_back_while_its_file_is_uploaded(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        send_files(alice, text_file(), text="not this")
        pieces.wait()
        with alice.expect_request(lambda it: it.method == "DELETE"):
            press(alice, "Don’t send")
        expect(alice.locator(".message")).to_have_count(0)
    send_message(alice, "but this")
    expect_confirmed(alice, ["but this"])
    assert sent_files(alice) == [[]]


def test_a_refused_file_is_sent_when_it_is_tried_again(alice: Page) -> None:
    refuse_once(alice, 507, NO_SPACE)
    send_files(alice, text_file(), text="a file")
    expect(note(alice)).to_contain_text("Not sent. The server has no space left.")
    send_message(alice, "words go on")
    expect(alice.locator("[data-seq] .message-text")).to_have_text(["words go on"])
    alice.get_by_role("button", name="Try again").click()
    expect_confirmed(alice, ["words go on", "a file"])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "The server does not take files from this page."),
        (413, "This file is too large."),
        (415, "Files of this kind are not taken."),
    ],
)
def test_a_refusal_of_a_proxy_is_told_in_words(alice: Page, status: int, words: str) -> None:
    refuse_once(alice, status, "<h1>No</h1>")
    send_files(alice, text_file())
    expect(note(alice)).to_contain_text(words)
    press(alice, "Discard")
    expect(alice.locator(".message")).to_have_count(0)


def test_a_picture_that_is_none_is_refused_for_good(alice: Page) -> None:
    broken = picture()
    broken["buffer"] = broken["buffer"][:100]
    send_files(alice, broken, text="broken")
    expect(alice.locator(".is-refused")).to_have_count(1)
    expect(note(alice).get_by_role("button")).to_have_text(["Edit", "Discard"])
    press(alice, "Discard")


def test_who_sends_too_fast_waits_as_long_as_the_server_says(alice: Page) -> None:
    refuse_once(alice, 429, **{"Retry-After": "1"})
    send_files(alice, text_file())
    expect(note(alice)).to_contain_text("Not sent yet")
    expect_sent(alice)
    assert sent_files(alice) == [["notes.txt"]]


def test_an_upload_goes_on_where_the_connection_broke(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        pieces.let_pass(1)
        send_files(alice, large_file())
        pieces.wait().abort()
        pieces.wait().continue_()
        expect_sent(alice)
        assert pieces.offsets == [0, PIECE_BYTES, PIECE_BYTES]
    assert sent_files(alice) == [["large.bin"]]


def test_an_upload_goes_on_after_a_reload(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        pieces.let_pass(1)
        send_files(alice, large_file())
        pieces.wait()
        bar = waiting_files(alice).get_by_role("progressbar")
        expect(bar).to_have_js_property("value", PIECE_BYTES / (7 * 1024 * 1024))
        alice.reload()
        pieces.wait().continue_()
        expect_sent(alice)
        assert pieces.offsets == [0, PIECE_BYTES, PIECE_BYTES]
    assert sent_files(alice) == [["large.bin"]]


def test_of_two_tabs_one_uploads_and_both_show_it(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        tab = another_tab(alice)
        pieces.let_pass(1)
        send_files(alice, large_file(), text="once")
        pieces.held.append(pieces.wait())
        expect(waiting_files(tab)).to_contain_text(["large.bin"])
        bar = waiting_files(tab).get_by_role("progressbar")
        expect(bar).to_have_js_property("value", PIECE_BYTES / (7 * 1024 * 1024))
        pieces.release()
        for page in (alice, tab):
            expect_confirmed(page, ["once"])
        assert len(pieces.begun) == 1
        assert pieces.offsets == [0, PIECE_BYTES]
    assert sent_files(alice) == [["large.bin"]]
    tab.close()


def test_another_tab_goes_on_when_the_one_that_uploads_is_closed(
    enter: Enter, server: Server
) -> None:
    first = enter("Alice")
    tab = another_tab(first)
    with held_pieces(tab) as pieces:
        pieces.let_pass(1)
        send_files(first, large_file())
        pieces.wait()
        first.close()
        pieces.wait().continue_()
        expect_sent(tab)
        *before, resumed = pieces.offsets
    assert before == [0, PIECE_BYTES]
    assert PIECE_BYTES <= resumed <= len(large_file()["buffer"])  # what a page sent as it closed
    assert sent_files(tab) == [["large.bin"]]


def test_a_waiting_message_keeps_its_files_when_it_is_edited(alice: Page) -> None:
    go_offline(alice)
    send_files(alice, picture(), text_file(), text="a eror")
    press(alice, "Edit")
    expect_attached(alice, "cat.png", "notes.txt")
    pick(alice, text_file("more.txt"))
    attached(alice).filter(has_text="notes.txt").get_by_role("button").click()
    send_message(alice, "an error")
    go_online(alice)
    expect_confirmed(alice, ["an error"])
    assert sent_files(alice) == [["cat.png", "more.txt"]]


def test_a_waiting_message_whose_edit_is_cancelled_is_sent_as_it_was(alice: Page) -> None:
    go_offline(alice)
    send_files(alice, text_file(), text="as it was")
    pick(alice, text_file("for later.txt"))
    press(alice, "Edit")
    attached(alice).get_by_role("button").click()
    alice.keyboard.press("Escape")
    expect_attached(alice, "for later.txt")
    go_online(alice)
    expect_confirmed(alice, ["as it was"])
    assert sent_files(alice) == [["notes.txt"]]


def test_a_message_that_is_edited_under_way_is_sent_once(alice: Page) -> None:
    with held_pieces(alice) as pieces:
        send_files(alice, text_file(), text="a eror")
        pieces.wait()
        press(alice, "Edit")
        send_message(alice, "an error")
        pieces.wait().continue_()
        expect_confirmed(alice, ["an error"])
    assert sent_files(alice) == [["notes.txt"]]


def test_an_edit_takes_a_file_out_of_a_sent_message(alice: Page) -> None:
    send_files(alice, picture(), text_file(), text="two files")
    expect_sent(alice)
    message_field(alice).press("ArrowUp")
    expect_attached(alice, "cat.png", "notes.txt")
    attached(alice).filter(has_text="notes.txt").get_by_role("button").click()
    attached(alice).get_by_role("textbox").fill("A cat")
    submit(alice)
    expect_attached(alice)
    expect(alice.locator(".message-edited")).to_be_visible()
    [file] = files_of_last_message(alice)
    assert (file["name"], file["alt"]) == ("cat.png", "A cat")


def test_a_sent_message_takes_no_more_files(alice: Page) -> None:
    send_message(alice, "sent")
    expect_sent(alice)
    message_field(alice).press("ArrowUp")
    pick(alice, text_file())
    expect(alice.locator("[data-toast]")).to_contain_text("Files can be added to a new message")
    expect_attached(alice)
    alice.keyboard.press("Escape")


def test_a_message_of_files_alone_cannot_lose_all_of_them(alice: Page) -> None:
    send_files(alice, text_file())
    expect_sent(alice)
    message_field(alice).press("ArrowUp")
    attached(alice).get_by_role("button").click()
    submit(alice)
    expect(alice.get_by_text("A message cannot be empty.")).to_be_visible()
    alice.keyboard.press("Escape")


def test_the_bytes_of_a_message_leave_the_device_once_it_is_sent(alice: Page) -> None:
    send_files(alice, text_file())
    expect_sent(alice)
    alice.wait_for_function(
        """async () => {
          const done = (request) =>
            new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
          const database = await done(indexedDB.open("lobby"));
          const count = await done(database.transaction("files").objectStore("files").count());
          database.close();
          return count === 0;
        }"""
    )


def test_without_a_database_files_last_as_long_as_the_page(enter: Enter, server: Server) -> None:
    page = enter("Alice")
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('private'); };")
    page.reload()
    expect_connected(page)
    go_offline(page)
    send_files(page, text_file())
    go_online(page)
    expect_sent(page)
    assert sent_files(page) == [["notes.txt"]]
