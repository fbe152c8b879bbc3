"""Pictures of people and rooms: set on a page without scripts, and shown in place of letters."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.private_rooms import new_members_room, new_people, sign_in
from chat.tests.browser.room_page import (
    SMALL_PHONE,
    NewPage,
    expect_sent,
    message,
    open_room,
    send_message,
    sidebar_row,
)
from chat.tests.files import corpus
from chat.tests.support.servers import Server, serving

PICTURE = re.compile(r"/pictures/[0-9a-f-]{36}/96\.webp")
FIELD = "#picture-picture"


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving(request.param, tmp_path_factory.mktemp("pictures")) as server:
        new_people(server, "Ada", "Ben")
        yield server


def photo() -> FilePayload:
    content = corpus.encoded(corpus.photo((400, 300)), "image/jpeg")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": content}


def set_picture(page: Page) -> None:
    page.locator(FIELD).set_input_files(photo())
    page.get_by_role("button", name="Save the picture").click()


def expect_shown(node: Locator, on: str = "::before") -> None:
    """Its picture is there, on a pseudo-element that has a size."""
    expect(node).to_have_attribute("style", PICTURE)
    style = node.evaluate(
        """(it, on) => {
          const { backgroundImage, width } = getComputedStyle(it, on);
          return [backgroundImage, width];
        }""",
        on,
    )
    assert float(style[1].removesuffix("px")) >= 20
    address = style[0].removeprefix('url("').removesuffix('")')
    assert node.page.request.get(address).headers["content-type"] == "image/webp"


def expect_letters(node: Locator) -> None:
    expect(node).not_to_have_attribute("style", PICTURE)


def test_a_person_sets_a_picture_that_open_pages_show_and_removes_it(
    new_page: NewPage, server: Server, room: str
) -> None:
    ada, ben = new_page("Ada"), new_page("Ben")
    for page, name in ((ada, "ada"), (ben, "ben")):
        sign_in(page, server, name)
        open_room(page, server, room)
    send_message(ada, "before")
    expect_sent(ada)
    avatar = message(ben, "before").locator(".avatar")
    expect_letters(avatar)

    profile = ada.context.new_page()
    profile.goto(f"{server.url}/accounts/profile/")
    set_picture(profile)
    expect(profile.get_by_text("Your picture is saved.")).to_be_visible()
    expect_shown(avatar)
    expect_shown(ben.locator(".people-row", has_text="Ada").locator(".avatar"))
    avatar.click()
    expect_shown(ben.locator("[data-person-card] .avatar"))

    profile.get_by_role("button", name="Remove", exact=True).click()
    expect(profile.get_by_text("You have no picture now.")).to_be_visible()
    expect_letters(avatar)


def test_without_scripts_a_wrong_file_is_refused_in_words(
    new_page: NewPage, server: Server
) -> None:
    page = sign_in(new_page("Ada", java_script_enabled=False), server, "ada")
    page.goto(f"{server.url}/accounts/profile/")
    text: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.locator(FIELD).set_input_files(text)
    page.get_by_role("button", name="Save the picture").click()
    expect(page.get_by_text("Pictures can be PNG, JPEG")).to_be_visible()
    page.get_by_role("button", name="Save the picture").click()
    set_picture(page)
    expect(page.get_by_text("Your picture is saved.")).to_be_visible()


def test_a_room_has_a_picture_in_its_heading_and_in_lists(
    new_page: NewPage, server: Server
) -> None:
    address = new_members_room(server, "The Den", "Ada", "Ben")
    ada, ben = new_page("Ada"), new_page("Ben")
    for page, name in ((ada, "ada"), (ben, "ben")):
        sign_in(page, server, name)
        open_room(page, server, address)
    row = sidebar_row(ben, "The Den").locator(".rooms-link")
    expect_letters(row)
    ada.goto(f"{server.url}/chat/{address}/settings/")
    set_picture(ada)
    expect(ada.get_by_text("The picture of the room is saved.")).to_be_visible()
    expect_shown(row, "::after")
    ben.reload()
    for page in (ben, ben.context.new_page()):
        page.goto(f"{server.url}/" if page is not ben else page.url)
        picture = page.locator(".room-title img, .rooms a img").first
        expect(picture).to_have_attribute("src", PICTURE)
        assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 96


@pytest.mark.parametrize("server", ["daphne"], indirect=True)
def test_the_forms_are_accessible_and_fit_on_a_small_phone(
    new_page: NewPage, server: Server
) -> None:
    address = new_members_room(server, "The Burrow", "Ada", "Ben")
    page = sign_in(new_page("Ada", **SMALL_PHONE), server, "ada")
    for path in ("/accounts/profile/", f"/chat/{address}/settings/"):
        page.goto(f"{server.url}{path}")
        set_picture(page)
        expect(page.locator(".picture-row img")).to_be_visible()
        assert violations(page) == []
        assert cut_off(page) == []
        assert small_targets(page, 24) == []
