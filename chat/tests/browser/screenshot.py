"""Renews the README's screenshot: a conversation, in a real browser, on a real server."""

import sys
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import Page, expect

from chat.tests.browser.chromium import chromium
from chat.tests.support.servers import Server, serving

CONVERSATION = [
    ("Ada", "The new kettle whistles in two keys at once. A feature, or a cry for help?"),
    ("Grace", "Leave it on. It is the only one of us with perfect pitch."),
    ("Ada", "I wrote the notes down:\n  C sharp\n  something like an F"),
    ("Grace", "That is the start of a fugue."),
    ("Grace", "Tea at four, everyone? Bring a cup, and an open mind."),
    ("Ada", "I’ll be there."),
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
                browser.new_page(viewport={"width": 1120, "height": 640}, device_scale_factor=2),
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
        target.parent.mkdir(exist_ok=True)
        pages["Ada"].screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
