"""Renders chat/static/chat/icon.svg as PNG icons: `make icons`."""

from pathlib import Path

from playwright.sync_api import Page

from chat.tests.browser.chromium import chromium

STATIC = Path(__file__).parents[2] / "static" / "chat"
ROUNDED = "html, body { margin: 0 } svg { display: block; inline-size: 100vi; block-size: 100vb }"
# For systems that crop icons: a square without transparent corners.
SQUARE = f"{ROUNDED} svg > rect {{ rx: 0 }}"
ICONS = {
    "icon-192": (192, ROUNDED),
    "icon-512": (512, ROUNDED),
    "maskable-512": (512, SQUARE),
    "apple-touch-icon": (180, SQUARE),
}


def render(page: Page, name: str, size: int, style: str) -> None:
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>{style}</style>{(STATIC / 'icon.svg').read_text()}")
    page.screenshot(path=STATIC / "icons" / f"{name}.png", omit_background=True)


if __name__ == "__main__":
    with chromium() as browser:
        page = browser.new_page()
        for name, (size, style) in ICONS.items():
            render(page, name, size, style)
