"""Sharing the address of a room."""

from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import NewPage, enter_room, message, room_url, send_message
from chat.tests.support.servers import Server


def test_an_empty_room_shows_how_to_share_it_until_the_first_message(
    alice: Page, server: Server, room: str
) -> None:
    address = room_url(server, room)
    empty = alice.locator("[data-empty]")
    code = empty.get_by_alt_text("QR code that opens this room")
    expect(code).to_be_visible()
    alice.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=code.element_handle()
    )
    empty.get_by_role("button", name="Copy").click()
    expect(empty.get_by_role("status")).to_have_text("Copied")
    assert alice.evaluate("navigator.clipboard.readText()") == address
    send_message(alice, "hello")
    expect(message(alice, "hello")).to_be_visible()
    expect(empty).to_be_hidden()
    alice.evaluate("navigator.clipboard.writeText('')")
    share = alice.get_by_role("button", name="Share", exact=True)
    share.click()
    dialog = alice.get_by_role("dialog", name="Share this room")
    expect(dialog.get_by_alt_text("QR code that opens this room")).to_be_visible()
    alice.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Copied")).to_be_focused()
    assert alice.evaluate("navigator.clipboard.readText()") == address
    alice.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    expect(share).to_be_focused()


def test_sharing_works_without_the_clipboard_api(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    page.add_init_script("""
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      Object.defineProperty(navigator, "share", { value: (shared) => (window.shared = shared) });
      document.execCommand = () => false;
    """)
    enter_room(page, server, "Alice", room)
    page.locator("[data-empty] [data-share-copy]").click()
    expect(page.locator("[data-empty] [data-share-status]")).to_contain_text("Ctrl+C")
    assert page.evaluate("getSelection().toString()") == page.url
    page.locator("[data-empty] [data-share-native]").click()
    assert page.evaluate("shared") == {"title": room, "url": page.url}
