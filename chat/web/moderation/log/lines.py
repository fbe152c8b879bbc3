"""The lines of the log, as the reader is told them: with the names the reader may know."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from chat import access, policy
from chat.access import Found
from chat.models import (
    FOR_GOOD,
    ActKind,
    GuestClosing,
    Member,
    Membership,
    ModerationAct,
    Room,
    Sanction,
    parse_address,
)
from chat.models.moderation_act import UNDOES, ModerationActQuerySet
from chat.policy import Action, Standing

LINES_PER_PAGE = 50

SENTENCES: Mapping[str, Any] = {
    ActKind.DELETE: gettext_lazy("{by} deleted a message of {person}"),
    ActKind.MUTE: gettext_lazy("{by} muted {person}"),
    ActKind.UNMUTE: gettext_lazy("{by} lifted the mute of {person}"),
    ActKind.BAN: gettext_lazy("{by} banned {person}"),
    ActKind.UNBAN: gettext_lazy("{by} lifted the ban of {person}"),
    ActKind.REMOVE: gettext_lazy("{by} removed {person}"),
    ActKind.ROLE: gettext_lazy("{by} gave {person} a role"),
    ActKind.LOCK: gettext_lazy("{by} locked the room"),
    ActKind.UNLOCK: gettext_lazy("{by} unlocked the room"),
    ActKind.SLOW: gettext_lazy("{by} set slow mode: one message every {seconds} seconds"),
    ActKind.NO_GUEST_FILES: gettext_lazy("{by} forbade guests to send files"),
    ActKind.GUEST_FILES: gettext_lazy("{by} allowed guests to send files again"),
    ActKind.RETENTION: gettext_lazy("{by} set that messages are kept for {days} days"),
    ActKind.RENAME: gettext_lazy("{by} renamed the room"),
    ActKind.ARCHIVE: gettext_lazy("{by} archived the room"),
    ActKind.UNARCHIVE: gettext_lazy("{by} opened the room again"),
    ActKind.DELETE_ROOM: gettext_lazy("{by} deleted the room"),
    ActKind.JOIN_AS_OPERATOR: gettext_lazy("{by} came in as an operator"),
    ActKind.REVOKE_INVITE: gettext_lazy("{by} revoked an invite of {person}"),
    ActKind.FILTER: gettext_lazy("{by} set what waits for a moderator"),
    ActKind.APPROVE: gettext_lazy("{by} let a message of {person} through"),
    ActKind.REJECT: gettext_lazy("{by} rejected a message of {person}"),
    ActKind.KNOCK: gettext_lazy("{by} made newcomers knock"),
    ActKind.NO_KNOCK: gettext_lazy("{by} let newcomers in without knocking"),
    ActKind.LET_IN: gettext_lazy("{by} let {person} in"),
    ActKind.TURN_AWAY: gettext_lazy("{by} did not let {person} in"),
    ActKind.MAKE_PROGRAM: gettext_lazy("{by} made the bot {person}"),
    ActKind.CHANGE_PROGRAM: gettext_lazy("{by} changed the bot {person}"),
    ActKind.REMOVE_PROGRAM: gettext_lazy("{by} removed the bot {person}"),
    ActKind.CLOSE: gettext_lazy("{by} closed the installation to new guests"),
    ActKind.OPEN: gettext_lazy("{by} let new guests in again"),
}
DETAILS = ("role", "seconds", "days", "program", "change")
WITH_DETAILS: Mapping[tuple[str, Any], Any] = {
    (ActKind.SLOW, 0): gettext_lazy("{by} ended slow mode"),
    (ActKind.RETENTION, 1): gettext_lazy("{by} set that messages are kept for one day"),
    (ActKind.RETENTION, 0): gettext_lazy(
        "{by} set that messages are kept as long as in other rooms"
    ),
    (ActKind.ROLE, "owner"): gettext_lazy("{by} made {person} an owner"),
    (ActKind.ROLE, "moderator"): gettext_lazy("{by} made {person} a moderator"),
    (ActKind.ROLE, "member"): gettext_lazy("{by} took the role of {person} away"),
    (ActKind.MAKE_PROGRAM, "webhook"): gettext_lazy("{by} made the webhook {person}"),
    (ActKind.REMOVE_PROGRAM, "webhook"): gettext_lazy("{by} deleted the webhook {person}"),
    (ActKind.CHANGE_PROGRAM, "token"): gettext_lazy("{by} made a new token of the bot {person}"),
    (ActKind.CHANGE_PROGRAM, "revoke"): gettext_lazy("{by} revoked a token of the bot {person}"),
    (ActKind.CHANGE_PROGRAM, "secret"): gettext_lazy(
        "{by} made a new secret of the webhook {person}"
    ),
    (ActKind.CHANGE_PROGRAM, "pause"): gettext_lazy("{by} paused the webhook {person}"),
    (ActKind.CHANGE_PROGRAM, "resume"): gettext_lazy("{by} resumed the webhook {person}"),
}
RENAMED = gettext_lazy("{by} renamed the room from {old} to {new}")
UNKNOWN_KIND = gettext_lazy("{by}: {act}")

ACTIONS = {
    ActKind.MUTE: ("unmute", Action.MUTE, gettext_lazy("Lift the mute")),
    ActKind.BAN: ("unban", Action.BAN, gettext_lazy("Lift the ban")),
    ActKind.LOCK: ("unlock", Action.LOCK, gettext_lazy("Unlock the room")),
}
LET_GUESTS_IN = gettext_lazy("Let new guests in again")
UNDONE = {
    ActKind.MUTE: gettext_lazy("Lifted by {by}"),
    ActKind.BAN: gettext_lazy("Lifted by {by}"),
    ActKind.LOCK: gettext_lazy("Unlocked by {by}"),
    ActKind.ARCHIVE: gettext_lazy("Opened again by {by}"),
    ActKind.KNOCK: gettext_lazy("Ended by {by}"),
    ActKind.NO_GUEST_FILES: gettext_lazy("Allowed again by {by}"),
    ActKind.CLOSE: gettext_lazy("Opened again by {by}"),
}


@dataclass(frozen=True, slots=True)
class Undo:
    """A form that undoes an act: these fields are posted to the path. The button has the label."""

    path: str
    fields: Mapping[str, str]
    label: Any


@dataclass(frozen=True, slots=True)
class Line:
    """`room` and its address: what the reader may know of the room; without an address, no link."""

    act: ModerationAct
    sentence: SafeString
    room: str
    room_address: str
    message: str
    until: Any
    is_for_good: bool
    undone: SafeString | str
    undone_at: Any
    undo: Undo | None


def all_acts(acts: ModerationActQuerySet) -> ModerationActQuerySet:
    """The acts with what a line says of them."""
    people = ("by", "member", "by__user", "member__user", "by__claimed_by", "member__claimed_by")
    return acts.select_related("room", *people)


def latest(
    acts: ModerationActQuerySet, before: int | None
) -> tuple[list[ModerationAct], int | None]:
    """A page, newest first, of the last act of each that were done at once.

    And the number before which the next page begins, if there is one.
    """
    later = acts.filter(together=OuterRef("together"), pk__gt=OuterRef("pk"))
    page = all_acts(acts).exclude(Exists(later)).order_by("-pk")
    if before is not None:
        page = page.filter(pk__lt=before)
    found = list(page[: LINES_PER_PAGE + 1])
    shown = found[:LINES_PER_PAGE]
    return shown, shown[-1].pk if len(found) > LINES_PER_PAGE else None


def rooms_for(viewer: Member, acts: Iterable[ModerationAct]) -> dict[int, Found]:
    """The rooms of these acts that the viewer may find, by primary key."""
    rooms = {it.room.pk: it.room for it in acts if it.room and it.room.deleted_at is None}
    wanted = [(viewer, parse_address(it.address)) for it in rooms.values()]
    found = access.find_many(wanted) if wanted else []
    return {it.room.pk: it for it in found if it}


def lines(viewer: Member, acts: Sequence[ModerationAct], found: Mapping[int, Found]) -> list[Line]:
    """A line for each act, in the same order. As many queries for many as for one."""
    facts = _Facts(viewer, acts, found)
    return [facts.line(it) for it in acts]


class _Facts:
    """What is true now of what the acts of a page are about."""

    def __init__(
        self, viewer: Member, acts: Sequence[ModerationAct], found: Mapping[int, Found]
    ) -> None:
        self._viewer = viewer
        self._found = found
        self._counts = _counts(acts)
        self._undone = _undone(acts)
        people = [it.member for it in acts if it.member]
        self._own = Member.objects.select_related("user").find_own(people)
        self._in_force = self._find_in_force(acts)
        self._closing = _closing(acts)
        keys = {(it.pk, room) for it, room in self._sanctioned(acts) if room}
        self._memberships = Membership.objects.of(keys)

    def line(self, act: ModerationAct) -> Line:
        room, undone = act.room, self._undone.get(act.pk)
        found = self._found.get(room.pk) if room else None
        text = UNDONE.get(ActKind(act.kind)) if act.kind in UNDONE else None
        return Line(
            act=act,
            sentence=_sentence(act, self._counts.get(act.together, 1)),
            room=_name(room, found, act),
            room_address=found.room.address if found else "",
            message=_message(act, found, self._viewer),
            until=act.until if act.until != FOR_GOOD else None,
            is_for_good=act.until == FOR_GOOD,
            undone=format_html(str(text), by=_person(undone.by)) if undone and text else "",
            undone_at=undone.at if undone else None,
            undo=None if undone else self._undo(act, found),
        )

    def _undo(self, act: ModerationAct, found: Found | None) -> Undo | None:
        if act.kind == ActKind.CLOSE and act.pk == self._closing:
            return Undo(reverse("close_to_guests"), {"seconds": "0"}, LET_GUESTS_IN)
        if act.kind == ActKind.BAN and act.room_id is None:
            return self._undo_everywhere(act)
        if found is None or act.kind not in ACTIONS:
            return None
        undoing, action, label = ACTIONS[ActKind(act.kind)]
        if not found.may(self._viewer, action) or not self._is_in_force(act, found):
            return None
        person = {"person": str(act.member.uid)} if act.member else {}
        path = reverse("moderate", args=[found.room.address])
        return Undo(path, {"act": undoing, **person}, label)

    def _undo_everywhere(self, act: ModerationAct) -> Undo | None:
        """Of a ban from all rooms: of an account for good, the account is deactivated."""
        person = self._person(act)
        if person is None or not policy.is_operator(self._viewer):
            return None
        is_deactivated = person.user is not None and not person.user.is_active
        is_stored = (act.kind, person.pk, None, act.until) in self._in_force
        if not (is_stored or (is_deactivated and act.until == FOR_GOOD)):
            return None
        label = ACTIONS[ActKind.BAN][2]
        return Undo(reverse("lift_bans"), {"person": str(person.uid)}, label)

    def _is_in_force(self, act: ModerationAct, found: Found) -> bool:
        if act.kind == ActKind.LOCK:
            return found.room.is_locked
        if (person := self._person(act)) is None:
            return False
        is_stored = (act.kind, person.pk, act.room_id, act.until) in self._in_force
        others = Standing.of(self._memberships.get((person.pk, found.room.pk)))
        return is_stored and policy.may_sanction(self._viewer, found.standing, person, others)

    def _person(self, act: ModerationAct) -> Member | None:
        """Whom a sanction is about now: of a claimed guest, the account's member."""
        return self._own.get(act.member.pk, act.member) if act.member else None

    def _sanctioned(self, acts: Iterable[ModerationAct]) -> list[tuple[Member, int | None]]:
        kinds = {ActKind.MUTE, ActKind.BAN}
        people = [(self._person(it), it.room_id) for it in acts if it.kind in kinds]
        return [(person, room) for person, room in people if person]

    def _find_in_force(self, acts: Iterable[ModerationAct]) -> set[Any]:
        sanctioned = self._sanctioned(acts)
        if not sanctioned:
            return set()
        people, rooms = {it.pk for it, _ in sanctioned}, {room for _, room in sanctioned if room}
        where = Q(room__in=rooms) | Q(room=None)
        found = Sanction.objects.in_force().filter(where, member__in=people)
        return set(found.values_list("kind", "member", "room", "until"))


