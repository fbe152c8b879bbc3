"""The list of the people in a room: a page of it, and what somebody may do to each."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.caseless import caseless_key
from chat import policy
from chat.access import Found
from chat.formatting import name_key
from chat.models import Member, Membership, Role, Room
from chat.policy import Action

PEOPLE_PER_PAGE = 50
QUERY_MAX_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Row:
    """`roles`: those that the viewer may give."""

    member: Member
    role: Role
    is_me: bool
    roles: list[Role]
    may_remove: bool
    is_stuck: bool  # the only owner, who can neither step down nor be removed

    @property
    def can_change(self) -> bool:
        return bool(self.roles) or self.may_remove


@dataclass(frozen=True, slots=True)
class People:
    """A page of the people: `count` of all; `page` of those whom the query finds."""

    rows: list[Row]
    count: int
    page: "Page[Membership]"
    query: str


def people(viewer: Member, found: Found, query: str, number: str) -> People:
    """The page of this number of those whose name, a word of it, or username the query begins."""
    everybody = Membership.objects.filter(room=found.room)
    query = query.replace("\0", "").strip()[:QUERY_MAX_CHARACTERS]  # PostgreSQL stores none
    shown = everybody.filter(_begins(query)) if query else everybody
    page = Paginator(shown.by_rank(), PEOPLE_PER_PAGE).get_page(number)
    owner = only_owner(found.room)
    rows = [_row(viewer, found, it, owner) for it in page]
    return People(rows, everybody.count(), page, query)


def only_owner(room: Room) -> int | None:
    """The primary key of the one member without whom the room would have no owner."""
    of_owners = Membership.objects.filter(room=room, role=Role.OWNER)
    owners = list(of_owners.values_list("member", flat=True)[:2])
    return owners[0] if len(owners) == 1 and not room.is_open else None


def _begins(query: str) -> Q:
    name, username = name_key(query), caseless_key(query.removeprefix("@"))
    of_name = Q(member__name_key__startswith=name) | Q(member__name_key__contains=f" {name}")
    return of_name | Q(member__user__username_key__startswith=username)


def _row(viewer: Member, found: Found, membership: Membership, only_owner: int | None) -> Row:
    role, member = Role(membership.role), membership.member
    is_me = member.pk == viewer.pk
    may_remove = found.may(viewer, Action.REMOVE_PEOPLE) and policy.may_remove(found.standing, role)
    gives_roles = found.may(viewer, Action.SET_ROLES) and member.user_id is not None
    roles = [it for it in Role if it != role] if gives_roles else []
    is_stuck = member.pk == only_owner
    return Row(member, role, is_me, roles, may_remove and not is_me, is_stuck)
