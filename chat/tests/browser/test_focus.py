"""The focus is seen on every control that the Tab key reaches (WCAG 2.2, 2.4.7)."""

from playwright.sync_api import Page

from chat.tests.browser import states
from chat.tests.browser.room_page import NewPage, enter_room, send_message
from chat.tests.support.servers import Server

TABS_MAX = 60

# Which element has the focus, and whether an outline of two pixels shows it: its own, or that of
# the label or the background around it.
FOCUSED = """() => {
  const it = document.activeElement;
  const around = [[it], [it.closest("label")], [it.querySelector(".message-body"), "::before"]];
  const isSeen = around.some(([node, part]) => {
    const style = node && getComputedStyle(node, part);
    return style?.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2
      && style.opacity !== "0" && !/, 0\\)$/.test(style.outlineColor);
  });
  const numbers = (globalThis.focusNumbers ??= new Map());
  numbers.has(it) || numbers.set(it, numbers.size);
  return [numbers.get(it), isSeen || it === document.body, it.outerHTML.slice(0, 160)];
}"""


def unseen_focus(page: Page) -> list[str]:
    """The controls that the Tab key reaches on which the focus is not seen."""
    unseen, reached = [], set()
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        number, is_seen, html = page.evaluate(FOCUSED)
        if number in reached:
            break
        reached.add(number)
        if not is_seen:
            unseen.append(html)
    assert len(reached) > 2, "the Tab key reaches nothing"
    return unseen


def test_the_focus_is_seen_on_every_control(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice", viewport={"width": 1440, "height": 900})
    page.goto(server.url)
    unseen = unseen_focus(page)
    enter_room(page, server, "Alice", room)
    send_message(page, "https://example.com ||spoiler||\n```\ncode " + "x" * 200 + "\n```")
    unseen += unseen_focus(page)
    for open_dialog in (states.help_dialog, states.share_dialog, states.topic_dialog, settings):
        open_dialog(page)
        unseen += unseen_focus(page)
        states.leave_state(page)
    assert not unseen, "\n".join(unseen)


def settings(page: Page) -> None:
    states.open_people(page)
    page.locator("[data-rename]").click()