def _counts(acts: Iterable[ModerationAct]) -> dict[Any, int]:
    """How many messages were deleted at once with each of these."""
    together = {it.together for it in acts if it.kind == ActKind.DELETE}
    if not together:
        return {}
    at_once = ModerationAct.objects.filter(together__in=together).values("together")
    return dict(at_once.annotate(count=Count("pk")).values_list("together", "count"))


def _undone(acts: Collection[ModerationAct]) -> dict[int, ModerationAct]:
    """The acts that undid these, by the primary keys of these."""
    pks = [it.pk for it in acts if it.kind in UNDOES.values()]
    found = ModerationAct.objects.filter(undoes__in=pks).select_related("by") if pks else []
    return {it.undoes_id: it for it in found if it.undoes_id}


def _closing(acts: Iterable[ModerationAct]) -> int | None:
    """The act that closed the installation to new guests, while it is in force."""
    closings = [it for it in acts if it.kind == ActKind.CLOSE]
    until = GuestClosing.objects.until() if closings else None
    return next((it.pk for it in closings if it.until == until), None)


# --- words --------------------------------------------------------------------------------------


def _sentence(act: ModerationAct, count: int) -> SafeString:
    names = {"by": _person(act.by), "person": _person(act.member)}
    if act.kind == ActKind.DELETE and count > 1:
        text = ngettext(
            "{by} deleted {count} message of {person}",
            "{by} deleted {count} messages of {person}",
            count,
        )
        return format_html(text, count=count, **names)
    if act.kind == ActKind.RENAME and "to" in act.details:
        old, new = _bdi(act.details["from"]), _bdi(act.details["to"])
        return format_html(str(RENAMED), old=old, new=new, **names)
    detail = next((act.details[it] for it in DETAILS if it in act.details), None)
    text = WITH_DETAILS.get((act.kind, detail)) or SENTENCES.get(act.kind, UNKNOWN_KIND)
    rest = {"seconds": detail, "days": detail, "act": act.get_kind_display()}
    return format_html(str(text), **names, **rest)


def _person(member: Member | None) -> SafeString:
    return _bdi(member.name if member else gettext("somebody"))


def _bdi(name: str | Promise) -> SafeString:
    return format_html("<bdi>{}</bdi>", name)


def _name(room: Room | None, found: Found | None, act: ModerationAct) -> str:
    """What the reader may know of the room: of others that are not open, no name."""
    if room is None:
        return gettext("everywhere")
    if found:
        return found.room.shown_name
    if room.is_open:
        name = act.details.get("name") or room.name
        return str(name) if name else gettext("a deleted room")
    kind = gettext("a direct room") if room.is_direct else gettext("a members room")
    return f"{kind} (~{str(room.uid)[:8]}…)"


def _message(act: ModerationAct, found: Found | None, viewer: Member) -> str:
    """The address of the message, if the viewer may see the place where it was."""
    if act.seq is None or found is None or not found.may(viewer, Action.READ):
        return ""
    is_seen = found.room.is_open or act.seq >= found.standing.visible_from
    return f"{reverse('room', args=[found.room.address])}#{act.seq}" if is_seen else ""
