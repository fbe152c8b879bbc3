"""Reports of messages: who makes them, who sees them, and who decides what becomes of them.

Who keeps a room sees what was reported there, but for what is about themselves, or from before they
came. Operators see that of open rooms; of others only what no moderator of the room can look at, or
what is about one of them.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from chat import access, policy
from chat.models import (
    CaseNote,
    Member,
    Membership,
    Message,
    ModerationAct,
    ReportCase,
    Role,
    Room,
    RoomKind,
    Sanction,
    Verdict,
)
from chat.models.message import Kind
from chat.models.moderation_act import TOLD
from chat.models.report import LINES_AFTER, LINES_BEFORE, NOTES_MAX, ReportCaseQuerySet
from chat.policy import Action, Standing

COUNT_MAX = 100  # open cases are counted up to here
KEEPING = [Role.OWNER, Role.MODERATOR]


class NotAllowed(Exception):
    """The member may not report this."""


class NoSuchMessage(Exception):
    """There is no such message that the member sees, or nobody wrote it."""


# --- reporting ----------------------------------------------------------------------------------


@transaction.atomic
def report(member: Member, room: Room, seq: int, why: str) -> bool:
    """Report a message. Returns whether that is new. Raises NotAllowed and NoSuchMessage."""
    room = Room.objects.select_for_update(no_key=True, of=("self",)).get(pk=room.pk)
    found = access.find_in(member, room)
    if found is None or not found.may(member, Action.REPORT):
        raise NotAllowed
    visible_from = found.standing.visible_from
    message = _written(room, visible_from).filter(seq=seq).first()
    if message is None:
        raise NoSuchMessage
    if policy.is_author(member, message):
        raise NotAllowed
    lines = _lines_around(message, visible_from)
    return ReportCase.objects.add_report(message, lines, member.ensure_saved(), why)


def _written(room: Room, visible_from: int) -> QuerySet[Message]:
    """What somebody wrote in the room, and who came in at a seq sees."""
    found = Message.objects.filter(room=room, seq__gte=visible_from, deleted_at=None)
    return found.exclude(kind=Kind.EVENT).select_related("author")


def _lines_around(message: Message, visible_from: int) -> list[Message]:
    near = _written(message.room, visible_from)
    before = near.filter(seq__lt=message.seq).order_by("-seq")[:LINES_BEFORE]
    after = near.filter(seq__gt=message.seq).order_by("seq")[:LINES_AFTER]
    return [*before, *after]


# --- deciding -----------------------------------------------------------------------------------


def visible(member: Member) -> ReportCaseQuerySet:
    """The cases that the member may see, and decide."""
    return visible_in(member, kept_rooms(member))


def visible_in(member: Member, kept: dict[int, Standing]) -> ReportCaseQuerySet:
    """As `visible`, for who keeps these rooms."""
    seen = Q(room__in=[pk for pk, it in kept.items() if not it.visible_from])
    for pk, standing in kept.items():
        if standing.visible_from:
            seen |= Q(room=pk, seq__gte=standing.visible_from)
    if policy.is_operator(member):
        seen |= _for_operators()
    elif not kept:
        return ReportCase.objects.none()
    is_mine = Q(author=member.pk) | Q(author__claimed_by=member.user_id)
    is_there = Q(room__deleted_at=None)
    if policy.is_operator(member):  # whoever owns an open room does not end a case by deleting it
        is_there |= Q(room__kind=RoomKind.OPEN)
    return ReportCase.objects.filter(seen, is_there, ~is_mine)


def _for_operators() -> Q:
    keepers = Membership.objects.filter(room=OuterRef("room"), role__in=KEEPING).active()
    not_banned = Q(member__banned_until=None) | Q(member__banned_until__lte=Now())
    can_look = keepers.filter(not_banned, visible_from__lte=OuterRef("seq"))
    is_author = Q(member=OuterRef("author")) | Q(member__user=OuterRef("author__claimed_by"))
    is_kept_by_others = Exists(can_look) & ~Exists(keepers.filter(is_author))
    return Q(room__kind=RoomKind.OPEN) | ~is_kept_by_others


def kept_rooms(member: Member) -> dict[int, Standing]:
    """The rooms in which the member has a role to see reports, by primary key."""
    if member.user_id is None:
        return {}  # only accounts have roles
    memberships = Membership.objects.filter(member=member.pk, role__in=KEEPING)
    found = {it.room_id: it for it in memberships.select_related("room")}
    sanctioned = {pk for pk, it in found.items() if it.room.has_sanctions}
    sanctions = Sanction.objects.in_rooms(sanctioned, [member.pk])
    standings = {
        pk: Standing.of(it, [one for one in sanctions if one.room_id == pk])
        for pk, it in found.items()
    }
    return {
        pk: it
        for pk, it in standings.items()
        if policy.may(member, Action.SEE_REPORTS, found[pk].room, it)
    }


def open_count(member: Member) -> int | None:
    """How many open cases the member may see, up to COUNT_MAX. None for who keeps no room."""
    kept = kept_rooms(member)
    if not kept and not policy.is_operator(member):
        return None
    return visible_in(member, kept).open()[:COUNT_MAX].count()


def concerned(rooms: Collection[int], members: Collection[int]) -> set[int]:
    """Those of these members whose count a report in these rooms may change: primary keys."""
    keepers = Membership.objects.filter(room__in=rooms, role__in=KEEPING)
    with_user = Member.objects.select_related("user").filter(pk__in=members)
    keeping = set(keepers.filter(member__in=members).values_list("member", flat=True))
    return keeping | {it.pk for it in with_user if policy.is_operator(it)}


def open_counts(members: Collection[int]) -> dict[int, int]:
    """The counts of those of these members who keep rooms, by their primary keys."""
    people = Member.objects.select_related("user").filter(pk__in=members, user__isnull=False)
    keepers = Membership.objects.filter(member__in=members, role__in=KEEPING)
    with_role = set(keepers.values_list("member", flat=True))
    asked = [it for it in people if it.pk in with_role or policy.is_operator(it)]
    counts = {it.pk: open_count(it) for it in asked}
    return {pk: it for pk, it in counts.items() if it is not None}


@transaction.atomic
def decide(member: Member, uid: UUID, verdict: Verdict, answer: str) -> bool:
    """Close a case. Returns whether it was open, and the member's to decide."""
    case = visible(member).open().select_for_update(of=("self",)).filter(uid=uid).first()
    if case is None or not case.decide(verdict, member, answer):
        return False
    Member.objects.filter(reports__case=case).tell_decision()
    return True


def add_note(member: Member, case: ReportCase, text: str) -> bool:
    """Returns whether the case takes one more."""
    if case.notes.count() >= NOTES_MAX:
        return False
    CaseNote.objects.create(case=case, by=member, text=text)
    return True


# --- what people are told -----------------------------------------------------------------------


def mark_seen(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(decisions_seen_at=timezone.now())


def acts_about(member: Member, count: int) -> Sequence[ModerationAct]:
    """The last acts of others about the member, and about the guests of the member's account."""
    is_about = Q(member=member.pk)
    if member.user_id is not None:
        is_about |= Q(member__claimed_by=member.user_id)
    acts = ModerationAct.objects.filter(is_about, kind__in=TOLD).exclude(by=member.pk)
    return list(acts.select_related("room").order_by("-at", "-pk")[:count])
