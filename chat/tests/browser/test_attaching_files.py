"""Files come into the composer: pasted, dropped, chosen; what cannot be sent is said before."""

import pytest
from playwright.sync_api import Page, Route, expect

from chat.tests.browser.attached_files import (
    attached,
    drag_over,
    drop,
    expect_attached,
    large_file,
    paste,
    pick,
    picture,
    sent_files,
    text_file,
)
from chat.tests.browser.axe import violations
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    enter_in_german,
    expect_confirmed,
    expect_connected,
    expect_sent,
    go_offline,
    message_field,
    next_held,
    send_message,
    submit,
)
from chat.tests.support.servers import Server

GUEST_BYTES = 8 * 1024 * 1024  # mysite/settings/files.py

DRAG = """(field, [kind, types, isOwn]) => {
  const transfer = new DataTransfer();
  types.forEach((type) => transfer.setData(type, "text"));
  isOwn && transfer.items.add(new File(["a"], "picture.png"));
  isOwn && document.querySelector("a").dispatchEvent(new DragEvent("dragstart", { bubbles: true }));
  const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer });
  field.dispatchEvent(event);
  isOwn && document.querySelector("a").dispatchEvent(new DragEvent("dragend", { bubbles: true }));
  return event.defaultPrevented;
}"""


def held_script(page: Page) -> list[Route]:
    """Load the page anew, and hold the script that attaches files."""
    held: list[Route] = []
    page.route("**/js/attachments*.js", lambda route: held.append(route))
    page.once("framenavigated", lambda _: held.clear())  # of what the page before asked for
    page.reload()
    return held


def test_a_file_that_is_dropped_is_attached(alice: Page) -> None:
    drag_over(alice, text_file())
    expect(alice.get_by_text("Drop files to attach them")).to_be_visible()
    drop(alice, text_file())
    expect_attached(alice, "notes.txt")
    expect(alice.get_by_text("Drop files to attach them")).to_be_hidden()
    expect(message_field(alice)).to_be_focused()


def test_a_drag_that_leaves_the_window_leaves_no_target(alice: Page) -> None:
    drag_over(alice, text_file())
    target = alice.get_by_text("Drop files to attach them")
    expect(target).to_be_visible()
    alice.evaluate("dispatchEvent(new DragEvent('dragleave'))")
    expect(target).to_be_hidden()


@pytest.mark.parametrize("kind", ["dragover", "drop"])
def test_drags_that_begin_in_the_page_are_left_alone(alice: Page, kind: str) -> None:
    pick(alice, text_file())  # the script is there
    field = message_field(alice)
    assert not field.evaluate(DRAG, [kind, ["text/plain"], False])
    assert not field.evaluate(DRAG, [kind, ["text/html"], True])
    expect(alice.get_by_text("Drop files to attach them")).to_be_hidden()
    expect_attached(alice, "notes.txt")


def test_what_is_dropped_before_the_script_is_there_is_attached_too(enter: Enter) -> None:
    page = enter("Alice")
    held = held_script(page)
    drop(page, text_file())
    next_held(page, held).continue_()
    expect_attached(page, "notes.txt")


def test_text_is_pasted_where_a_picture_is_beside_it(alice: Page) -> None:
    pick(alice, text_file())
    paste(alice, picture(), text="a\tb", html="<table><tr><td>a<td>b</table>")
    expect_attached(alice, "notes.txt")


def test_names_of_files_beside_them_are_no_text(alice: Page) -> None:
    pick(alice, text_file())
    paste(alice, picture("one.png"), picture("two.png"), text="/tmp/one.png\n/tmp/two.png\n")
    expect_attached(alice, "notes.txt", "one.png", "two.png")


def test_a_file_is_removed_by_keyboard(alice: Page) -> None:
    pick(alice, text_file("one.txt"), text_file("two.txt"))
    alice.get_by_role("button", name="Remove one.txt").press("Enter")
    expect_attached(alice, "two.txt")
    remove = alice.get_by_role("button", name="Remove two.txt")
    expect(remove).to_be_focused()
    remove.press("Enter")
    expect_attached(alice)
    expect(message_field(alice)).to_be_focused()
    send_message(alice, "no files")
    expect_confirmed(alice, ["no files"])
    assert sent_files(alice) == [[]]


