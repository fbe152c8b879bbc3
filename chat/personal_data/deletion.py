"""Deleting an account: at once what says who somebody was, then by a job what they left in rooms.

The job takes each thing back through the journal, as a change of its room.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.models import User
from accounts.operators import ensure_others_operate
from chat.journal import Change, Erase, Journal, React, Refresh, database
from chat.journal.roster_changes import Withdraw
from chat.live.jobs import State
from chat.models import Job, Member, Membership, Message, Reaction, ReportCase, RoomKind
from chat.models.event import ENDING, RENAMED
from chat.models.message import Kind
from chat.personal_data.handing_over import find_heirs

FORGET = "forget member"  # the kind of the job
STEP_CHANGES = 20  # in a step: others post in between


@transaction.atomic
def delete_account(user: User, *, with_messages: bool) -> None:
    """End the sessions of a user, delete the account, and leave the rest to jobs.

    Raises LastOperator. Does nothing if the account is deleted already.
    """
    ensure_others_operate([user])
    if User.objects.select_for_update().filter(pk=user.pk).first() is None:
        return  # nobody claims a guest from here on
    forget(user, with_messages=with_messages)
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.delete()  # `chat.signals` revokes, and makes the members former ones


def forget(user: User, *, with_messages: bool = False) -> None:
    """Leave to jobs what the user's members left in rooms; what jobs are to do already stays so."""
    asked = {it.state["member"] for it in Job.objects.filter(kind=FORGET)}
    members = Member.objects.all_of_user(user)
    pks = list(members.values_list("pk", flat=True))
    ReportCase.objects.forget(pks, with_messages=with_messages)
    for member in members.exclude(pk__in=asked):
        Job.objects.add(FORGET, member=member.pk, with_messages=with_messages, room=0)


class Forgetting:
    """The steps of the job for one member."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def step(self, state: State) -> State | None:
        """Take some things back. Raises Refused."""
        changes, next_state = await database.read(_find_changes, state)
        await asyncio.gather(*(self._journal.append(it) for it in changes))
        return next_state


def _find_changes(state: State) -> tuple[Sequence[Change], State | None]:
    """The changes of a step, and the state after it: none when nothing is left."""
    member: int = state["member"]
    if state["room"] is not None:  # the new name first: it is gone from all rooms soon
        latest = _latest_messages(member, state["room"])
        reached = latest[-1].room_id if latest else None
        return latest, {**state, "room": reached}
    changes: Sequence[Change] = (
        find_heirs(member) or _memberships(member) or _reactions(member) or _names(member)
    )
    if not changes and state["with_messages"]:
        changes = _messages(member)
    return changes, state if changes else None


def _latest_messages(member: int, after: int) -> list[Refresh]:
    """The member's last message in each of some rooms. A page that gets it shows the new name."""
    changing = Message.objects.exclude(event__type__in=ENDING)
    rooms = changing.filter(author=member, room__gt=after).values("room")
    found = rooms.annotate(last=Max("seq")).order_by("room")[:STEP_CHANGES]
    return [Refresh(it["room"], member, it["last"]) for it in found]


def _memberships(member: int) -> list[Change]:
    """The rooms that are not open: each has a line that says who has left."""
    rows = Membership.objects.filter(member=member, room__deleted_at=None).order_by("pk")
    rooms = rows.exclude(room__kind=RoomKind.OPEN).values_list("room", flat=True)
    return [Withdraw(room, member) for room in rooms[:STEP_CHANGES]]


def _reactions(member: int) -> list[Change]:
    rows = Reaction.objects.filter(member=member).order_by("pk")
    found: Any = rows.values_list("message__room", "message__seq", "emoji")[:STEP_CHANGES]
    return [React(room, member, seq, emoji, on=False) for room, seq, emoji in found]


def _names(member: int) -> list[Change]:
    """The lines that tell new names: nobody wrote them, and they have the names."""
    return _erase(member, Message.objects.filter(kind=Kind.EVENT, event__type=RENAMED))


def _messages(member: int) -> list[Change]:
    """Topics and events stay: they say what a room is about, and who came and went."""
    return _erase(member, Message.objects.exclude(kind__in=[Kind.TOPIC, Kind.EVENT]))


def _erase(member: int, among: "QuerySet[Message]") -> list[Change]:
    rows = among.filter(author=member, deleted_at=None)
    found = rows.order_by("pk").values_list("room", "seq")[:STEP_CHANGES]
    return [Erase(room, member, seq) for room, seq in found]
