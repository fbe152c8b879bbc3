"""Renders the text of a message: its HTML, and the members it mentions."""

from collections import defaultdict

from chat import formatting
from chat.journal import database
from chat.journal.changes import NO_MARKUP, Markup, Mentioned
from chat.models import Member, Room

CANDIDATES_MAX = 50  # members looked up for the names in one text


async def mark_up_in_thread(room: Room, text: str) -> Markup:
    """Render without blocking the event loop. Raises what the database raises."""
    return (
        NO_MARKUP
        if formatting.is_plain_text(text)
        else await database.read_urgent(mark_up, room, text)
    )


def mark_up(room: Room, text: str) -> Markup:
    """Render a text. A name mentions the members of that name who have been in the room.

    `formatting` limits how many namesakes, CANDIDATES_MAX how many members for all names.
    """
    found = _members_named(room, formatting.mention_candidates(text))
    people = defaultdict(list)
    for member in found:
        people[member.name_key].append(member.uid)
    rendered = formatting.render(text, people)
    pks = {member.uid: member.pk for member in found}
    mentioned = tuple(Mentioned(pks[uid], uid) for uid in rendered.mentioned)
    return Markup(rendered.html, mentioned, rendered.everybody)


def _members_named(room: Room, keys: set[str]) -> list[Member]:
    if not keys:
        return []
    members = Member.objects.filter(subscription__room=room, name_key__in=keys)
    return list(members.order_by("-subscription__visited_at")[:CANDIDATES_MAX])
