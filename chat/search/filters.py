"""What a query asks of messages beside their words: from whom, in which rooms, with what.

Names are looked for among what the member may see. One that exists elsewhere is as one that exists
nowhere.
"""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef

from chat.formatting import name_key
from chat.journal import search_fields
from chat.models import Member, Room, Subscription, direct_rooms
from chat.search import matching
from chat.search.index import Wanted
from chat.search.matching import Needle
from chat.search.query import Query
from chat.search.rooms import Readable
from chat.words.folding import fold

NAMESAKES_MAX = 50

HAS = {
    "link": search_fields.HAS_LINK,
    "file": search_fields.HAS_FILE,
    "image": search_fields.HAS_IMAGE,
    "code": search_fields.HAS_CODE,
}


def asked(member: Member, query: Query, rooms: Readable) -> tuple[Wanted, Readable] | None:
    """What the index is asked for, and in which rooms. None if no message can be meant."""
    rooms = _named_rooms(member, query, rooms)
    people = _named_people(query.filters.people, rooms)
    if not rooms or (query.filters.people and not people):
        return None
    filters = query.filters
    wanted = Wanted(matching.needs(query.terms), since=filters.since, until=filters.until)
    wanted.outside = filters.outside
    wanted.groups = [[HAS[it]] for it in sorted(filters.has)]
    if people:
        wanted.groups.append(people)
    kinds = _kinds(member, {*filters.kinds, *filters.not_kinds})
    wanted.groups += [kinds[it] for it in sorted(filters.kinds)]
    unwanted = [HAS[it] for it in sorted(filters.has_not)]
    unwanted += _named_people(filters.not_people, rooms)
    unwanted += [token for it in sorted(filters.not_kinds) for token in kinds[it]]
    if "mention" in filters.kinds:
        unwanted += kinds["mine"]  # nobody is told of what they said themselves
    wanted.others = [Needle(it) for it in unwanted]
    wanted.others += [it for term in query.terms if term.is_negated and (it := term.excluded())]
    return wanted, rooms


def _named_rooms(member: Member, query: Query, rooms: Readable) -> Readable:
    """Those of the rooms that are asked for, by their names as the member sees them."""
    wanted, unwanted = query.filters.rooms, query.filters.not_rooms
    if not rooms or not (wanted or unwanted):
        return rooms
    found = list(Room.objects.filter(pk__in=list(rooms)))
    direct_rooms.name_for([member.pk or 0], found)
    keys, not_keys = {fold(it) for it in wanted}, {fold(it) for it in unwanted}
    names = {it.pk: {fold(it.shown_name), fold(it.address)} for it in found}
    return {
        pk: seq
        for pk, seq in rooms.items()
        if (not wanted or names[pk] & keys) and not names[pk] & not_keys
    }


def _named_people(names: Iterable[str], rooms: Readable) -> list[str]:
    """The tokens of those who have one of these names: first those who are in the rooms."""
    keys = {name_key(it.removeprefix("@")) for it in names} - {""}
    if not keys or not rooms:
        return []
    is_there = Exists(Subscription.objects.filter(member=OuterRef("pk"), room__in=list(rooms)))
    found = Member.objects.filter(name_key__in=keys).order_by(is_there.desc(), "-pk")
    return [
        search_fields.by_author(pk) for pk in found.values_list("pk", flat=True)[:NAMESAKES_MAX]
    ]


def _kinds(member: Member, kinds: Collection[str]) -> dict[str, list[str]]:
    """The tokens of what is the member's, or mentions the member: also of claimed guests."""
    if not kinds:
        return {}
    pks = [member.pk] if member.is_saved else []
    if member.user_id is not None and member.is_saved:
        pks += Member.objects.claimed_by(member)
    mentions = [search_fields.MENTIONS_EVERYBODY, *map(search_fields.mentions, pks)]
    return {"mine": [search_fields.by_author(it) for it in pks], "mention": mentions}
