"""A picture opened over the page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.finger import finger_on
from chat.tests.browser.layout import box_of, small_targets
from chat.tests.browser.room_page import open_room
from chat.tests.browser.sent_files import animation, picture, post_files, sound
from chat.tests.support.servers import Server

STAGE = ".lightbox-stage"


def lightbox(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Pictures")


def shown(page: Page) -> Locator:
    return page.locator(f"{STAGE} img")


def expect_shown(page: Page, alt: str) -> None:
    """Wait until this picture is there, and loaded."""
    expect(shown(page)).to_have_attribute("alt", alt)
    page.wait_for_function("() => document.querySelector('.lightbox-stage img').naturalWidth > 0")


@pytest.fixture
def three(alice: Page, room: str) -> Page:
    """Alice's page with pictures "one" and "two" in a message, a sound, and "three"."""
    return with_three(alice, room)


def with_three(page: Page, room: str) -> Page:
    post_files(page, room, picture(1200, 900, alt="one"), picture(1200, 900, alt="two"))
    post_files(page, room, sound(1))
    post_files(page, room, picture(1200, 900, name="three.png"))
    expect(page.locator(".picture-open")).to_have_count(3)
    return page


def open_picture(page: Page, name: str) -> None:
    page.locator(".picture-open").get_by_alt_text(name).click()
    expect_shown(page, name)


def test_arrow_keys_go_through_the_pictures_of_all_messages(three: Page) -> None:
    open_picture(three, "one")
    for name in ("two", "three.png"):
        three.keyboard.press("ArrowRight")
        expect_shown(three, name)
    three.keyboard.press("ArrowRight")
    expect_shown(three, "three.png")
    expect(three.get_by_role("button", name="Next picture")).to_have_count(0)
    three.keyboard.press("ArrowLeft")
    expect_shown(three, "two")
    status = lightbox(three).get_by_role("status")
    expect(status).to_have_text("Picture 2 of 3: two. From Alice")


def test_it_says_what_the_picture_shows_who_sent_it_and_when(three: Page) -> None:
    open_picture(three, "one")
    expect(lightbox(three).locator(".lightbox-caption")).to_have_text("one")
    expect(lightbox(three).locator(".lightbox-author bdi")).to_have_text("Alice")
    sent_at = three.locator(".message-time").first.get_attribute("datetime") or ""
    expect(lightbox(three).locator("time")).to_have_attribute("datetime", sent_at)


def test_escape_closes_it_and_the_picture_that_was_shown_has_the_focus(three: Page) -> None:
    open_picture(three, "one")
    three.keyboard.press("ArrowRight")
    expect_shown(three, "two")
    three.keyboard.press("Escape")
    expect(lightbox(three)).to_have_count(0)
    focused = three.locator(".picture-open:focus")
    expect(focused.get_by_alt_text("two")).to_be_visible()


def test_it_opens_and_is_used_by_keys_alone(three: Page) -> None:
    three.locator(".picture-open").last.focus()
    three.keyboard.press("Enter")
    expect_shown(three, "three.png")
    lightbox(three).get_by_role("button", name="Previous picture").press("Enter")
    expect_shown(three, "two")
    lightbox(three).get_by_role("button", name="Close").press("Enter")
    expect(lightbox(three)).to_have_count(0)


def scale_of(page: Page) -> float:
    return float(shown(page).evaluate("it => it.style.scale"))


def test_plus_minus_and_zero_zoom(three: Page) -> None:
    open_picture(three, "one")
    three.keyboard.press("+")
    three.keyboard.press("+")
    assert scale_of(three) == pytest.approx(2.25)
    expect(shown(three)).to_have_attribute("sizes", "225vw")
    three.keyboard.press("-")
    assert scale_of(three) == pytest.approx(1.5)
    three.keyboard.press("0")
    assert scale_of(three) == 1
    expect(lightbox(three).get_by_role("button", name="Zoom out")).to_be_disabled()


def test_a_zoomed_picture_is_moved_by_arrow_keys_within_its_stage(three: Page) -> None:
    open_picture(three, "one")
    three.keyboard.press("+")
    three.keyboard.press("+")
    for _ in range(30):
        three.keyboard.press("ArrowRight")
    expect_shown(three, "one")
    picture_box, stage = box_of(shown(three)), box_of(three.locator(STAGE))
    right = picture_box["x"] + picture_box["width"]
    assert right == pytest.approx(stage["x"] + stage["width"], abs=1)


