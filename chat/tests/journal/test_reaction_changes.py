"""Changes of reactions: small, and applied in order they give the message as it is stored."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.journal import Appended, Change, Edit, Entry, Post, React, database
from chat.journal.entry import encode_reactions
from chat.journal.reaction_changes import copy
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room
from chat.tests.journal.test_entry import message_of
from chat.tests.support.message_changes import applied

PEOPLE = [Member(name=name, uid=uuid4()) for name in ("Alice", "Bob", "Carol", "Dave")]
Step = tuple[Member, str, bool]  # who, the emoji, and whether it is added
steps = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from("👍🎉🐱"), st.booleans()))


def react(message: Message, done: list[Step]) -> None:
    for member, emoji, on in done:
        named = [it for it in message.reactions if it["emoji"] == emoji]
        if any(str(member.uid) == it["id"] for its in named for it in its["people"]) != on:
            (message.add_reaction if on else message.remove_reaction)(emoji, member)


@given(before=steps, after=steps)
def test_a_change_turns_the_reactions_into_those_after_it(
    before: list[Step], after: list[Step]
) -> None:
    message = message_of("tea " * 2_000)  # longer than any change
    react(message, before)
    known = json.loads(encode_reactions(message, 0, []).json)
    encoded = copy(message.reactions)
    react(message, after)
    message.version = 2
    entry = encode_reactions(message, 1, encoded)
    assert entry.change
    changed = applied({1: known}, json.loads(entry.change.json))
    assert changed == json.loads(entry.json)


def test_a_change_is_as_small_as_what_people_did() -> None:
    message = message_of("🎂" * 8_000)
    for emoji in "👍🎉🐱":
        for number in range(100):
            message.add_reaction(emoji, Member(name=f"Guest {number}", uid=uuid4()))
    before = copy(message.reactions)
    message.add_reaction("🎉", PEOPLE[0])
    entry = encode_reactions(message, 1, before)
    assert entry.size > 40_000
    assert entry.change
    assert entry.change.size < 200


def test_an_entry_has_no_change_that_is_larger_than_itself() -> None:
    message = message_of("hi")
    for number in range(20):
        message.add_reaction("🎉", Member(name=f"Guest {number}", uid=uuid4()))
    before = copy(message.reactions)
    for person in message.reactions[0]["people"][1:]:
        message.remove_reaction("🎉", Member(name="", uid=person["id"]))
    assert encode_reactions(message, 1, before).change is None


async def commit_together(*changes: Change) -> list[Entry]:
    outcomes = await database.write(commit, changes)
    assert all(isinstance(it, Appended) for it in outcomes)
    new = [it.entry for it in outcomes if isinstance(it, Appended) and not it.is_duplicate]
    return sorted(new, key=lambda entry: entry.version)


@pytest.mark.parametrize("reacts_before_the_edit", [0, 1, 2])
async def test_reactions_and_an_edit_of_one_transaction_lead_to_the_stored_message(
    lobby: Room, alice: Member, bob: Member, reacts_before_the_edit: int
) -> None:
    reacts = [React(lobby.pk, it.pk, 1, "🎉", on=on) for it in (bob, alice) for on in (True, False)]
    reacts = [reacts[0], reacts[2], reacts[3]]  # Alice takes hers back
    post = Post(lobby.pk, alice.pk, uuid4(), "tea")
    edit = Edit(lobby.pk, alice.pk, 1, "more tea " * 100)
    changes: list[Change] = [
        post,
        *reacts[:reacts_before_the_edit],
        edit,
        *reacts[reacts_before_the_edit:],
    ]
    states: dict[int, dict[str, Any]] = {}
    for entry in await commit_together(*changes):
        states[1] = applied(states, json.loads((entry.change or entry).json))
    [stored] = await database.read(list, Message.objects.all())
    assert (states[1]["version"], states[1]["reactions"]) == (stored.version, stored.reactions)
    assert states[1]["text"] == stored.text


async def test_a_repeated_reaction_in_one_transaction_is_answered_with_the_new_state(
    lobby: Room, alice: Member, bob: Member
) -> None:
    await commit_together(Post(lobby.pk, alice.pk, uuid4(), "tea"))
    react = React(lobby.pk, bob.pk, 1, "🎉")
    outcomes = await database.write(commit, [react, react])
    first, second = [it for it in outcomes if isinstance(it, Appended)]
    assert (first.is_duplicate, second.is_duplicate) == (False, True)
    assert second.entry.version == first.entry.version == 2
