"""Messages that are kept no longer leave an open page, and what leads to them says so."""

from urllib.parse import quote

from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import NewPage, open_room
from chat.tests.browser.socket_person import SocketPerson
from chat.tests.support.servers import Server, shell

REMOVE = """
from datetime import timedelta
from django.utils import timezone
from chat.models import Message, Room
from chat.retention import removing
room = Room.objects.get(name={room!r})
now = timezone.now()
Message.objects.filter(room=room, seq__lte={seq}).update(sent_at=now - timedelta(days=2))
while removing.remove_messages(room.pk, now - timedelta(days=1)).is_more:
    pass
print(1)
"""


def test_an_open_page_removes_them_and_says_so_in_quotes_and_for_links(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    first = bob.post("the first")
    bob.post("an answer", reply_to=first)
    page = new_page("Alice")
    open_room(page, server, room)
    texts = page.locator("[data-messages] .message-text")
    expect(texts).to_have_count(2)
    expect(page.locator("[data-timeline-start]")).to_have_text("This is the beginning of the room.")
    shell(server, REMOVE.format(room=room, seq=first))
    expect(texts).to_have_count(1, timeout=30_000)  # reconciling finds it
    expect(page.locator(".quote-text")).to_have_text("This message is no longer kept.")
    start = page.locator("[data-timeline-start]")
    expect(start).to_have_text("Earlier messages are no longer kept.")
    page.evaluate(f"location.hash = '{first}'")
    expect(page.get_by_text("This message is no longer kept.").last).to_be_visible()


def test_a_page_that_is_opened_later_says_so_too(
    server: Server, new_page: NewPage, room: str, bob: SocketPerson
) -> None:
    first = bob.post("the first")
    bob.post("an answer", reply_to=first)
    shell(server, REMOVE.format(room=room, seq=first))
    page = new_page("Alice")
    page.goto(f"{server.url}/chat/{quote(room)}/#{first}")
    expect(page.get_by_text("This message is no longer kept.").last).to_be_visible()
    expect(page.locator(".quote-text")).to_have_text("This message is no longer kept.")


def test_a_timeline_forgets_what_is_gone_and_takes_it_no_more(modules_page: Page) -> None:
    found = modules_page.evaluate("""async () => {
      const { Timeline } = await import("/static/chat/js/timeline/timeline.js");
      const message = (seq) => ({
        seq, version: seq, id: `id${seq}`, author: { id: "a", name: "Ada", guest: false },
        text: "", sent_at: "2026-11-22T14:03:10Z", reactions: [],
      });
      const timeline = new Timeline();
      timeline.put([1, 2, 3].map(message));
      const some = timeline.expire(2);
      timeline.put([message(1), message(4)]);
      return [some, timeline.seqs, timeline.hasOlder, timeline.expire(2)];
    }""")
    assert found == [True, [3, 4], False, False]
