"""Renews the README's screenshot: a conversation, in a real browser, on a real server."""

import sys
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import Page, expect

from chat.tests.browser.chromium import chromium
from chat.tests.support.servers import Server, serving

CONVERSATION = [
    ("Grace", "/topic The kettle, and what it sings"),
    ("Ada", "The new kettle whistles in **two keys** at once. A feature, or a cry for help?"),
    ("Grace", "Leave it on. It is the only one of us with perfect pitch."),
    ("Ada", '@Grace I wrote the notes down:\n```python\nkettle.sing(["C♯", "almost F"])\n```'),
    ("Grace", "That is the start of a fugue."),
    ("Grace", "Tea at four, everyone? Bring a cup, and an open mind."),
]


def person(context_page: Page, server: Server, name: str) -> Page:
    context_page.goto(server.url)
    context_page.get_by_label("Your name").fill(name)
    context_page.locator("#room-name-input").fill("Tea room")
    context_page.locator("#room-name-submit").click()
    expect(context_page.locator("[data-status]")).to_have_attribute("data-state", "open")
    return context_page


def main(target: Path) -> None:
    with serving("daphne", Path(mkdtemp())) as server, chromium() as browser:
        pages = {
            name: person(
                browser.new_page(viewport={"width": 1280, "height": 720}, device_scale_factor=2),
                server,
                name,
            )
            for name in ("Ada", "Grace")
        }
        for count, (name, text) in enumerate(CONVERSATION, 1):
            pages[name].locator("#chat-message-input").fill(text)
            pages[name].locator("#chat-message-input").press("Enter")
            for page in pages.values():
                expect(page.locator(".message:not(.is-pending)")).to_have_count(count)
        ada = pages["Ada"]
        ada.locator(".message").nth(2).hover()
        ada.locator(".actions [data-action=pick]").click()
        ada.locator("[data-reaction-quick] button").nth(2).click()
        reply = ada.locator(".message").nth(5)
        reply.hover()
        ada.locator(".actions [data-action=reply]").click()
        ada.locator("#chat-message-input").fill("I’ll be there.")
        ada.locator("#chat-message-input").press("Enter")
        expect(ada.locator(".quote")).to_be_visible()
        expect(ada.locator(".reaction")).to_be_visible()
        ada.mouse.move(0, 0)
        pages["Grace"].locator("#chat-message-input").press_sequentially("Splendid")
        expect(ada.locator("[data-typing]")).not_to_be_empty()
        target.parent.mkdir(exist_ok=True)
        ada.screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
