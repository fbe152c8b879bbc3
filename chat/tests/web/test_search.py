"""GET /chat/search: messages with what is asked for, as a page and as JSON."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from chat.journal import Delete, Edit, Post
from chat.journal.write.markup import mark_up
from chat.live.rates import SEARCH
from chat.models import Member, Message, Room, Subscription
from chat.models.message import Kind
from chat.tests.support.files import new_file, post_files
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import add, applied, new_account, new_members_room
from chat.web.search.door import PAGE_RESULTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

PATH = "/chat/search"
HTML = {"accept": "text/html"}
ACROSS = "~11111111-1111-4111-8111-111111111111"


@pytest.fixture
def lobby(ada: Member) -> Room:
    """A room of Ada's list."""
    lobby = new_open_room("lobby")
    Subscription.objects.keep(ada, lobby)
    return lobby


@pytest.fixture
def browser(ada: Member) -> Client:
    return browser_of(ada)


def post(room: Room, member: Member, text: str, **fields: Any) -> int:
    """Post a message. Returns its seq."""
    change = Post(room.pk, member.pk, uuid4(), text, markup=mark_up(room, text), **fields)
    return applied(change).entry.seq


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [it["message"]["text"] for it in answer.json()["results"]]


def page_of(browser: Client, **fields: Any) -> str:
    return str(browser.get(PATH, fields, headers=HTML).content.decode())


def test_a_program_gets_the_message_its_room_and_where_the_words_are(
    browser: Client, lobby: Room, ada: Member
) -> None:
    seq = post(lobby, ada, "😀 the **kettle** sings")
    answer = browser.get(PATH, {"q": "kett"})
    [found] = answer.json()["results"]
    assert found["room"] == {"id": "lobby", "name": "lobby"}
    assert found["marks"] == [[8, 12]]
    [as_in_history] = browser.get("/chat/lobby/messages").json()["messages"]
    assert found["message"] == as_in_history
    assert found["message"]["seq"] == seq
    assert (answer.json()["more"], answer.json()["before"]) == (False, None)
    assert "no-store" in answer["Cache-Control"]
    assert "Accept" in answer["Vary"]


def test_the_newest_comes_first_and_pages_have_each_once(
    browser: Client, lobby: Room, ada: Member
) -> None:
    for number in range(PAGE_RESULTS + 3):
        post(lobby, ada, f"kettle {number}")
    first = browser.get(PATH, {"q": "kettle"}).json()
    assert [it["message"]["text"] for it in first["results"]] == [
        f"kettle {PAGE_RESULTS + 2 - it}" for it in range(PAGE_RESULTS)
    ]
    assert first["more"]
    rest = browser.get(PATH, {"q": "kettle", "before": first["before"]})
    assert texts(rest) == ["kettle 2", "kettle 1", "kettle 0"]
    assert not rest.json()["more"]


def test_a_page_of_one_room_ends_at_a_seq_as_one_of_its_history_does(
    browser: Client, lobby: Room, ada: Member
) -> None:
    seqs = [post(lobby, ada, f"kettle {number}") for number in range(PAGE_RESULTS + 1)]
    asked = f"{PATH}?q=kettle&room=lobby"
    assert browser.get(asked).json()["before"] == seqs[1]
    assert texts(browser.get(f"{asked}&before={seqs[1]}")) == ["kettle 0"]
    assert texts(browser.get(f"{asked}&before={seqs[0]}")) == []
    assert len(texts(browser.get(f"{asked}&before={10**9}"))) == PAGE_RESULTS


def test_a_page_of_all_rooms_ends_at_a_message_and_tells_of_no_other_room(
    browser: Client, lobby: Room, ada: Member, ben: Member
) -> None:
    den = new_members_room(ben)
    post(lobby, ada, "kettle")
    hidden = post(den, ben, "kettle")
    for number in range(PAGE_RESULTS):
        post(lobby, ada, f"kettle {number}")
    page = browser.get(PATH, {"q": "kettle"}).json()
    assert page["before"] == f"{lobby.uid}.{page['results'][-1]['message']['seq']}"
    places = [f"{den.uid}.{hidden}", f"{uuid4()}.{hidden}", f"{lobby.uid}.{10**9}", "41"]
    answers = [browser.get(PATH, {"q": "kettle", "before": it}) for it in places]
    assert {it.status_code for it in answers} == {400}
    assert len({it.content for it in answers}) == 1
    shown = browser.get(PATH, {"q": "kettle", "before": places[0]}, headers=HTML)
    assert (shown.status_code, 'role="alert"' in shown.content.decode()) == (400, True)


