"""Files in the timeline: pictures, players and cards."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect, Page, Route, expect

from chat.tests.browser.layout import RECORD_LAYOUT_SHIFTS, box_of
from chat.tests.browser.room_page import NewPage, expect_connected, open_room, post_many
from chat.tests.browser.sent_files import (
    Sent,
    animation,
    picture,
    post_files,
    sound,
    text,
)
from chat.tests.support.servers import Server

UNKNOWN = "application/octet-stream"
CODE = "import os\n\nprint(os.name)"
FILES = re.compile(r"/files/[0-9a-f-]+/|/js/files\.")  # and the script that shows them
MOVING = ".picture-moving"
STILL = ".picture-open > img:first-child"

KEEP_ANNOUNCEMENTS = """() => {
    const kept = document.createElement("ol");  // the page removes each after a while
    kept.dataset.kept = "";
    document.body.append(kept);
    new MutationObserver((records) => {
        for (const { textContent } of records.flatMap((it) => [...it.addedNodes])) {
            kept.append(Object.assign(document.createElement("li"), { textContent }));
        }
    }).observe(document.querySelector("[data-announcer]"), { childList: true });
}"""
SHOW = """async (file) => {
  const { newMessageNode } = await import("/static/chat/js/messages/message_view.js");
  const { showFiles } = await import("/static/chat/js/files/show_files.js");
  const sheet = document.createElement("link");
  sheet.dataset.filesSheet = "";
  document.head.append(sheet);
  window.shown ??= newMessageNode();
  document.body.append(shown);
  if (!file.url) {
    const bytes = await (await fetch("/static/chat/icons/icon-192.png")).blob();
    file.url = window.blobUrl ??= URL.createObjectURL(bytes);
  }
  showFiles(shown, [file]);
}"""


def boxes(page: Page) -> list[FloatRect]:
    return [box_of(it) for it in page.locator("[data-file]").all()]


def expect_pictures_loaded(page: Page, count: int) -> None:
    """Wait until there are so many, and those in view are loaded: the others are lazy."""
    expect(page.locator(STILL)).to_have_count(count)
    page.wait_for_function(
        """(selector) => {
          const log = document.querySelector("#chat-log").getBoundingClientRect();
          const isInView = (it) => it.getBoundingClientRect().bottom > log.top;
          const shown = [...document.querySelectorAll(selector)].filter(isInView);
          return shown.length > 0 && shown.every((it) => it.complete && it.naturalWidth > 0);
        }""",
        arg=STILL,
    )


class HeldFiles:
    """Holds the requests for files, and for the script that shows them, until it lets them go."""

    def __init__(self) -> None:
        self._held: list[Route] = []
        self._is_open = False

    def hold(self, route: Route) -> None:
        route.continue_() if self._is_open else self._held.append(route)

    def let_go(self) -> None:
        self._is_open = True
        for route in self._held:
            route.continue_()


@pytest.fixture
def held_files(alice: Page) -> Iterator[HeldFiles]:
    held = HeldFiles()
    alice.route(FILES, held.hold)
    alice.reload()  # an idle page has the script by now
    expect_connected(alice)
    yield held
    alice.unroute(FILES)


def test_the_places_of_files_are_the_same_before_and_after_they_come(
    alice: Page, room: str, held_files: HeldFiles
) -> None:
    alice.evaluate(RECORD_LAYOUT_SHIFTS)
    for files in (
        [picture(1600, 900)],
        [picture(20, 10)],
        [picture(3000, 200), picture(200, 3000)],
        [sound(1), text(CODE, "a.py"), Sent("a.bin", UNKNOWN, b"\x00\x01\x02\x03")],
    ):
        post_files(alice, room, *files)
    expect(alice.locator("[data-file]")).to_have_count(7)
    expect(alice.locator(".picture-open, .file-row")).to_have_count(0)
    before = boxes(alice)
    assert all(it["width"] >= 20 and it["height"] >= 20 for it in before)
    held_files.let_go()
    expect(alice.locator(".file-row")).to_have_count(3)
    expect_pictures_loaded(alice, 4)
    assert boxes(alice) == before


def test_the_end_of_the_room_stays_in_view_while_pictures_load(
    alice: Page, room: str, held_files: HeldFiles
) -> None:
    for _ in range(3):
        seq = post_files(alice, room, picture(900, 900))
    expect(alice.locator(f"[data-seq='{seq}']")).to_be_in_viewport()
    held_files.let_go()
    expect_pictures_loaded(alice, 3)
    log = alice.get_by_role("log", name="Messages")
    assert log.evaluate("it => it.scrollHeight - it.scrollTop - it.clientHeight") < 2


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((2000, 1000), (448, 224)),
        ((300, 200), (300, 200)),
        ((20, 10), (44, 22)),
        ((4000, 100), (448, 112)),
        ((100, 4000), (100, 250)),
        ((1000, 4000), (134.4, 336)),
    ],
)
def test_a_picture_is_shown_within_sensible_bounds(
    alice: Page, room: str, size: tuple[int, int], shown: tuple[float, float]
) -> None:
    post_files(alice, room, picture(*size))
    box = box_of(alice.locator(".picture"))
    assert (box["width"], box["height"]) == pytest.approx(shown, abs=1)


def test_a_large_picture_is_shown_by_previews_and_a_small_one_by_itself(
    alice: Page, room: str
) -> None:
    post_files(alice, room, picture(1200, 900), text="large")
    post_files(alice, room, picture(300, 200), text="small")
    large, small = (alice.locator(".picture img").nth(it) for it in (0, 1))
    sources = re.compile(r"^/files/([0-9a-f-]+)/320\.webp 320w, /files/\1/960\.webp 960w$")
    expect(large).to_have_attribute("srcset", sources)
    expect(large).to_have_attribute("loading", "lazy")
    expect(small).to_have_attribute("src", re.compile(r"/a\.png$"))
    assert small.get_attribute("srcset") is None


@pytest.mark.parametrize(("count", "tiles", "more"), [(2, 2, 0), (3, 3, 0), (4, 4, 0), (7, 4, 3)])
def test_several_pictures_are_a_grid(
    alice: Page, room: str, count: int, tiles: int, more: int
) -> None:
    post_files(alice, room, *(picture(400, 300, name=f"{it}.png") for it in range(count)))
    expect(alice.locator(".picture-open")).to_have_count(tiles)
    grid = box_of(alice.locator(".pictures"))
    assert grid["width"] == pytest.approx(448, abs=1)
    label = alice.locator(".pictures-more")
    expect(label).to_have_count(1 if more else 0)
    if more:
        expect(label).to_have_text(f"+{more}")
        expect(label).to_have_attribute("aria-label", f"{more} more pictures")
    expect(alice.get_by_role("group", name=f"{count} pictures")).to_be_visible()


def test_a_picture_is_named_by_what_it_shows_or_else_by_its_file(alice: Page, room: str) -> None:
    post_files(alice, room, picture(alt="A green hill"))
    post_files(alice, room, picture(name="hill.png"))
    expect(alice.get_by_role("button", name="A green hill")).to_be_visible()
    expect(alice.get_by_role("button", name="hill.png")).to_be_visible()
    expect(alice.get_by_role("article", name="Picture: A green hill")).to_be_visible()


def test_a_moving_picture_moves_only_in_view(alice: Page, server: Server, room: str) -> None:
    post_files(alice, room, animation())
    expect(alice.locator(MOVING)).to_have_count(1)
    assert (alice.locator(MOVING).get_attribute("src") or "").endswith("/a.gif")
    post_many(server, room, 30)
    expect(alice.locator(MOVING)).to_have_count(0)
    alice.locator(".picture").scroll_into_view_if_needed()
    expect(alice.locator(MOVING)).to_have_count(1)
    alice.get_by_role("button", name="Pause the picture").click()
    expect(alice.locator(MOVING)).to_have_count(0)


def test_a_moving_picture_stands_still_on_a_hidden_page(alice: Page, room: str) -> None:
    post_files(alice, room, animation())
    expect(alice.locator(MOVING)).to_have_count(1)
    alice.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(alice.locator(MOVING)).to_have_count(0)
    alice.evaluate("delete document.hidden")


def test_where_motion_is_reduced_a_moving_picture_moves_only_when_asked_to(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = open_room(new_page("Alice", reduced_motion="reduce"), server, room)
    post_files(page, room, animation())
    play = page.get_by_role("button", name="Play the picture")
    expect(play).to_be_visible()
    expect(page.locator(MOVING)).to_have_count(0)
    play.click()
    expect(page.locator(MOVING)).to_have_count(1)


def test_a_file_is_a_card_with_its_name_kind_and_size(alice: Page, room: str) -> None:
    long = "Minutes of the meeting about kettles, second draft.zip"
    post_files(alice, room, Sent(long, UNKNOWN, b"PK\x05\x06" + bytes(18)))
    card = alice.locator(".file")
    expect(card.locator(".file-facts")).to_have_text("Archive · 22 bytes")
    expect(card.locator(".file-name")).to_have_text(long)
    expect(card.locator(".file-name span").last).to_have_text("d draft.zip"[1:])
    link = card.get_by_role("link", name=f"Download {long}")
    assert (link.get_attribute("href") or "").endswith(".zip?download=1")
    with alice.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == long


def test_a_text_shows_its_first_lines(alice: Page, room: str) -> None:
    post_files(alice, room, text(CODE, "a.py"))
    expect(alice.locator(".file-head")).to_have_text(CODE)
    expect(alice.locator(".file-facts")).to_have_text("Code · 25 bytes")


def test_a_sound_plays_from_where_it_is_moved_to(alice: Page, room: str) -> None:
    post_files(alice, room, sound(30))
    player = alice.locator("audio")
    expect(player).to_have_attribute("preload", "metadata")
    alice.wait_for_function("() => document.querySelector('audio').readyState > 0")
    assert player.evaluate("it => it.duration") == pytest.approx(30, abs=0.1)
    player.evaluate("it => { it.currentTime = 20; }")
    alice.wait_for_function(
        """() => {
          const it = document.querySelector("audio");
          return !it.seeking && it.readyState >= 2 && Math.abs(it.currentTime - 20) < 0.1;
        }"""
    )


def test_a_film_plays_in_place_with_controls(modules_page: Page) -> None:
    modules_page.evaluate(SHOW, {"id": "film", "name": "sea.webm", "size": 9, "type": "video/webm"})
    player = modules_page.locator("video")
    expect(player).to_have_attribute("controls", "")
    expect(player).to_have_attribute("playsinline", "")
    expect(player).to_have_attribute("aria-label", "sea.webm")
    expect(player).to_have_attribute("preload", "metadata")


def test_a_file_that_no_browser_plays_is_a_card_alone(modules_page: Page) -> None:
    file = {"id": "tape", "name": "tape.rm", "size": 9, "type": "video/vnd.rn-realvideo"}
    modules_page.evaluate(SHOW, file)
    expect(modules_page.locator(".file-row", has_text="tape.rm")).to_be_visible()
    expect(modules_page.locator("video")).to_have_count(0)


def test_a_quote_says_what_files_the_message_has(alice: Page, room: str) -> None:
    seqs = [
        post_files(alice, room, picture(alt="A green hill")),
        post_files(alice, room, picture(), picture(), text="Look"),
        post_files(alice, room, text(CODE, "a.py")),
    ]
    for seq in seqs:
        post_files(alice, room, picture(), text="an answer", reply_to=seq)
    expect(alice.locator(".quote-text")).to_have_text(
        ["Picture: A green hill", "Look (2 pictures)", "a.py"]
    )


def test_the_composer_says_what_picture_is_replied_to(alice: Page, room: str) -> None:
    post_files(alice, room, picture())
    alice.locator(".message").last.focus()
    alice.keyboard.press("r")
    expect(alice.locator("[data-composer-banner]")).to_contain_text("Picture")


def test_a_screen_reader_hears_of_a_picture(
    alice: Page, bob_page: Page, server: Server, room: str
) -> None:
    open_room(bob_page, server, room)
    alice.evaluate(KEEP_ANNOUNCEMENTS)
    kept = alice.locator("[data-kept] li")
    post_files(bob_page, room, picture(alt="A green hill"))
    expect(kept).to_have_count(1)
    post_files(bob_page, room, picture(), picture(), text="Look")
    expect(kept).to_have_text(["Bob: Picture: A green hill", "Bob: Look (2 pictures)"])


def test_a_selection_is_copied_with_the_names_of_files(alice: Page, room: str) -> None:
    post_files(alice, room, picture(alt="A green hill"), text(CODE, "a.py"), text="Look")
    post_files(alice, room, picture(name="b.png"))
    expect(alice.locator(".picture-open")).to_have_count(2)
    alice.evaluate("getSelection().selectAllChildren(document.querySelector('[data-messages]'))")
    alice.keyboard.press("Control+C")
    head, *lines = alice.evaluate("navigator.clipboard.readText()").splitlines()
    assert head.startswith("Alice, ")
    assert lines == ["Look", "A green hill", "a.py", "b.png"]


def test_the_menu_copies_the_text_and_the_addresses_of_files(alice: Page, room: str) -> None:
    post_files(alice, room, picture(name="b.png"), text="Look")
    alice.locator(".message").last.focus()
    alice.keyboard.press("Enter")
    alice.get_by_role("menuitem", name="Copy text").click()
    expect(alice.get_by_text("Text copied.")).to_be_visible()
    text, address = alice.evaluate("navigator.clipboard.readText()").splitlines()
    assert (text, address.endswith("/b.png")) == ("Look", True)
    assert address.startswith("http")


def test_a_deleted_message_shows_no_file(alice: Page, room: str) -> None:
    post_files(alice, room, picture())
    message = alice.locator(".message").last
    message.focus()
    alice.keyboard.press("Enter")
    alice.get_by_role("menuitem", name="Delete").click()
    alice.locator("[data-delete-dialog] [value=yes]").click()
    expect(message.locator("[data-file]")).to_have_count(0)


def test_a_german_reader_reads_german(new_page: NewPage, server: Server, room: str) -> None:
    page = open_room(new_page("Alice", locale="de-DE"), server, room)
    post_files(page, room, picture(), picture())
    post_files(page, room, text(CODE * 125, "a.txt"))
    expect(page.get_by_role("group", name="2 Bilder")).to_be_visible()
    expect(page.locator(".file-facts")).to_have_text("Text · 3 kB")


def test_a_picture_on_its_way_is_shown_from_the_device_with_its_progress(
    modules_page: Page,
) -> None:
    page = modules_page
    file = {"id": "1", "name": "a.png", "type": "image/png", "size": 9, "width": 192, "height": 192}
    page.evaluate(SHOW, {**file, "progress": 0.25})
    bar = page.get_by_role("progressbar", name="a.png")
    expect(bar).to_have_js_property("value", 0.25)
    image = page.locator(".picture-open img")
    expect(image).to_have_attribute("src", re.compile("^blob:"))
    page.evaluate("document.querySelector('.picture-open').dataset.isSame = 'yes'")
    page.evaluate(SHOW, {**file, "progress": 0.75})
    expect(bar).to_have_js_property("value", 0.75)
    page.evaluate(SHOW, {**file, "url": "/static/chat/icons/icon-192.png"})
    expect(bar).to_have_count(0)
    expect(image).to_have_attribute("src", "/static/chat/icons/icon-192.png")
    expect(page.locator(".picture-open[data-is-same]")).to_have_count(1)
