"""Cards of links in the timeline, as the server gives them to messages."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import box_of
from chat.tests.browser.room_page import PHONE, Enter, another_tab, send_message
from chat.tests.support.servers import Server, shell

LINK = "https://tea.example/all?about=tea"
CARD = {
    "title": "All about tea, and how to brew it in a small kitchen on a rainy day",
    "text": "Green, black and white: what the leaves have in common, how hot the water is, and how "
    "long it takes until somebody finds biscuits to go with it, which they will.",
    "site": "The Tea House",
}
GIVE = """
import io
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from chat import runtime
from chat.files.storage import files_storage
from chat.journal.changes import SetCard
from chat.models import CardPicture, Message
message = Message.objects.filter(html__contains="tea.example").latest("pk")
content, picture = bytes.fromhex("{picture}"), None
if content:
    picture = CardPicture.begin(etag="e", size=len(content), width=320, height=180)
    files_storage().save(picture.key, ContentFile(content))
change = SetCard(message.room_id, message.author_id, message.seq, "{url}", {card}, picture)
print(runtime.append_from_sync(change).entry.version)
"""


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 180), "teal").save(drawn, "WEBP")
    return drawn.getvalue()


def give_card(server: Server, content: bytes = b"", **others: str) -> None:
    """Give the latest link its card, as a job does."""
    card = json.dumps(CARD | others)
    shell(server, GIVE.format(picture=content.hex(), url=LINK, card=card))


def post_with_card(page: Page, server: Server, content: bytes = b"", **others: str) -> None:
    send_message(page, f"Look: {LINK}")
    give_card(server, content, **others)
    expect(page.locator(".link-card-link")).to_be_visible()


@pytest.fixture
def alice(enter: Enter) -> Page:
    return enter("Alice")


def test_a_card_says_what_the_page_is_and_where(alice: Page, server: Server) -> None:
    post_with_card(alice, server, picture())
    link = alice.locator(".link-card-link")
    expect(link).to_have_attribute("href", LINK)
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow ugc")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_accessible_name(f"{CARD['title']} {CARD['text']} tea.example")
    image = alice.locator(".link-card-picture")
    assert image.evaluate("async (it) => { await it.decode(); return it.naturalWidth; }") == 320
    expect(alice.locator(".message-edited")).to_have_count(0)
    assert violations(alice) == []


def test_hostile_words_are_words(alice: Page, server: Server) -> None:
    post_with_card(alice, server, title="<img src=x onerror=alert(1)>", text="</span><b>b</b>")
    expect(alice.locator(".link-card-title")).to_have_text("<img src=x onerror=alert(1)>")
    expect(alice.locator(".link-card img, .link-card b")).to_have_count(0)


def test_all_cards_are_equally_high_and_their_place_is_there_before_they_come(
    alice: Page, server: Server
) -> None:
    post_with_card(alice, server, text="")
    without = box_of(alice.locator(".link-card"))["height"]
    held: list[Route] = []
    tab = alice.context.new_page()
    tab.route("**/js/link_cards*", lambda route: held.append(route))
    tab.goto(alice.url)
    expect(tab.locator(".link-card")).to_have_count(1)
    expect(tab.locator(".link-card-link")).to_have_count(0)
    before = box_of(tab.locator(".link-card"))
    held[0].continue_()
    expect(tab.locator(".link-card-link")).to_be_visible()
    assert box_of(tab.locator(".link-card")) == before
    assert before["height"] == without


def test_its_author_takes_a_card_away_everywhere_and_for_good(
    alice: Page, enter: Enter, server: Server
) -> None:
    bob = enter("Bob")
    post_with_card(alice, server)
    expect(bob.locator(".link-card-link")).to_be_visible()
    expect(bob.get_by_role("button", name="Remove the card of this link")).to_have_count(0)
    alice.get_by_role("button", name="Remove the card of this link").click()
    for page in (alice, bob, another_tab(bob)):
        expect(page.locator(".message-text")).to_contain_text(LINK)
        expect(page.locator(".link-card")).to_have_count(0)
        expect(page.locator(".message-edited")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_room_for_a_card(enter: Enter, server: Server, scheme: str) -> None:
    phone = enter("Alice", color_scheme=scheme, **PHONE)
    post_with_card(phone, server, picture(), title="W" * 150)
    card = box_of(phone.locator(".link-card"))
    assert card["x"] > 0
    assert card["x"] + card["width"] <= 375
    removal = box_of(phone.locator(".link-card-removal"))
    assert min(removal["width"], removal["height"]) >= 44
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert violations(phone) == []


def test_a_reader_of_german_can_take_a_card_away(enter: Enter, server: Server) -> None:
    alice = enter("Alice")
    post_with_card(alice, server)
    alice.context.add_cookies([{"name": "django_language", "value": "de", "url": server.url}])
    alice.reload()
    expect(alice.get_by_role("button", name="Karte dieses Links entfernen")).to_be_visible()