def test_an_edit_is_found_by_its_new_words_and_a_deletion_by_none(
    browser: Client, lobby: Room, ada: Member
) -> None:
    seq = post(lobby, ada, "kettle")
    applied(Edit(lobby.pk, ada.pk, seq, "teapot"))
    assert texts(browser.get(PATH, {"q": "kettle"})) == []
    assert texts(browser.get(PATH, {"q": "teapot"})) == ["teapot"]
    applied(Delete(lobby.pk, ada.pk, seq))
    assert texts(browser.get(PATH, {"q": "teapot"})) == []


def test_only_rooms_of_my_list_and_my_memberships_are_searched_unless_i_name_one(
    browser: Client, lobby: Room, ada: Member, ben: Member
) -> None:
    attic, den = new_open_room("attic"), new_members_room(ben, [ada], "Den")
    for room in (attic, den):
        post(room, ben, f"kettle of {room.name}")
    assert texts(browser.get(PATH, {"q": "kettle"})) == ["kettle of Den"]
    assert texts(browser.get(PATH, {"q": "kettle", "room": "attic"})) == ["kettle of attic"]
    [found] = browser.get(PATH, {"q": "kettle", "room": den.address}).json()["results"]
    assert found["room"] == {"id": den.address, "name": "Den"}


def test_a_room_that_is_not_mine_is_searched_as_one_that_never_was(
    browser: Client, lobby: Room, ben: Member
) -> None:
    den = new_members_room(ben)
    post(den, ben, "kettle")
    for headers in ({}, HTML):
        outside, nowhere = (
            browser.get(PATH, {"q": "kettle", "room": it}, headers=headers)
            for it in (den.address, ACROSS)
        )
        assert outside.status_code == nowhere.status_code == 404
        csrf = 'name="csrfmiddlewaretoken"'
        assert csrf in outside.content.decode() or outside.content == nowhere.content
    for no_room in ("a/b", "a\0b", "~", "x" * 500):
        assert browser.get(PATH, {"q": "a", "room": no_room}).status_code == 404


def test_who_came_later_finds_nothing_from_before(ada: Member, ben: Member) -> None:
    den = new_members_room(ben)
    before = post(den, ben, "the old kettle")
    add(den, ben, ada, sees_history=False)
    post(den, ben, "the new kettle", reply_to=before)
    [found] = browser_of(ada).get(PATH, {"q": "kettle"}).json()["results"]
    assert (found["message"]["text"], found["message"]["reply_to"]) == ("the new kettle", None)


def test_an_open_room_that_nobody_has_been_in_is_empty_and_stays_unmade(
    browser: Client, db: None
) -> None:
    assert texts(browser.get(PATH, {"q": "kettle", "room": "nowhere"})) == []
    assert browser.get(PATH, {"q": "kettle", "room": "nowhere"}, headers=HTML).status_code == 200
    assert not Room.objects.exists()


def test_without_a_query_nothing_is_found(browser: Client, lobby: Room, ada: Member) -> None:
    post(lobby, ada, "kettle")
    assert texts(browser.get(PATH)) == texts(browser.get(PATH, {"q": "  "})) == []
    assert "from:name" in page_of(browser)


def test_a_new_guest_searches_an_open_room(client: Client, lobby: Room, ada: Member) -> None:
    post(lobby, ada, "kettle")
    assert texts(client.get(PATH, {"q": "kettle"})) == []
    assert texts(client.get(PATH, {"q": "kettle", "room": "LOBBY"})) == ["kettle"]


