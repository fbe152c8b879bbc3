"""Renders the text of a message: its HTML, and the members it mentions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    QuerySet,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from chat import formatting
from chat.formatting import NAMESAKES_MAX, name_key
from chat.journal import database
from chat.journal.changes import NO_MARKUP, Markup, Mentioned
from chat.models import Member, Membership, Message, Room
from chat.words.tokens import tokens

CANDIDATES_MAX = 50  # members looked up at once for the names in one text
SPEAKER_MESSAGES = 200  # the latest messages, whose authors come first among namesakes
PRESENT_MAX = 500  # namesakes in the room who come first
SHORT_CHARACTERS = 500  # of a plain text: its tokens take less time than another thread

People = Mapping[str, str]  # names by member ids


async def mark_up_in_thread(room: Room, text: str, present: Callable[[], People]) -> Markup:
    """Render without blocking the event loop. Raises what the database raises."""
    if formatting.is_plain_text(text) and len(text) <= SHORT_CHARACTERS:
        return NO_MARKUP
    return await database.format_text(mark_up, room, text, present())


def mark_up(room: Room, text: str, present: Mapping[str, str] = {}) -> Markup:
    """Render a text. A name mentions the members of that name who are in the room, or, where it
    is open, have been there.

    `formatting` limits how many namesakes: those `present` come first, then those who spoke lately.
    """
    keys = formatting.mention_candidates(text)
    found, counts = _members_named(room, keys, present)
    people = defaultdict(list)
    for member in found:
        people[member.name_key].append(member.uid)
    for key, member in _accounts_of_guests_named(room, keys - people.keys()):
        people[key].append(member.uid)
        found.append(member)
    rendered = formatting.render(text, people, counts)
    pks = {member.uid: member.pk for member in found}
    mentioned = tuple(Mentioned(pks[uid], uid) for uid in rendered.mentioned)
    return Markup(rendered.html, mentioned, rendered.everybody, tokens(text))


def _members_named(
    room: Room, keys: Collection[str], present: People
) -> tuple[list[Member], Mapping[str, int]]:
    """The members whom these names mention, and how many members have each name."""
    if not keys:
        return [], {}
    members = Member.objects.filter(subscription__room=room, name_key__in=keys)
    if not room.is_open:
        members = members.filter(Exists(_is_in(room, OuterRef("pk"))))
    latest = list(members.order_by("-subscription__visited_at")[: CANDIDATES_MAX + 1])
    counts = Counter(member.name_key for member in latest)
    if len(latest) <= CANDIDATES_MAX and max(counts.values(), default=0) <= NAMESAKES_MAX:
        return latest, counts
    ranked = list(_first_namesakes(room, members, keys, present))
    return ranked, {member.name_key: member.namesakes for member in ranked}


def _accounts_of_guests_named(room: Room, keys: Collection[str]) -> Iterator[tuple[str, Member]]:
    """The accounts' own members in the room that have claimed a guest of such a name."""
    if not keys:
        return
    claimed = Member.objects.filter(name_key__in=keys, claimed_by__member__subscription__room=room)
    if not room.is_open:
        claimed = claimed.filter(Exists(_is_in(room, OuterRef("claimed_by__member"))))
    guests = list(claimed.order_by("-pk")[:CANDIDATES_MAX])
    own = Member.objects.find_own(guests)
    yield from {(it.name_key, own[it.pk].pk): (it.name_key, own[it.pk]) for it in guests}.values()


def _is_in(room: Room, member: OuterRef) -> "QuerySet[Membership]":
    return Membership.objects.filter(room=room, member=member)


def _first_namesakes(
    room: Room, members: "QuerySet[Member]", keys: Collection[str], present: People
) -> "QuerySet[Member, Any]":
    """NAMESAKES_MAX members of each name, with the number of all in `namesakes`."""
    here = [uid for uid, name in present.items() if name_key(name) in keys][:PRESENT_MAX]
    latest = Message.objects.filter(room=room).order_by("-seq")[:SPEAKER_MESSAGES]
    speakers = set(latest.values_list("author_id", flat=True))
    rank = Window(
        RowNumber(),
        partition_by="name_key",
        order_by=[
            _is_true("uid__in", here).desc(),
            _is_true("pk__in", speakers).desc(),
            F("subscription__visited_at").desc(),
        ],
    )
    namesakes = Window(Count("pk"), partition_by="name_key")
    ranked = members.annotate(rank=rank, namesakes=namesakes)
    return ranked.filter(rank__lte=NAMESAKES_MAX).order_by("name_key", "rank")


def _is_true(lookup: str, values: Collection[Any]) -> Case:
    return Case(When(**{lookup: values}, then=True), default=False, output_field=BooleanField())
