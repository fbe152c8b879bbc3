"""What is made of a text on its way into the journal: how it is shown, and whom it means."""

from collections import defaultdict

from chat import formatting
from chat.journal import threads
from chat.journal.changes import NO_MARKUP, Markup, Mentioned
from chat.models import Member, Room

CANDIDATES_MAX = 50  # people of a name that is asked for


async def mark_up(room: Room, text: str) -> Markup:
    """Off the event loop, unless there is nothing to do."""
    return (
        NO_MARKUP if formatting.is_plain_text(text) else await threads.read(marked_up, room, text)
    )


def marked_up(room: Room, text: str) -> Markup:
    """A name means everybody of that name who has been in the room."""
    found = _called(room, formatting.mention_candidates(text))
    people = defaultdict(list)
    for member in found:
        people[member.name_key].append(member.uid)
    rendered = formatting.render(text, people)
    pks = {member.uid: member.pk for member in found}
    members = tuple(Mentioned(pks[uid], uid) for uid in rendered.mentioned)
    return Markup(rendered.html, members, rendered.everybody)


def _called(room: Room, keys: set[str]) -> list[Member]:
    if not keys:
        return []
    here = Member.objects.filter(subscription__room=room, name_key__in=keys)
    return list(here.order_by("-subscription__visited_at")[:CANDIDATES_MAX])