def test_days_begin_where_the_browser_is(browser: Client, lobby: Room, ada: Member) -> None:
    post(lobby, ada, "kettle")
    Message.objects.update(sent_at=datetime(2026, 11, 26, 23, 30, tzinfo=UTC))
    berlin = {"zone": "Europe/Berlin"}
    assert texts(browser.get(PATH, {"q": "on:2026-11-27"} | berlin)) == ["kettle"]
    assert texts(browser.get(PATH, {"q": "on:2026-11-26"} | berlin)) == []
    assert texts(browser.get(PATH, {"q": "on:2026-11-26", "zone": "UTC"})) == ["kettle"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"q": "a" * 257}, "too_long"),
        ({"q": "a" * 10_000}, "too_long"),
        ({"q": "a\0b"}, "bad_text"),
        ({"q": "on:2026-13-01"}, "bad_date"),
        ({"q": "-kettle"}, "nothing_wanted"),
        ({"q": " ".join(map(str, range(40)))}, "too_many_words"),
        ({"q": "a", "before": "x"}, "bad_form"),
        ({"q": "a", "before": str(2**63)}, "bad_form"),
        ({"q": "a", "before": "0"}, "bad_form"),
        ({"q": "a", "before": "²"}, "bad_form"),
        ({"q": "a", "before": "9" * 5_000}, "bad_form"),
        ({"q": "a", "before": "x.1"}, "bad_form"),
        ({"q": "a", "zone": "../etc/passwd"}, "bad_form"),
        ({"q": "a", "zone": "a\0b"}, "bad_form"),
    ],
)
def test_a_program_hears_what_is_wrong(
    browser: Client, lobby: Room, fields: dict[str, str], code: str
) -> None:
    answer = browser.get(PATH, fields)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert answer.json()["error"]["detail"]
    page = browser.get(PATH, fields, headers=HTML)
    assert page.status_code == (200 if code == "bad_form" else 400)
    assert ('role="alert"' in page.content.decode()) == (code != "bad_form")


@pytest.mark.parametrize(
    "q",
    [
        *('"never closed', "from:", "-", '""', "in:", "%", "a OR b", "'; DROP TABLE x; --", "*"),
        *("a*", "NEAR(a b)", "{a b}:", "\\", "\u202e", "😀", "水", "C++", "^a", "a AND NOT b"),
    ],
)
def test_any_text_is_answered(browser: Client, lobby: Room, ada: Member, q: str) -> None:
    post(lobby, ada, "kettle")
    assert browser.get(PATH, {"q": q}).status_code == 200
    assert browser.get(PATH, {"q": q}, headers=HTML).status_code == 200


def test_a_lone_surrogate_in_the_address_is_no_error(browser: Client, lobby: Room) -> None:
    for q in ("%ED%A0%80", "%FF", "%C0%80"):
        assert browser.get(f"{PATH}?q={q}").status_code in {200, 400}
        assert browser.get(f"/chat/search/names?operator=from&q={q}").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_search_is_a_get_or_a_head(browser: Client, lobby: Room, method: str) -> None:
    assert getattr(browser, method)(PATH).status_code == 405
    head = browser.head(PATH, {"q": "kettle"})
    assert (head.status_code, head.content) == (200, b"")


async def test_who_searches_too_fast_is_told_to_wait(settings: Settings, db: None) -> None:
    settings.RATES = {SEARCH: (None, (3, 600))}
    client = AsyncClient()
    paths = [f"{PATH}?q=a", "/chat/search/names?operator=in", "/chat/search/day?date=2026-11-27"]
    answers = [await client.get(it) for it in (*paths, *paths)]
    page = await client.get(PATH, headers=HTML)
    await sync_to_async(connections.close_all)()  # on the thread that ran the views
    assert [it.status_code for it in answers] == [200, 200, 200, 429, 429, 429]
    assert (page.status_code, "Retry-After" in page) == (429, True)


# --- the page -----------------------------------------------------------------------------------


def test_the_page_groups_by_room_and_marks_the_words(
    browser: Client, lobby: Room, ada: Member
) -> None:
    garden = new_open_room("garden")
    Subscription.objects.keep(ada, garden)
    seq = post(lobby, ada, "first line\nthe kettle <b>sings</b>")
    post(garden, ada, "kettle")
    post(lobby, ada, "KETTLE")
    page = page_of(browser, q="kettle")
    assert page.index(">lobby</bdi></h2>") < page.index(">garden</bdi></h2>")
    assert page.count("</h2>") == 2
    assert f'href="/chat/lobby/#{seq}"' in page
    assert "the <mark>kettle</mark> &lt;b&gt;sings&lt;/b&gt;" in page
    assert "<mark>KETTLE</mark>" in page


def test_the_page_leads_on_to_older_messages(browser: Client, lobby: Room, ada: Member) -> None:
    for _ in range(PAGE_RESULTS + 1):
        post(lobby, ada, "kettle & tea")
    page = page_of(browser, q="kettle & tea", room="lobby")
    before = browser.get(PATH, {"q": "kettle & tea", "room": "lobby"}).json()["before"]
    assert f'href="?q=kettle%20%26%20tea&amp;room=lobby&amp;before={before}"' in page
    older = page_of(browser, q="kettle & tea", room="lobby", before=before)
    assert older.count('class="search-result"') == 1
    assert 'href="?q=kettle%20%26%20tea&amp;room=lobby"' in older


