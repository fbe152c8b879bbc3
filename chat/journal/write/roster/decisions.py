"""Decides about changes of who is in a room, and of the room itself: asks rights, stores nothing.

Each change is refused, or has an outcome, which `roster.py` stores.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from chat import invites, policy
from chat.journal.changes import (
    BAD_ROOM_NAME,
    GONE,
    LAST_OWNER,
    NAME_TAKEN,
    NEEDS_ACCOUNT,
    NOBODY_TO_OWN,
    NOT_IN_ROOM,
    NOT_YOURS_TO_CHANGE,
    NOTHING_CHANGES,
    PEOPLE_MAX,
    TOO_MANY_PEOPLE,
    Refused,
)
from chat.journal.roster_changes import (
    AddPeople,
    Begin,
    DeleteRoom,
    Inherit,
    Join,
    JoinAsOperator,
    Leave,
    RemovePerson,
    RenameRoom,
    RosterChange,
    SetArchived,
    SetHistory,
    SetRole,
    Withdraw,
)
from chat.journal.write.roster.moderation import ModerationDecisions
from chat.journal.write.roster.outcome import Outcome
from chat.journal.write.standings import Standings
from chat.models import (
    ActKind,
    Invite,
    Member,
    Membership,
    ModerationAct,
    Role,
    Room,
    RoomKind,
    event,
)
from chat.models.room import History, direct_key
from chat.policy import Action


class RosterDecisions:
    """Decides about the roster changes of one transaction."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings
        self._moderation = ModerationDecisions(standings)

    def decide(self, change: RosterChange, room: Room, member: Member) -> Outcome | Refused:
        """What becomes of a change that the member makes."""
        if room.deleted_at is not None:
            return Refused(*GONE)
        if not isinstance(change, Withdraw) and not policy.may_change(member):
            return Refused(*GONE)
        if type(change) in self._moderation.deciding:
            return self._moderation.decide(change, room, member)
        return self._deciding[type(change)](self, change, room, member)

    # --- coming in ------------------------------------------------------------------------------

    def _begin(self, change: Begin, room: Room, member: Member) -> Outcome | Refused:
        if room.is_open or room.is_begun:
            return Refused(*self._gone_or(NOTHING_CHANGES, room, member))
        if not policy.may_begin_private_rooms(member):
            return Refused(*GONE)
        is_direct = room.kind == RoomKind.DIRECT
        others = [it for it in self._people(change, guests=is_direct) if it.pk != member.pk]
        if is_direct and not self._may_begin_with(member, others, room):
            return Refused(*GONE)
        role = Role.MEMBER if is_direct else Role.OWNER
        made = event.made(others, room.topic)
        return Outcome(made, {member: role} | dict.fromkeys(others, Role.MEMBER))

    def _may_begin_with(self, member: Member, others: Collection[Member], room: Room) -> bool:
        """Whether all of a direct room's people are to be found, and none blocked the member."""
        is_blocked = any(self._standings.is_blocked_by(member, it) for it in others)
        return room.people == direct_key([member, *others]) and not is_blocked

    def _add_people(self, change: AddPeople, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.ADD_PEOPLE, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        own = self._standings.membership(member.pk, room)
        if own and _came_to_others(own, room):
            return Refused(*NOT_YOURS_TO_CHANGE)
        is_new = [pk for pk in change.people if not self._standings.membership(pk, room)]
        people = [it for it in self._people(change) if it.pk in is_new]
        people = [it for it in people if not self._standings.look_up(it, room).is_banned]
        if not people:
            return Refused(*NOTHING_CHANGES)
        if self._is_full(room, len(people)):
            return Refused(*TOO_MANY_PEOPLE)
        if room.is_direct and not self._standings.future_owners(room).active().exists():
            return Refused(*NOBODY_TO_OWN)
        roles = dict.fromkeys(people, Role.MEMBER)
        chooses = self._chooses_history(room, member)
        sees_history = change.sees_history if chooses else room.history == History.START
        added = event.added(people)
        outcome = Outcome(added, roles, sees_history=sees_history, lifts_bounds=chooses)
        return _as_members_room(outcome, people, change.room_name) if room.is_direct else outcome

    def _chooses_history(self, room: Room, member: Member) -> bool:
        """Whether the member chooses what newcomers see. Others follow the choice for the room."""
        return room.is_direct or self._may(Action.SET_HISTORY, room, member)

    def _join(self, change: Join, room: Room, member: Member) -> Outcome | Refused:
        if self._standings.membership(member.pk, room):
            return Refused(*NOTHING_CHANGES)
        if self._standings.of(member, room).is_banned:
            return Refused(*GONE)
        invite = Invite.objects.lock(change.invite, room)
        if invite is None or invite.made_by is None or not invites.admits(invite, room, member):
            return Refused(*GONE)
        if self._is_full(room, 1):
            return Refused(*TOO_MANY_PEOPLE)
        sees_history = invites.shows_history(invite, room)
        joined = event.joined(invite.made_by)
        return Outcome(joined, {member: Role.MEMBER}, sees_history=sees_history, invite=invite)

    def _join_as_operator(
        self, change: JoinAsOperator, room: Room, member: Member
    ) -> Outcome | Refused:
        if self._standings.membership(member.pk, room):
            return Refused(*NOTHING_CHANGES)
        if not self._may(Action.JOIN_AS_OPERATOR, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        act = ModerationAct(kind=ActKind.JOIN_AS_OPERATOR)
        return Outcome(event.operator_joined(), {member: Role.MEMBER}, act=act)

    def _people(self, change: Begin | AddPeople, *, guests: bool = False) -> list[Member]:
        """Those who may be added: accounts' own members, bots, and perhaps guests."""
        found = Member.objects.select_related("user").filter(pk__in=change.people)
        active = [it for it in found.order_by("pk") if it.is_active]
        return [it for it in active if guests or it.is_bot or it.user_id is not None]

    def _is_full(self, room: Room, new: int) -> bool:
        return Membership.objects.filter(room=room).count() + new > PEOPLE_MAX

    # --- going ----------------------------------------------------------------------------------

    def _remove_person(self, change: RemovePerson, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.REMOVE_PEOPLE, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        membership = self._standings.membership(change.person, room)
        if membership is None:
            return Refused(*NOT_IN_ROOM)
        if not policy.may_remove(self._standings.of(member, room), Role(membership.role)):
            return Refused(*NOT_YOURS_TO_CHANGE)
        if self._is_last_owner(membership):
            return Refused(*LAST_OWNER)
        removed = event.removed([membership.member])
        act = ModerationAct(kind=ActKind.REMOVE, member=membership.member, why=change.why)
        return Outcome(removed, removed=[membership], is_removed=True, act=act)

    def _leave(self, change: Leave, room: Room, member: Member) -> Outcome | Refused:
        membership = self._standings.membership(member.pk, room)
        is_guest_here = membership and _came_to_others(membership, room)
        if not (is_guest_here or self._may(Action.LEAVE, room, member)):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        if membership is None:
            return Refused(*GONE)
        if self._is_last_owner(membership):
            return Refused(*LAST_OWNER)
        return Outcome(event.left(member), removed=[membership])

    def _withdraw(self, change: Withdraw, room: Room, member: Member) -> Outcome | Refused:
        membership = self._standings.membership(member.pk, room)
        if membership is None or not policy.may_take_back(member, member):
            return Refused(*GONE)
        return Outcome(event.left(member), removed=[membership])

    # --- roles ----------------------------------------------------------------------------------

    def _inherit(self, change: Inherit, room: Room, member: Member) -> Outcome | Refused:
        if room.kind != RoomKind.MEMBERS or Membership.objects.has_active_owner(room.pk):
            return Refused(*NOTHING_CHANGES)
        heir = Membership.objects.next_owner(room.pk)
        if heir is None or heir.member_id != member.pk:
            return Refused(*NOT_YOURS_TO_CHANGE)
        return Outcome(event.inherited(), role=(heir, Role.OWNER))

    def _set_role(self, change: SetRole, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.SET_ROLES, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        membership = self._holding_of(change.person, room)
        if membership is None:
            return Refused(*NOT_IN_ROOM)
        if membership.role == change.role:
            return Refused(*NOTHING_CHANGES)
        if self._standings.look_up(membership.member, room).is_banned:
            return Refused(*NOT_IN_ROOM)
        if change.role != Role.MEMBER and not _is_account(membership.member):
            return Refused(*NEEDS_ACCOUNT)
        if not room.is_open and self._is_last_owner(membership):
            return Refused(*LAST_OWNER)
        given = event.role_given(membership.member, change.role)
        details = {"role": change.role.value}
        act = ModerationAct(kind=ActKind.ROLE, member=membership.member, details=details)
        return Outcome(given, role=(membership, change.role), act=act)

    def _holding_of(self, person: int, room: Room) -> Membership | None:
        """The membership; in an open room, where it only says the role, perhaps an unsaved one."""
        membership = self._standings.membership(person, room)
        if membership or not room.is_open:
            return membership
        found = Member.objects.select_related("user").filter(pk=person).first()
        return Membership(member=found, room=room) if found else None

    def _is_last_owner(self, membership: Membership) -> bool:
        if membership.role != Role.OWNER:
            return False
        others = Membership.objects.exclude(pk=membership.pk)
        return not others.has_active_owner(membership.room_id)

    # --- the room itself ------------------------------------------------------------------------

    def _rename(self, change: RenameRoom, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.RENAME, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        try:
            name = room.new_name(change.name)
        except ValidationError:
            return Refused(*BAD_ROOM_NAME)
        if name.shown == room.name:
            return Refused(*NOTHING_CHANGES)
        if room.is_open and Room.objects.is_taken(name, room):
            return Refused(*NAME_TAKEN)
        details = {"from": room.name, "to": name.shown} if room.is_open else {}
        act = ModerationAct(kind=ActKind.RENAME, details=details)
        return Outcome(event.room_renamed(room.name, name.shown), name=name, act=act)

    def _set_history(self, change: SetHistory, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.SET_HISTORY, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        if change.history == room.history:
            return Refused(*NOTHING_CHANGES)
        return Outcome(event.history_set(change.history), fields={"history": change.history})

    def _set_archived(self, change: SetArchived, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.ARCHIVE, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        if change.archived == room.is_archived:
            return Refused(*NOTHING_CHANGES)
        at = timezone.now() if change.archived else None
        happened = event.archived() if change.archived else event.unarchived()
        kind = ActKind.ARCHIVE if change.archived else ActKind.UNARCHIVE
        return Outcome(happened, fields={"archived_at": at}, act=ModerationAct(kind=kind))

    def _delete_room(self, change: DeleteRoom, room: Room, member: Member) -> Outcome | Refused:
        if not self._may(Action.DELETE_ROOM, room, member):
            return Refused(*self._gone_or(NOT_YOURS_TO_CHANGE, room, member))
        details = {"name": room.name} if room.is_open else {}
        act = ModerationAct(kind=ActKind.DELETE_ROOM, details=details)
        return Outcome(event.room_deleted(), is_end=True, act=act)

    # --- rights ---------------------------------------------------------------------------------

    def _may(self, action: Action, room: Room, member: Member) -> bool:
        return policy.may(member, action, room, self._standings.of(member, room))

    def _gone_or(self, refusal: Any, room: Room, member: Member) -> Any:
        """The refusal, of which a stranger in a room that is not open learns nothing."""
        return refusal if room.is_open or self._may(Action.FIND, room, member) else GONE

    _deciding: ClassVar[dict[type, Callable[[Any, Any, Room, Member], Outcome | Refused]]] = {
        Begin: _begin,
        AddPeople: _add_people,
        Inherit: _inherit,
        Join: _join,
        JoinAsOperator: _join_as_operator,
        Withdraw: _withdraw,
        RemovePerson: _remove_person,
        Leave: _leave,
        SetRole: _set_role,
        RenameRoom: _rename,
        SetArchived: _set_archived,
        SetHistory: _set_history,
        DeleteRoom: _delete_room,
    }


def _as_members_room(outcome: Outcome, people: Iterable[Member], name: str) -> Outcome:
    """A direct room gets a name, and all accounts that were in it own it.

    What is chosen for the first newcomers is the choice for those who follow.
    """
    history = History.START if outcome.sees_history else History.JOINING
    fields = {"kind": RoomKind.MEMBERS, "people": None, "name": name, "history": history}
    return replace(
        outcome, event=event.became_members_room(people, name), fields=fields, has_equal_owners=True
    )


def _is_account(member: Member) -> bool:
    return member.is_active and member.user_id is not None


def _came_to_others(membership: Membership, room: Room) -> bool:
    """Whether an operator came into a direct room, which those of its beginning do not leave."""
    return room.kind == RoomKind.DIRECT and membership.since > 1
