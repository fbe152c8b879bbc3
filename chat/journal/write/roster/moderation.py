"""Decides what moderators do to people, the room and held messages: asks rights, stores nothing."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone

from chat import policy
from chat.journal.changes import (
    GONE,
    NO_SUCH_HELD,
    NOT_THEM,
    NOT_YOURS_TO_CHANGE,
    NOTHING_CHANGES,
    Refused,
    too_long,
)
from chat.journal.roster_changes import (
    Ban,
    LetIn,
    Lift,
    Mute,
    Reject,
    RosterChange,
    SetFilter,
    SetGuestFiles,
    SetKnock,
    SetLocked,
    SetRetention,
    SetSlow,
    TurnAway,
)
from chat.journal.write.roster.outcome import Outcome
from chat.journal.write.standings import Standings
from chat.models import (
    ActKind,
    HeldMessage,
    Knock,
    Member,
    ModerationAct,
    Room,
    RoomFilter,
    Sanction,
    SanctionKind,
    event,
)
from chat.models.room import RETENTION_MAX_DAYS
from chat.models.sanction import LIFTING
from chat.policy import Action

ACTIONS = {SanctionKind.MUTE: Action.MUTE, SanctionKind.BAN: Action.BAN}
FILTER_FIELDS = ["words", "holds_words", "holds_newcomer_links", "holds_repeated"]
FILTER_FIELDS += ["asks_name", "wait_seconds"]


class ModerationDecisions:
    """Decides about what moderators do in one transaction."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings

    def decide(self, change: RosterChange, room: Room, member: Member) -> Outcome | Refused:
        """What becomes of a change that the member makes."""
        return self.deciding[type(change)](self, change, room, member)

    # --- people ---------------------------------------------------------------------------------

    def _mute(self, change: Mute, room: Room, member: Member) -> Outcome | Refused:
        return self._impose(SanctionKind.MUTE, change, room, member)

    def _ban(self, change: Ban, room: Room, member: Member) -> Outcome | Refused:
        outcome = self._impose(SanctionKind.BAN, change, room, member)
        if isinstance(outcome, Refused) or outcome.imposed is None:
            return outcome
        person = outcome.imposed.member
        membership = self._standings.membership(person.pk, room)
        if membership is None:
            return outcome
        removed = None if room.is_open else event.removed([person])
        return Outcome(
            removed,
            removed=[membership],
            is_removed=True,
            imposed=outcome.imposed,
            act=outcome.act,
        )

    def _impose(
        self, kind: SanctionKind, change: Mute | Ban, room: Room, member: Member
    ) -> Outcome | Refused:
        person = self._person(ACTIONS[kind], change.person, room, member)
        if isinstance(person, Refused):
            return person
        if change.until <= timezone.now():
            return Refused(*NOTHING_CHANGES)
        terms = {"member": person, "why": change.why, "until": change.until}
        imposed = Sanction(kind=kind, room=room, by=member, **terms)
        return Outcome(imposed=imposed, act=ModerationAct(kind=ActKind(kind.value), **terms))

    def _lift(self, change: Lift, room: Room, member: Member) -> Outcome | Refused:
        person = self._person(ACTIONS[change.kind], change.person, room, member)
        if isinstance(person, Refused):
            return person
        lifted = self._standings.sanction(person, room, change.kind)
        if lifted is None:
            return Refused(*NOTHING_CHANGES)
        act = ModerationAct(kind=LIFTING[change.kind], member=person, why=change.why)
        return Outcome(lifted=lifted, act=act)

    def _person(self, action: Action, pk: int, room: Room, member: Member) -> Member | Refused:
        """The person to whom the member may do this; of a claimed guest, the account's member."""
        if not self._may(action, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        people = Member.objects.select_related("user", "claimed_by")
        person = people.filter(pk=pk).first()
        if person and (own := Member.objects.find_own([person]).get(person.pk)):
            person = people.get(pk=own.pk)
        if person is None:
            return Refused(*NOT_THEM)
        own_standing = self._standings.of(member, room)
        others = self._standings.look_up(person, room)
        if not policy.may_sanction(member, own_standing, person, others):
            return Refused(*NOT_THEM)
        return person

    # --- the room -------------------------------------------------------------------------------

    def _set_locked(self, change: SetLocked, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.LOCK, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        if change.locked == room.is_locked:
            return Refused(*NOTHING_CHANGES)
        at = timezone.now() if change.locked else None
        happened = event.locked() if change.locked else event.unlocked()
        kind = ActKind.LOCK if change.locked else ActKind.UNLOCK
        act = ModerationAct(kind=kind, why=change.why)
        return Outcome(happened, fields={"locked_at": at}, act=act)

    def _set_slow(self, change: SetSlow, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.SET_SLOW, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        if change.seconds == room.slow_seconds:
            return Refused(*NOTHING_CHANGES)
        act = ModerationAct(kind=ActKind.SLOW, details={"seconds": change.seconds})
        fields = {"slow_seconds": change.seconds}
        return Outcome(event.slow_set(change.seconds), fields=fields, act=act)

    def _set_retention(self, change: SetRetention, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.SET_RETENTION, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        most = settings.RETENTION_DAYS or RETENTION_MAX_DAYS
        if not 0 <= change.days <= most:
            return Refused(*too_long(most))
        if change.days == (room.kept_days or 0):
            return Refused(*NOTHING_CHANGES)
        act = ModerationAct(kind=ActKind.RETENTION, details={"days": change.days})
        fields = {"kept_days": change.days or None}
        return Outcome(event.retention_set(change.days), fields=fields, act=act)

    def _set_guest_files(
        self, change: SetGuestFiles, room: Room, member: Member
    ) -> Outcome | Refused:
        if not self._may(Action.SET_GUEST_FILES, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        if change.allowed == room.takes_guest_files:
            return Refused(*NOTHING_CHANGES)
        kind = ActKind.GUEST_FILES if change.allowed else ActKind.NO_GUEST_FILES
        fields = {"takes_guest_files": change.allowed}
        return Outcome(fields=fields, act=ModerationAct(kind=kind))

    # --- held messages --------------------------------------------------------------------------

    def _set_filter(self, change: SetFilter, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.SET_FILTER, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        wanted = {it: getattr(change, it) for it in FILTER_FIELDS}
        filter = RoomFilter.objects.filter(room=room).first() or RoomFilter(room=room)
        if wanted == {it: getattr(filter, it) for it in FILTER_FIELDS}:
            return Refused(*NOTHING_CHANGES)
        for name, value in wanted.items():
            setattr(filter, name, value)
        fields = {"is_filtered": filter.is_on}
        return Outcome(filter=filter, fields=fields, act=ModerationAct(kind=ActKind.FILTER))

    def _reject(self, change: Reject, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.DELETE_OF_OTHERS, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        waiting = HeldMessage.objects.waiting().filter(pk=change.held, room=room)
        held = waiting.select_related("member").first()
        if held is None:
            return Refused(*NO_SUCH_HELD)
        act = ModerationAct(kind=ActKind.REJECT, member=held.member, why=change.why)
        return Outcome(rejected=held, act=act)

    # --- knocking -------------------------------------------------------------------------------

    def _set_knock(self, change: SetKnock, room: Room, member: Member) -> Outcome | Refused:
        if not room.is_open or not self._may(Action.SET_KNOCK, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        if change.knock == room.needs_knock:
            return Refused(*NOTHING_CHANGES)
        kind = ActKind.KNOCK if change.knock else ActKind.NO_KNOCK
        fields = {"needs_knock": change.knock}
        return Outcome(fields=fields, is_knocking=change.knock, act=ModerationAct(kind=kind))

    def _let_in(self, change: LetIn, room: Room, member: Member) -> Outcome | Refused:
        knock = self._knock(change, room, member)
        if isinstance(knock, Refused):
            return knock
        act = ModerationAct(kind=ActKind.LET_IN, member=knock.member, why=change.why)
        return Outcome(let_in=knock, act=act)

    def _turn_away(self, change: TurnAway, room: Room, member: Member) -> Outcome | Refused:
        knock = self._knock(change, room, member)
        if isinstance(knock, Refused):
            return knock
        act = ModerationAct(kind=ActKind.TURN_AWAY, member=knock.member, why=change.why)
        return Outcome(turned_away=knock, act=act)

    def _knock(self, change: LetIn | TurnAway, room: Room, member: Member) -> Knock | Refused:
        """The knock that waits, if the member may decide about that."""
        if not self._may(Action.SET_KNOCK, room, member):
            return Refused(*self._gone_or_not_yours(room, member))
        waiting = Knock.objects.waiting().filter(room=room, member=change.person)
        return waiting.select_related("member").first() or Refused(*NOTHING_CHANGES)

    # --- rights ---------------------------------------------------------------------------------

    def _may(self, action: Action, room: Room, member: Member) -> bool:
        return policy.may(member, action, room, self._standings.of(member, room))

    def _gone_or_not_yours(self, room: Room, member: Member) -> Any:
        """A stranger in a room that is not open learns nothing of the room."""
        is_found = room.is_open or self._may(Action.FIND, room, member)
        return NOT_YOURS_TO_CHANGE if is_found else GONE

    deciding: ClassVar[dict[type, Callable[[Any, Any, Room, Member], Outcome | Refused]]] = {
        Mute: _mute,
        Ban: _ban,
        Lift: _lift,
        SetLocked: _set_locked,
        SetSlow: _set_slow,
        SetRetention: _set_retention,
        SetGuestFiles: _set_guest_files,
        SetFilter: _set_filter,
        Reject: _reject,
        SetKnock: _set_knock,
        LetIn: _let_in,
        TurnAway: _turn_away,
    }
