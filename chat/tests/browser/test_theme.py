"""The light and the dark theme."""

from playwright.sync_api import expect

from chat.tests.browser.room_page import NewPage, enter_room
from chat.tests.support.servers import Server

THEME_BEFORE_BODY = """
  new MutationObserver((_, observer) => {
    if (document.body) {
      window.themeBeforeBody = document.documentElement.dataset.theme;
      observer.disconnect();
    }
  }).observe(document, { childList: true, subtree: true });
"""
THEME_COLOR_AND_BACKGROUND = """() => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  const color = (css) => {
    pixel.fillStyle = css;
    pixel.fillRect(0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data].join();
  };
  const metas = [...document.querySelectorAll("meta[name=theme-color]")];
  const shown = metas.filter(({ media }) => matchMedia(media).matches);
  const themeColors = shown.map(({ content }) => color(content));
  return [themeColors, [color(getComputedStyle(document.documentElement).backgroundColor)]];
}"""


def test_a_chosen_theme_applies_before_the_first_paint_of_every_page(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", color_scheme="light")
    page.context.add_init_script(THEME_BEFORE_BODY)
    enter_room(page, server, "Alice", room)
    light = page.evaluate(THEME_COLOR_AND_BACKGROUND)
    other = page.context.new_page()
    other.goto(server.url)
    page.get_by_title("Change your name").click()
    page.get_by_role("radio", name="Dark").check()
    for tab in (page, other):
        expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
        expect(tab.locator("[name=theme][value=dark]")).to_be_checked()
    dark = page.evaluate(THEME_COLOR_AND_BACKGROUND)
    assert dark != light
    for theme_color, background in (light, dark):
        assert theme_color == background
    for address in (page.url, server.url, f"{server.url}/chat/a/b/"):
        page.goto(address)
        assert page.evaluate("themeBeforeBody") == "dark"
    page.get_by_role("link", name="Go to the start page").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.evaluate("themeBeforeBody") == "dark"
    page.get_by_role("radio", name="System").check()
    assert page.evaluate(THEME_COLOR_AND_BACKGROUND) == light
