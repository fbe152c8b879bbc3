"""Rooms without an owner who can sign in: the next in line becomes an owner."""

import asyncio
from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from chat.journal import Change, Journal, database
from chat.journal.roster_changes import Inherit
from chat.live.jobs import State
from chat.models import Job, Member, Membership, Role, RoomKind

HAND_OVER = "hand over rooms"  # the kind of the job
STEP_CHANGES = 20  # in a step


def hand_over(member: Member) -> None:
    """Leave to a job the rooms of somebody who is deactivated, or has an account now."""
    Job.objects.add(HAND_OVER, member=member.pk)


class HandingOver:
    """The steps of the job for one member."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def step(self, state: State) -> State | None:
        """Hand some rooms over. Raises Refused."""
        changes = await database.read(find_heirs, state["member"])
        await asyncio.gather(*(self._journal.append(it) for it in changes))
        return state if changes else None


def find_heirs(member_pk: int) -> Sequence[Change]:
    """What makes somebody an owner, in some rooms of the member where no owner is active."""
    of_room = Membership.objects.filter(room=OuterRef("room"))
    without_owner = Membership.objects.filter(
        ~Exists(of_room.filter(role=Role.OWNER).active()),
        Exists(of_room.filter(member__user__isnull=False).exclude(role=Role.OWNER).active()),
        member=member_pk,
        room__kind=RoomKind.MEMBERS,
        room__deleted_at=None,
    )
    heirs = [Membership.objects.next_owner(it.room_id) for it in without_owner[:STEP_CHANGES]]
    return [Inherit(it.room_id, it.member_id) for it in heirs if it]
