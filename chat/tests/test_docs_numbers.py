"""The numbers in the documents are those of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.invites import VISITOR_SECONDS
from chat import invites
from chat.files import own_pictures, serving, sweep
from chat.files.picture_worker import decoding, limits
from chat.files.pictures import process
from chat.files.storage import bucket
from chat.journal import journal
from chat.journal.read import latest_page, tail, window
from chat.journal.write import appender
from chat.link_cards import client, fetching, jobs, picture
from chat.live import away
from chat.live.presence import participants, room_presence
from chat.live.rates import shared
from chat.live.sidebar import NEWS_SECONDS, unread_counts
from chat.models.file import UNSENT_KEPT
from chat.models.job import WAITS
from chat.models.message import REACTION_NAMES_MAX, REACTIONS_MAX
from chat.picture_sizes import PREVIEW_SIZES, SQUARE_SIZES
from chat.protocol import (
    ALT_MAX_CHARACTERS,
    FILES_MAX,
    FRAME_MAX_BYTES,
    ID_MAX_CHARACTERS,
    TEXT_MAX_CHARACTERS,
)
from chat.protocol.text import TOPIC_MAX_CHARACTERS
from chat.runtime import CARDS_AT_ONCE
from chat.sockets import chat_v1
from chat.transport import channel_layer
from chat.web.forms import HistoryForm
from mysite.servers import connections, daphne_websocket, page_threads
from mysite.servers.uploads import pace, slots

KIB, MIB = 1024, 1024 * 1024


def document(name: str) -> str:
    """The text of a document on one line."""
    return " ".join(Path(settings.BASE_DIR, "docs", name).read_text().split())


def of_a_minute(bound: tuple[int, float]) -> list[int]:
    """How many of something there may be, if that is for a minute."""
    most, seconds = bound
    return [most] if seconds == 60 else []


PROTOCOL = [
    f"at most {FRAME_MAX_BYTES // KIB} KiB",
    f"1 to {TEXT_MAX_CHARACTERS:,} characters",
    f"at most {TOPIC_MAX_CHARACTERS} characters",
    f"at most {ID_MAX_CHARACTERS} characters",
    f"{REACTIONS_MAX} different",
    f"{REACTION_NAMES_MAX} people",
    f"at most {room_presence.SHOWN_PEOPLE} people",
    f"at most {room_presence.SHOWN_TYPING} who are typing",
    f"the {unread_counts.LISTED_ROOMS} visited last",
    f"stop at {unread_counts.COUNT_MAX}",
    f"the latest first, at most {away.LISTED_MAX} each",
    f"The latest {away.CHANGES_MAX:,} changes are looked at",
    f"more than {chat_v1.RESUME_CHANGES} changes behind",
    f"at most {latest_page.PAGE_ENTRIES}, follow",
    f"at most {window.WINDOW_CHANGES:,} changes or {window.WINDOW_BYTES // KIB} KiB",
    f"every {window.ACK_CHANGES} changes, before {window.WINDOW_BYTES // KIB // 2} KiB",
    f"for {chat_v1.ACK_SECONDS} seconds, with 1013",
    f"default {HistoryForm.DEFAULT_LIMIT}",
    f"at most {FILES_MAX} [files]",
    f"at most {ALT_MAX_CHARACTERS:,} characters each",
    ", ".join(f"`{it}.webp`" for it in PREVIEW_SIZES[:-1]) + f" or `{PREVIEW_SIZES[-1]}.webp`",
]
DELIVERY = [
    f"`RECONCILE_SECONDS` ({settings.RECONCILE_SECONDS:g})",
    f"for {journal.DRAIN_SECONDS} seconds at most",
    f"up to {shared.REDIS_TIMEOUT_SECONDS:g} second for a sender",
    f"up to {channel_layer.ANSWER_SECONDS:g} seconds for the first connection",
    f"{window.WINDOW_CHANGES:,} changes or {window.WINDOW_BYTES // KIB} KiB",
    f"after {chat_v1.ACK_SECONDS} s without",
    f"{daphne_websocket.UNSENT_MAX_BYTES // KIB // KIB} MiB, then the server cuts",
    f"{daphne_websocket.UNREAD_MAX_FRAMES} frames and one read on daphne",
    f"the last {tail.TAIL_ENTRIES:,} entries or {tail.TAIL_BYTES // KIB // KIB} MiB",
    f"more than {chat_v1.RESUME_CHANGES} changes behind",
    f"at least every {window.ACK_CHANGES} changes",
]


FILES = [
    f"at most {FILES_MAX} files",
    f"{decoding.PIXELS_MAX // 10**6} million pixels, an animation",
    f"an animation {decoding.ANIMATION_PIXELS_MAX // 10**6} million",
    f"{limits.MEMORY_BYTES // 2**30} GiB of address space",
    f"and {limits.CPU_SECONDS} s of the processor",
    f"{process.WORKERS_MAX} work at once",
    "{}, {} and {} pixels".format(*PREVIEW_SIZES),
    f"of up to {WAITS[-1] // timedelta(hours=1)} hours",
    {timedelta(days=1): "goes after a day"}[UNSENT_KEPT],
    {timedelta(hours=1): "younger than an hour"}[sweep.UNDER_WAY],
    f"takes {slots.UPLOADS_MAX} uploads at once, {slots.NETWORK_UPLOADS_MAX} of a network",
    f"at {pace.BYTES_PER_SECOND // 10**6} MB/s together",
    f"takes {page_threads.UPLOADS_SHARE * 100:.0f} % of one processor",
    f"take up to {own_pictures.MAX_BYTES // MIB} MiB each",
    "WebP of {} and {} pixels".format(*SQUARE_SIZES),
    f"no connection within {bucket.CONNECT_SECONDS} s, or sends nothing for",
    f"or sends nothing for {bucket.READ_SECONDS} s",
    {3: "a request is tried three times"}[bucket.ATTEMPTS],
    f"above {bucket.TRANSFER.multipart_threshold // MIB} MiB, the only ones",
    f"a page thread waits {serving.FIRST_SECONDS} s for a file",
    f"takes nothing for {connections.ANSWER_SECONDS} s is cut off",
    f"of more than {connections.UNREAD_MAX} unread answers",
]
LINK_CARDS = [
    {3_600: "one fetch in an hour"}[fetching.KEPT_SECONDS],
    f"{fetching.KEPT_MAX} links are remembered",
    "**{} pages a minute** for each member".format(*of_a_minute(fetching.FETCHES_OF_MEMBER)),
    "**{} requests a minute** to each address".format(*of_a_minute(fetching.REQUESTS_TO_ADDRESS)),
    {(3, timedelta(minutes=1)): "waits a minute, twice"}[jobs.TRIES_MAX, jobs.TRIED_AGAIN],
    f"must come within {fetching.WHOLE_SECONDS} s",
    f"the first {fetching.PAGE_MAX_BYTES // KIB} KiB are read",
    f"a picture may have {fetching.PICTURE_MAX_BYTES // MIB} MiB",
    {3: "A process fetches three at once"}[CARDS_AT_ONCE],
    {3: "Redirects, at most three"}[client.REDIRECTS_MAX],
    f"their preview of {picture.SIZE} pixels",
]


@pytest.mark.parametrize("sentence", FILES)
def test_files_md_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in document("files.md")


@pytest.mark.parametrize("sentence", LINK_CARDS)
def test_link_cards_md_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in document("link_cards.md")


@pytest.mark.parametrize("sentence", PROTOCOL)
def test_protocol_md_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in document("protocol.md")


@pytest.mark.parametrize(
    "sentence",
    [
        f"at most {invites.OPEN_MAX} invites that did not end",
        f"the last {invites.ENDED_MAX} of the others",
    ],
)
def test_rooms_md_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in document("rooms.md")


def test_a_rooms_invite_lets_sign_up_for_an_hour() -> None:
    assert VISITOR_SECONDS == 3_600
    assert "within an hour of opening it" in document("rooms.md")


@pytest.mark.parametrize("sentence", DELIVERY)
def test_delivery_md_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in document("delivery.md")


def test_news_come_at_most_once_a_second() -> None:
    assert NEWS_SECONDS == 1
    assert "`news` comes at most once a second" in document("protocol.md")


def test_presence_is_sent_at_most_twice_a_second() -> None:
    assert room_presence.FRAME_SECONDS == 0.5
    assert "at most two of these frames a second" in document("protocol.md")


def test_people_of_a_crashed_process_disappear_within_a_minute() -> None:
    assert participants.EXPIRE_SECONDS + room_presence.HEARTBEAT_SECONDS < 60
    assert "disappear within a minute" in document("protocol.md")


def test_reactions_wait_a_fifth_of_a_second() -> None:
    assert appender.GATHER_SECONDS == 0.2
    assert re.search(r"fifth of a second", document("protocol.md"))


SYNC = {"sqlite": ("PRAGMA synchronous", 2), "postgresql": ("SHOW synchronous_commit", "on")}


@pytest.mark.django_db
def test_the_database_syncs_every_commit() -> None:
    statement, value = SYNC[connection.vendor]
    with connection.cursor() as asking:
        asking.execute(statement)
        assert asking.fetchone() == (value,)


OVERWRITING = {"sqlite": ("PRAGMA secure_delete", 1), "postgresql": ("SHOW autovacuum", "on")}


@pytest.mark.django_db
def test_what_is_deleted_goes_from_the_database_as_retention_md_says() -> None:
    statement, value = OVERWRITING[connection.vendor]
    with connection.cursor() as asking:
        asking.execute(statement)
        assert asking.fetchone() == (value,)
    assert "Deleted rows are overwritten with zeros" in document("retention.md")
