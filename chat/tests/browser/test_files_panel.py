"""The page with the files of a room."""

from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import open_room
from chat.tests.browser.sent_files import picture, post_files, sound, text
from chat.tests.support.servers import Server

LONG = "An exceedingly long name of a file that nobody would ever type by hand " * 2


def test_the_sheet_of_the_room_leads_to_its_files_and_back_to_a_message(
    alice: Page, room: str
) -> None:
    post_files(alice, room, picture(alt="A green hill"), text="Look")
    alice.locator("[data-open-room-sheet]").click()
    alice.get_by_role("link", name="Pictures and files").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"Files in {room}")
    hill = alice.get_by_role("listitem").filter(has=alice.get_by_alt_text("A green hill"))
    expect(hill).to_contain_text("Alice")
    hill.get_by_role("link", name="Show the message with a.png").click()
    expect(alice.locator(".message", has_text="Look")).to_be_focused()


def test_documents_are_behind_their_own_link(alice: Page, room: str) -> None:
    post_files(alice, room, picture(), text("words", "a.txt"), sound(1))
    alice.goto(f"{alice.url}files")
    expect(alice.get_by_alt_text("a.png")).to_be_visible()
    alice.get_by_role("link", name="Documents").click()
    expect(alice.get_by_role("link", name="Documents")).to_have_attribute("aria-current", "page")
    listed = alice.get_by_role("list", name="Files, newest first").get_by_role("listitem")
    expect(listed).to_have_count(2)
    with alice.expect_download() as download:
        alice.get_by_role("link", name="Download a.txt").click()
    assert download.value.suggested_filename == "a.txt"


def test_the_panel_is_accessible_on_a_phone(phone_page: Page, server: Server, room: str) -> None:
    page = open_room(phone_page, server, room)
    post_files(page, room, *(picture() for _ in range(3)), text("words", f"{LONG}.txt"))
    for kind in ("pictures", "documents"):
        page.goto(f"{server.url}/chat/{room}/files?kind={kind}")
        expect(page.get_by_role("list", name="Files, newest first")).to_be_visible()
        assert not violations(page)
        assert not cut_off(page)
        assert not small_targets(page, 44)