def test_the_page_says_what_was_asked_where_nothing_is_found(browser: Client, lobby: Room) -> None:
    page = page_of(browser, q='<script>"x')
    assert "Nothing was found for “&lt;script&gt;&quot;x”." in page
    assert "<script>&quot;" not in page


def test_the_page_shows_a_file_by_its_name(browser: Client, lobby: Room, ada: Member) -> None:
    post_files(ada, new_file(ada, lobby, "kettle.txt"), text="Look")
    page = page_of(browser, q="kettle")
    assert "📎 kettle.txt" in page
    assert "Look" in page


def test_a_topic_is_found_and_an_event_is_not(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    post(den, ada, "about kettles", kind=Kind.TOPIC)
    assert texts(browser_of(ada).get(PATH, {"q": "kettles"})) == ["about kettles"]
    assert texts(browser_of(ada).get(PATH, {"q": "added"})) == []


# --- names --------------------------------------------------------------------------------------


def names(browser: Client, operator: str, q: str, **fields: str) -> list[str]:
    answer = browser.get("/chat/search/names", {"operator": operator, "q": q, **fields})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return list(answer.json()["names"])


def test_names_of_people_and_rooms_are_those_that_i_may_see(
    browser: Client, lobby: Room, ada: Member, ben: Member
) -> None:
    Subscription.objects.keep(ben, lobby)
    post(lobby, ben, "hello")
    secret = new_members_room(new_account("Beate"), name="Benches")
    assert names(browser, "from", "be") == ["Ben"]
    assert names(browser, "from", "be", room="lobby") == ["Ben"]
    assert names(browser, "in", "be") == []
    assert names(browser, "in", "lo") == ["lobby"]
    nowhere = browser.get("/chat/search/names", {"operator": "from", "room": ACROSS})
    outside = browser.get("/chat/search/names", {"operator": "from", "room": secret.address})
    assert outside.status_code == nowhere.status_code == 404
    assert outside.content == nowhere.content


def test_names_of_something_else_are_refused(browser: Client, lobby: Room) -> None:
    answer = browser.get("/chat/search/names", {"operator": "has"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_form")
    assert names(browser, "from", "x" * 5_000) == names(browser, "in", "\0") == []
    assert names(browser, "from", "a", room="nowhere") == []


# --- days ---------------------------------------------------------------------------------------


def first_of(browser: Client, date: str, **fields: str) -> Any:
    asked = {"room": "lobby", "zone": "UTC", "date": date, **fields}
    return browser.get("/chat/search/day", asked).json()["seq"]


def test_a_day_leads_to_its_first_message_or_the_next_one(
    browser: Client, lobby: Room, ada: Member
) -> None:
    for day in (3, 3, 7, 9):
        seq = post(lobby, ada, "hi")
        sent_at = datetime(2026, 11, day, 23, 30, tzinfo=UTC)
        Message.objects.filter(room=lobby, seq=seq).update(sent_at=sent_at)
    days = ["2026-11-01", "2026-11-03", "2026-11-04", "2026-11-07", "2026-11-09", "2026-11-10"]
    assert [first_of(browser, it) for it in days] == [1, 1, 3, 3, 4, None]
    assert first_of(browser, "2026-11-10", zone="Asia/Tokyo") == 4
    assert first_of(browser, "2026-11-01", room="nowhere") is None


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak"])
def test_the_edges_of_the_calendar_are_days(
    browser: Client, lobby: Room, ada: Member, date: str, zone: str
) -> None:
    post(lobby, ada, "hi")
    assert first_of(browser, date, zone=zone) == (1 if date < "2026" else None)


def test_a_day_in_a_long_room_is_found_by_few_queries(
    browser: Client, lobby: Room, ada: Member, django_assert_max_num_queries: Any
) -> None:
    for _ in range(33):
        post(lobby, ada, "hi")
    with django_assert_max_num_queries(16):
        assert first_of(browser, "2020-01-01") == 1


@pytest.mark.parametrize("date", ["", "27.11.2026", "2026-02-30", "x", "2026-11-27\0"])
def test_what_is_no_day_is_refused(browser: Client, lobby: Room, date: str) -> None:
    answer = browser.get("/chat/search/day", {"room": "lobby", "date": date})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_form")


def test_a_day_before_i_came_leads_to_the_first_message_that_i_see(
    ada: Member, ben: Member
) -> None:
    den = new_members_room(ben)
    post(den, ben, "before")
    add(den, ben, ada, sees_history=False)
    own = post(den, ben, "after")
    seen = first_of(browser_of(ada), "2020-01-01", room=den.address)
    assert seen is not None
    assert own >= seen > 2