def test_enter_in_the_text_for_a_picture_sends(alice: Page) -> None:
    pick(alice, picture())
    field = attached(alice).get_by_role("textbox", name="What does cat.png show?")
    field.fill("A cat")
    field.press("Enter")
    expect_sent(alice)
    expect(alice.get_by_role("img", name="A cat")).to_be_visible()


def test_what_cannot_be_sent_is_said_before(alice: Page) -> None:
    pick(alice, text_file("empty.txt", ""), large_file("film.mp4", GUEST_BYTES + 1), text_file())
    note = alice.locator("[data-composer-note]")
    expect(note).to_contain_text("empty.txt is empty.")
    expect(note).to_contain_text("film.mp4 is too large. Guests can send files of up to 8 MB.")
    expect_attached(alice, "notes.txt")


def test_a_message_has_ten_files_at_most(alice: Page) -> None:
    pick(alice, *(text_file(f"{number}.txt") for number in range(12)))
    expect(attached(alice)).to_have_count(10)
    note = alice.locator("[data-composer-note]")
    expect(note).to_have_text("A message can have 10 files.")


def test_a_folder_is_told_what_to_do_with_it(alice: Page) -> None:
    pick(alice, text_file())
    message_field(alice).evaluate("""(field) => {
      const { slice } = Blob.prototype;
      Blob.prototype.slice = function (...bounds) {
        const gone = { arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) };
        return this.name === "holiday" ? gone : slice.apply(this, bounds);
      };
    }""")
    drop(alice, text_file("holiday"))
    note = alice.locator("[data-composer-note]")
    expect(note).to_have_text("holiday is a folder. Put it into a ZIP file first.")
    expect_attached(alice, "notes.txt")


def test_who_may_not_send_files_is_told_so(enter: Enter) -> None:
    page = enter("Alice")
    held = held_script(page)
    page.evaluate("""() => {
      const bounds = document.getElementById("file-bounds");
      bounds.textContent = bounds.textContent.replace("true", "false");
    }""")
    drop(page, text_file())
    next_held(page, held).continue_()
    expect(page.locator("[data-toast]")).to_have_text("You cannot send files here.")
    expect_attached(page)


def test_a_phone_offers_its_camera(new_page: NewPage, server: Server, room: str) -> None:
    page = new_page("Alice", **PHONE)
    page.goto(f"{server.url}/chat/{room}/")
    expect_connected(page)
    page.get_by_role("button", name="Attach files").tap()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("menuitem", name="Take a picture").tap()
    chooser = choosing.value
    assert chooser.element.get_attribute("capture") == "environment"
    assert chooser.element.get_attribute("accept") == "image/*"
    chooser.set_files([picture("photo.png")])
    expect_attached(page, "photo.png")
    page.get_by_role("button", name="Attach files").tap()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("menuitem", name="Choose files").tap()
    assert choosing.value.is_multiple()
    choosing.value.set_files([text_file()])
    expect_attached(page, "photo.png", "notes.txt")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_files_in_the_composer_are_accessible(enter: Enter, options: dict[str, object]) -> None:
    page = enter("Alice", **options)
    drop(page, picture(), text_file(), text_file("empty.txt", ""))
    expect(page.get_by_text("empty.txt is empty.")).to_be_visible()
    assert violations(page) == []
    drag_over(page, text_file())
    expect(page.get_by_text("Drop files to attach them")).to_be_visible()
    assert violations(page) == []
    page.evaluate("dispatchEvent(new DragEvent('dragleave'))")
    go_offline(page)
    submit(page)
    expect(page.locator(".is-pending").get_by_role("progressbar")).to_have_count(2)
    assert violations(page) == []


def test_attaching_is_in_german(new_page: NewPage, server: Server, room: str) -> None:
    page = new_page("Alice", locale="de-DE")
    enter_in_german(page, server, "Alice", room)
    drop(page, picture(), text_file("leer.txt", ""))
    expect(page.get_by_text("leer.txt ist leer.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Was zeigt cat.png?")).to_be_visible()
