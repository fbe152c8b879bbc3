"""Names that may follow `from:` and `in:`, of what a member may read."""

from itertools import islice

from django.db.models import F, Q

from chat.access import Found
from chat.formatting import name_key
from chat.journal import search_fields
from chat.models import Member, Room, Subscription, direct_rooms
from chat.search import index
from chat.search.index import Wanted
from chat.search.rooms import Readable, readable
from chat.words.folding import fold

NAMES_MAX = 8
NEWEST = F("posted_at").desc(nulls_last=True)
LOOKED_AT_MAX = 24  # people with such a name, of whom some have said nothing that is to be read


def people(member: Member, typed: str, room: Found | None) -> list[str]:
    """Names that `typed` begins, of those who have said something in a room, or in all of mine.

    Who only looked at a room is not told.
    """
    rooms = readable(member, room)
    key = name_key(typed.strip().removeprefix("@"))
    if not rooms or "\0" in key:  # PostgreSQL stores none
        return []
    begins = Q(name_key__startswith=key) | Q(name_key__contains=f" {key}")
    visitors = Subscription.objects.filter(room__in=list(rooms)).values("member")
    found = Member.objects.filter(begins, pk__in=visitors, is_former=False)
    by_name = found.order_by("name_key", "pk").only("pk", "name")[:LOOKED_AT_MAX]
    heard = (it.name for it in by_name if _is_heard(it, rooms))
    return list(islice(dict.fromkeys(heard), NAMES_MAX))


def _is_heard(person: Member, rooms: Readable) -> bool:
    wanted = Wanted(groups=[[search_fields.by_author(person.pk)]])
    return bool(index.candidates(wanted, rooms, before=None, limit=1))


def rooms(member: Member, typed: str) -> list[str]:
    """Names that `typed` begins, of the member's rooms, those with the latest messages first."""
    key = fold(typed.strip().removeprefix("#"))
    mine = list(readable(member, None))
    found = list(Room.objects.filter(pk__in=mine).order_by(NEWEST, "pk")) if mine else []
    direct_rooms.name_for([member.pk or 0], found)
    names = (it.shown_name for it in found)
    begun = (it for it in names if fold(it).startswith(key) or f" {key}" in fold(it))
    return list(islice(dict.fromkeys(begun), NAMES_MAX))
