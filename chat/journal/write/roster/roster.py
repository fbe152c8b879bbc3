"""Stores the changes of who is in a room, and of the room itself, in their rows.

`decisions.py` decides about them. The rows are stored in the transaction of the event that
each becomes.
"""

from collections import defaultdict

from django.utils import timezone

from chat import policy
from chat.journal.changes import Refused
from chat.journal.roster_changes import RosterChange
from chat.journal.write import room_deletion
from chat.journal.write.roster.decisions import RosterDecisions
from chat.journal.write.roster.outcome import Outcome
from chat.journal.write.standings import Standings
from chat.models import (
    File,
    HeldMessage,
    HistoryBound,
    Invite,
    Job,
    Knock,
    LastPost,
    Member,
    Membership,
    ModerationAct,
    Removal,
    Revocation,
    Role,
    Room,
    Sanction,
    SanctionKind,
    Subscription,
    Token,
)
from chat.models.revocation import Why
from chat.policy import Action

TOLD_MAX = 1_000  # of the people of an open room; others find out with their next list


class Roster:
    """The roster changes of one transaction."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings
        self._decisions = RosterDecisions(standings)
        self._listed_for: dict[int, set[str]] = defaultdict(set)  # member ids, by room
        self._left: dict[int, set[int]] = defaultdict(set)  # members' primary keys, by room
        self._deleted: list[Room] = []
        self._acts: list[ModerationAct] = []

    @property
    def listed_for(self) -> dict[int, tuple[str, ...]]:
        """The ids of members in whose list a room is new, or gone, or has another name."""
        return {room: tuple(sorted(ids)) for room, ids in self._listed_for.items()}

    def apply(self, change: RosterChange, room: Room, member: Member) -> Outcome | Refused:
        """What becomes of a change. The caller stores its event, and then calls `store`."""
        return self._decisions.decide(change, room, member)

    def store(self, outcome: Outcome, room: Room, member: Member, version: int) -> None:
        """Store the rows that follow from an event, which has this version."""
        if outcome.has_equal_owners:
            self._standings.make_owners(room)
        for person, role in outcome.added.items():
            self._add(person, room, member, role, version, outcome)
        for membership in outcome.removed:
            self._remove(membership, room, version, outcome)
        self._sanction(outcome, room)
        self._store_held(outcome, room)
        self._store_knocks(outcome, room)
        if outcome.act:
            self.log(outcome.act, room, member)
        if outcome.role:
            self._give_role(room, *outcome.role)
        self._change_room(outcome, room)

    def log(self, act: ModerationAct, room: Room, by: Member) -> None:
        """Keep a line for the log, which `finish` stores."""
        act.room, act.by = room, by
        self._acts.append(act)

    def finish(self) -> None:
        """Forget what those who left kept of their rooms, once all else is stored."""
        ModerationAct.objects.log(self._acts)
        for room, members in self._left.items():
            Subscription.objects.filter(room=room, member__in=members).delete()
        for deleted in self._deleted:
            room_deletion.empty(deleted.pk)

    def _add(
        self,
        person: Member,
        room: Room,
        by: Member,
        role: Role,
        version: int,
        outcome: Outcome,
    ) -> None:
        if invite := outcome.invite:
            Invite.objects.count_use(invite, person)
        bound = HistoryBound.objects.take(person, room)
        membership = Membership.objects.create(
            member=person,
            room=room,
            role=role,
            since=version,
            visible_from=outcome.visible_from(version, bound),
            added_by=invite.made_by if invite else by,
            invite=invite,
        )
        Removal.objects.filter(member=person, room=room).delete()
        self._standings.add(membership)
        Subscription.objects.keep(person, room, read=room.last_seq)
        self._listed_for[room.pk].add(str(person.uid))
        self._left[room.pk].discard(person.pk)

    def _remove(self, membership: Membership, room: Room, version: int, outcome: Outcome) -> None:
        uid = membership.member.uid
        if outcome.is_removed and not room.is_open:
            Removal.objects.record(membership.member, room, version)
        HistoryBound.objects.record(membership.member, room, membership.visible_from)
        self._standings.remove(membership)
        membership.delete()
        self._revoke_invites(membership, room)
        self._revoke_bots(membership.member, room)
        self._revoke(Why.REMOVED, membership.member, room)
        self._left[room.pk].add(membership.member_id)
        self._listed_for[room.pk].add(str(uid))

    def _sanction(self, outcome: Outcome, room: Room) -> None:
        if outcome.imposed:
            self._impose(outcome.imposed, room)
        if outcome.lifted:
            self._lift(outcome.lifted, room)

    def _lift(self, lifted: Sanction, room: Room) -> None:
        self._standings.lift(lifted)
        Sanction.objects.end(lifted, room)
        if not lifted.is_ban:
            self._revoke(Why.MUTED, lifted.member, room)

    def _impose(self, imposed: Sanction, room: Room) -> None:
        kind, until = SanctionKind(imposed.kind), imposed.until
        who = {"by": imposed.by, "why": imposed.why}
        stored = Sanction.objects.impose(kind, imposed.member, room, until, **who)
        self._standings.impose(stored)
        why = Why.BANNED if stored.is_ban else Why.MUTED
        self._revoke(why, stored.member, room)
        if stored.is_ban:
            self._revoke_bots(stored.member, room)
            self._left[room.pk].add(stored.member_id)
            self._listed_for[room.pk].add(str(stored.member.uid))

    def _revoke(self, why: Why, member: Member, room: Room) -> None:
        # Appended without a signal: the change announces it.
        Revocation.objects.append_all([Revocation(why=why, member=member.uid, room=room)])

    def _store_held(self, outcome: Outcome, room: Room) -> None:
        if outcome.filter:
            outcome.filter.save()
        if (held := outcome.rejected) and outcome.act:
            HeldMessage.objects.forget_rejected(room)
            File.objects.filter(held=held).remove()
            held.reject(timezone.now(), outcome.act.why)

    def _store_knocks(self, outcome: Outcome, room: Room) -> None:
        if outcome.is_knocking:
            Knock.objects.let_in_who_kept(room)
            Revocation.objects.append_all([Revocation(why=Why.KNOCK, room=room)])
        if knock := outcome.let_in:
            Knock.objects.filter(pk=knock.pk).update(let_in_at=timezone.now())
        if knock := outcome.turned_away:
            knock.delete()

    def _give_role(self, room: Room, membership: Membership, role: Role) -> None:
        if not policy.is_for(Action.SET_PROGRAMS, role, room):
            self._revoke_bots(membership.member, room)
        if room.is_open and role == Role.MEMBER:
            self._standings.remove(membership)
            membership.delete()
            return
        membership.role = role
        membership.save()
        self._standings.add(membership)
        if not policy.is_for(Action.INVITE, role, room):
            self._revoke_invites(membership, room)

    def _revoke_invites(self, membership: Membership, room: Room) -> None:
        """They would hold again as soon as their maker may invite people again."""
        Invite.objects.filter(room=room).revoke_of([membership.member_id])

    def _revoke_bots(self, maker: Member, room: Room) -> None:
        """Whoever made a bot has its token, and would go on reading by it."""
        Token.objects.revoke_of_bots([maker], room)

    def _change_room(self, outcome: Outcome, room: Room) -> None:
        if outcome.fields:
            for name, value in outcome.fields.items():
                setattr(room, name, value)
            Room.objects.filter(pk=room.pk).update(**outcome.fields)
        if outcome.fields.get("slow_seconds") == 0:
            LastPost.objects.filter(room=room).delete()
        if outcome.name:
            room.take_name(outcome.name)
        if outcome.fields or outcome.name or outcome.is_end:
            self._listed_for[room.pk] |= _ids_in(room)
        if outcome.is_end:
            self._end(room)

    def _end(self, room: Room) -> None:
        room.mark_deleted()
        # Appended without signals: the change announces what it revokes, and the job can wait.
        Revocation.objects.append_all([Revocation(why=Why.ROOM_DELETED, room=room)])
        Job.objects.add_quietly(room_deletion.EMPTY, room=room.pk)
        self._deleted.append(room)


def _ids_in(room: Room) -> set[str]:
    """The ids of those in whose list the room is: in an open room, of those who came last."""
    listed = Subscription.objects.filter(room=room, kept_at__isnull=False).order_by("-visited_at")
    uids = listed.values_list("member__uid", flat=True)
    return {str(it) for it in (uids[:TOLD_MAX] if room.is_open else uids)}
