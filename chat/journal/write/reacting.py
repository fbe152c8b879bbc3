"""Changes reactions in a transaction."""

from typing import NamedTuple

from chat import policy
from chat.journal.changes import (
    DELETED,
    NO_REACTING,
    NO_REACTING_HERE,
    NO_SUCH_MESSAGE,
    TOO_MANY_REACTIONS,
    Appended,
    React,
    Refused,
)
from chat.journal.entry import Entry, encode, encode_reactions
from chat.journal.reaction_changes import copy
from chat.journal.write.unit_of_work import UnitOfWork
from chat.models import Member, Message, Room
from chat.policy import Action
from chat.protocol import Translatable


class Reacted(NamedTuple):
    """A reaction that changes a message, and its member."""

    message: Message
    member: Member


class Reacting:
    """Changes the reactions to messages."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def react(self, change: React, room: Room, member: Member) -> Appended | Refused | Reacted:
        """Return Reacted if the reaction changes the message; its version follows in `apply`."""
        if not (self._work.may(member, Action.REACT, room) or _is_taken_back(change, member)):
            return Refused(*self._work.refusal(member, room, NO_REACTING))
        message = self._work.find_message(room, change.seq, member)
        if message is None:
            return Refused(*NO_SUCH_MESSAGE)
        if hindrance := _hindrance(change, message):
            return Refused(*hindrance)
        if reactors := self._react_as_all(change, member):
            self._work.authors.accept(member)
            self._work.kept_rooms.add_participant(member, room)
            self._change_reactions(change, message, reactors)
        elif id(message) not in self._work.encoded_reactions:
            return Appended(room, member, encode(message), is_duplicate=True)
        return Reacted(message, member)

    def _react_as_all(self, change: React, member: Member) -> list[Member]:
        """Whose reactions change: the member's, and those of guests whom the account has claimed.

        What such a guest has reacted is the member's own, and is taken back with it.
        """
        guests = self._work.claimed.get(member.pk, [])
        if change.on and any(self._work.related_rows.has_reacted(change, it) for it in guests):
            return []
        people = [member] if change.on else [member, *guests]
        return [it for it in people if self._work.related_rows.react(change, it)]

    def _change_reactions(self, change: React, message: Message, reactors: list[Member]) -> None:
        self._work.encoded_reactions.setdefault(id(message), copy(message.reactions))
        for member in reactors:
            if change.on:
                message.add_reaction(change.emoji, member)
            else:
                message.remove_reaction(change.emoji, member)

    def join(self, reacted: Reacted, joined: dict[int, Entry]) -> Appended:
        """The change that all reactions to a message become; `joined` has those by id()."""
        message, member = reacted
        is_duplicate = id(message) in joined
        if not is_duplicate:
            base, before = message.version, self._work.encoded_reactions[id(message)]
            self._work.take_version(message)
            joined[id(message)] = encode_reactions(message, base, before)
        return Appended(message.room, member, joined[id(message)], is_duplicate=is_duplicate)


def _is_taken_back(change: React, member: Member) -> bool:
    return not change.on and policy.may_take_back(member, member)


def _hindrance(change: React, message: Message) -> tuple[str, Translatable] | None:
    """Why nobody may react so to this message."""
    if message.is_deleted:
        return DELETED
    if message.is_ending:
        return NO_REACTING_HERE
    if change.on and not message.accepts_reaction(change.emoji):
        return TOO_MANY_REACTIONS
    return None