def test_a_double_click_goes_close_up_and_back(three: Page) -> None:
    open_picture(three, "one")
    shown(three).dblclick()
    assert scale_of(three) == 2.5
    shown(three).dblclick()
    assert scale_of(three) == 1


def test_the_wheel_zooms_around_the_pointer(three: Page) -> None:
    open_picture(three, "one")
    box = box_of(shown(three))
    three.mouse.move(box["x"] + 5, box["y"] + 5)
    three.mouse.wheel(0, -400)
    three.wait_for_function("() => document.querySelector('.lightbox-stage img').style.scale > 1.5")
    # The corner under the pointer stays as near as the edges of the stage let it.
    assert box_of(shown(three))["x"] == pytest.approx(0, abs=1)


def test_a_picture_is_downloaded_by_its_name(three: Page) -> None:
    open_picture(three, "three.png")
    with three.expect_download() as download:
        lightbox(three).get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "three.png"


def test_pictures_beyond_the_fourth_are_opened_too(alice: Page, room: str) -> None:
    post_files(alice, room, *(picture(alt=f"number {it}") for it in range(6)))
    open_picture(alice, "number 3")
    alice.keyboard.press("ArrowRight")
    expect_shown(alice, "number 4")
    alice.keyboard.press("Escape")
    expect(alice.locator(".picture-open:focus").get_by_alt_text("number 3")).to_be_visible()


def test_a_deleted_picture_leads_out(three: Page, room: str) -> None:
    open_picture(three, "three.png")
    three.evaluate(
        "document.querySelectorAll('.message')[2].querySelector('.message-files').remove()"
    )
    three.keyboard.press("ArrowLeft")
    expect(lightbox(three)).to_have_count(0)


def test_a_moving_picture_stands_still_where_motion_is_reduced(alice: Page, room: str) -> None:
    post_files(alice, room, animation(alt="blinking"))
    alice.emulate_media(reduced_motion="reduce")
    open_picture(alice, "blinking")
    assert "320.webp" in (shown(alice).get_attribute("src") or "")
    lightbox(alice).get_by_role("button", name="Play").click()
    expect_shown(alice, "blinking")
    assert (shown(alice).get_attribute("src") or "").endswith(".gif")
    lightbox(alice).get_by_role("button", name="Pause").click()
    assert "320.webp" in (shown(alice).get_attribute("src") or "")
    alice.emulate_media(reduced_motion="no-preference")


def test_a_finger_swipes_on_zooms_and_closes(phone_page: Page, server: Server, room: str) -> None:
    page = with_three(open_room(phone_page, server, room), room)
    page.locator(".picture-open").first.tap()
    expect_shown(page, "one")
    with finger_on(page.locator(STAGE)) as finger:
        finger.move(x=-150)
    expect_shown(page, "two")
    with finger_on(page.locator(STAGE)) as finger:
        finger.move(x=150)
    expect_shown(page, "one")
    for _ in range(2):
        shown(page).tap()
    page.wait_for_function("() => document.querySelector('.lightbox-stage img').style.scale == 2.5")
    with finger_on(page.locator(STAGE)) as finger:
        finger.move(x=-50)
    expect_shown(page, "one")
    page.keyboard.press("0")
    with finger_on(page.locator(STAGE)) as finger:
        finger.move(y=150)
    expect(lightbox(page)).to_have_count(0)


def test_two_fingers_zoom(phone_page: Page, server: Server, room: str) -> None:
    page = with_three(open_room(phone_page, server, room), room)
    page.locator(".picture-open").first.tap()
    expect_shown(page, "one")
    devtools = page.context.new_cdp_session(page)
    box = box_of(page.locator(STAGE))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for type, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 120)):
        points = [{"x": x - apart / 2, "y": y, "id": 0}, {"x": x + apart / 2, "y": y, "id": 1}]
        devtools.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("() => document.querySelector('.lightbox-stage img').style.scale > 2.5")
    expect_shown(page, "one")


def test_files_and_the_lightbox_are_accessible(three: Page, room: str) -> None:
    post_files(three, room, *(picture() for _ in range(6)))
    expect(three.locator(".pictures-more")).to_be_visible()
    assert not violations(three)
    open_picture(three, "one")
    assert not violations(three)
    assert not small_targets(three, 24)
