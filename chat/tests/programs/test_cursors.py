"""A program gets each change after its cursor, in order, at least once."""

from random import Random
from uuid import uuid4

import pytest

from chat.journal import Delete, Edit, Post, React
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.markup import mark_up
from chat.models import (
    Bot,
    Hears,
    Member,
    ProgramCursor,
    Room,
    RoomName,
    Scope,
    Subscription,
    Token,
)
from chat.programs import cursors
from chat.programs.cursors import Answer
from chat.programs.tokens import Program
from chat.tests.support.private_rooms import add, applied, new_members_room

pytestmark = pytest.mark.django_db


def program_of(member: Member) -> Program:
    token, _ = Token.objects.make(member, member, "a test", list(Scope))
    return Program(token)


def read(program: Program, name: str = "c", *, own: bool = False) -> Answer:
    cursor = cursors.begin(program, name)
    answer = cursors.read(program, cursor.positions, own=own)
    ProgramCursor.objects.move(cursor, answer.passed)
    return answer


def ack(program: Program, answer: Answer, name: str = "c") -> None:
    ProgramCursor.objects.move(cursors.begin(program, name), answer.positions)


def told(answer: Answer) -> list[tuple[str, int, int]]:
    return [(it.room.name, it.entry.seq, it.entry.version) for it in answer.changes]


def post(room: Room, member: Member, text: str = "hi") -> None:
    applied(Post(room.pk, member.pk, uuid4(), text, markup=mark_up(room, text)))


@pytest.fixture
def tea(ada: Member, ben: Member) -> Room:
    """An open room in the lists of Ada and Ben."""
    tea = Room.objects.ensure(RoomName.parse("Tea"))
    for member in (ada, ben):
        Subscription.objects.keep(member, tea)
    return tea


def test_a_new_cursor_begins_now(tea: Room, ada: Member, ben: Member) -> None:
    post(tea, ben, "before")
    program = program_of(ada)
    assert told(read(program)) == []
    post(tea, ben, "after")
    assert told(read(program)) == [("Tea", 2, 2)]


def test_it_may_begin_at_the_start(tea: Room, ada: Member, ben: Member) -> None:
    post(tea, ben)
    program = program_of(ada)
    cursor = cursors.begin(program, "c", from_start=True)
    assert told(cursors.read(program, cursor.positions)) == [("Tea", 1, 1)]


def test_a_token_acknowledges_in_its_own_rooms_alone(tea: Room, ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    program, of_tea = program_of(ada), Program(Token(member=ada, scopes=[], rooms=[str(tea.uid)]))
    cursor = cursors.begin(program, "c")
    post(tea, ben)
    post(den, ben)
    positions = cursors.read(program, cursor.positions).positions
    cursors.acknowledge(of_tea, cursor, positions | {str(uuid4()): [str(uuid4()), 1]})
    assert told(read(program)) == [("Den", 2, 2)]
    assert {*cursors.begin(program, "c").positions} == {str(tea.uid), str(den.uid)}


def test_what_is_yet_to_come_cannot_be_acknowledged(tea: Room, ada: Member, ben: Member) -> None:
    program = program_of(ada)
    cursor = cursors.begin(program, "c")
    cursors.acknowledge(program, cursor, {str(tea.uid): [str(tea.epoch), 10**9]})
    post(tea, ben)
    assert told(read(program)) == [("Tea", 1, 1)]


def test_what_is_not_acknowledged_comes_again(tea: Room, ada: Member, ben: Member) -> None:
    program = program_of(ada)
    read(program)
    post(tea, ben)
    first, again = read(program), read(program)
    assert told(first) == told(again) == [("Tea", 1, 1)]
    ack(program, again)
    assert told(read(program)) == []


def test_edits_reactions_and_deletions_come_in_the_order_of_the_room(
    tea: Room, ada: Member, ben: Member
) -> None:
    program = program_of(ada)
    read(program)
    for text in ("one", "two", "three"):
        post(tea, ben, text)
    applied(Edit(tea.pk, ben.pk, 1, "uno"))
    applied(React(tea.pk, ada.pk, 2, "👍"))
    applied(Delete(tea.pk, ben.pk, 3))
    answer = read(program)
    assert told(answer) == [("Tea", 1, 4), ("Tea", 2, 5), ("Tea", 3, 6)]
    assert answer.changes[-1].entry.is_tombstone


def test_a_cursor_moves_forward_only(tea: Room, ada: Member, ben: Member) -> None:
    program = program_of(ada)
    read(program)
    post(tea, ben)
    older = read(program)
    post(tea, ben)
    ack(program, read(program))
    ack(program, older)
    assert told(read(program)) == []


def test_what_the_member_wrote_comes_if_it_is_asked_for(tea: Room, ada: Member) -> None:
    program = program_of(ada)
    read(program, "without"), read(program, "with")
    post(tea, ada)
    assert told(read(program, "without")) == []
    assert told(read(program, "with", own=True)) == [("Tea", 1, 1)]


def test_many_own_messages_hide_nothing(
    tea: Room, ada: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "ROOM_CHANGES", 2)
    program = program_of(ada)
    read(program)
    for _ in range(5):
        post(tea, ada)
    post(tea, ben)
    answers = [read(program) for _ in range(3)]
    assert [told(it) for it in answers] == [[], [], [("Tea", 6, 6)]]
    assert [it.more for it in answers[:2]] == [True, True]


def test_a_bot_may_be_told_what_it_is_addressed_by_alone(tea: Room, ben: Member) -> None:
    bot = Bot.objects.make("Deployer", None, hears=Hears.ADDRESSED).member
    Subscription.objects.keep(bot, tea)
    program = program_of(bot)
    read(program)
    for text in ("chatter", "@Deployer hello", "/deploy now"):
        post(tea, ben, text)
    assert [seq for _, seq, _ in told(read(program))] == [2, 3]


def test_a_command_addresses_the_bot_that_has_declared_it(tea: Room, ben: Member) -> None:
    commands = [{"name": "deploy", "description": "Puts a version online", "hint": ""}]
    terms = {"hears": Hears.ADDRESSED, "commands": commands}
    bot = Bot.objects.make("Deployer", None, **terms).member
    Subscription.objects.keep(bot, tea)
    program = program_of(bot)
    read(program)
    for text in ("/deploy", "/roll back", "/Deploy 1.2", "/deployment", "/ deploy", "@Deployer /x"):
        post(tea, ben, text)
    assert [seq for _, seq, _ in told(read(program))] == [1, 3, 6]


def test_a_room_that_somebody_gets_into_begins_where_they_came_in(ada: Member, ben: Member) -> None:
    program = program_of(ben)
    read(program)
    den = new_members_room(ada)
    post(den, ada, "before")
    add(den, ada, ben, sees_history=False)
    post(den, ada, "after")
    seqs = [seq for _, seq, _ in told(read(program))]
    assert seqs == [3, 4]  # that Ben was added, and what was said since


def test_the_first_message_of_a_room_that_was_empty_is_told(ada: Member, ben: Member) -> None:
    program = program_of(ada)
    read(program)
    empty = Room.objects.ensure(RoomName.parse("Empty"))
    Subscription.objects.keep(ada, empty)
    read(program)
    post(empty, ben, "first")
    assert told(read(program)) == [("Empty", 1, 1)]


def test_who_is_taken_out_is_told_nothing_more(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    program = program_of(ben)
    read(program)
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    post(den, ada, "without Ben")
    answer = read(program)
    assert (told(answer), answer.gaps, answer.rooms) == ([], [], {})


def test_a_program_is_told_that_retention_has_passed_it(
    tea: Room, ada: Member, ben: Member
) -> None:
    program = program_of(ada)
    read(program)
    for _ in range(3):
        post(tea, ben)
    tea.refresh_from_db()
    tea.message_set.filter(seq__lte=2).delete()
    Room.objects.filter(pk=tea.pk).update(expired_seq=2)
    answer = read(program)
    assert [(it.why, it.expired) for it in answer.gaps] == [("expired", 2)]
    assert told(answer) == [("Tea", 3, 3)]
    ack(program, answer)
    assert read(program).is_empty


def test_a_program_is_told_of_another_epoch_once(tea: Room, ada: Member, ben: Member) -> None:
    program = program_of(ada)
    post(tea, ben)
    read(program)
    Room.objects.begin_anew()
    answer = read(program)
    assert [it.why for it in answer.gaps] == ["epoch"]
    ack(program, answer)
    assert read(program).is_empty
    post(tea, ben)
    assert len(told(read(program))) == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_program_that_dies_anywhere_misses_nothing(
    tea: Room, ada: Member, ben: Member, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It forgets what it did not acknowledge; in the end it knows what the journal has."""
    monkeypatch.setattr(cursors, "ROOM_CHANGES", 3)
    random, program, den = Random(seed), program_of(ada), new_members_room(ben, [ada])
    read(program)
    stored: dict[tuple[str, int], int] = {}  # versions that the program has acknowledged
    for _ in range(40):
        room = random.choice([tea, den])
        last = Room.objects.get(pk=room.pk).last_seq
        if random.random() < 0.6 or last < 3:
            post(room, ben)
        else:
            applied(Edit(room.pk, ben.pk, last, f"{random.random()}"))
        if random.random() < 0.4:
            answer = read(program)
            in_order(answer)
            if random.random() < 0.5:  # else it dies before it acknowledges
                stored |= {(name, seq): version for name, seq, version in told(answer)}
                ack(program, answer)
    while not (answer := read(program)).is_empty:
        stored |= {(name, seq): version for name, seq, version in told(answer)}
        ack(program, answer)
    for room in (tea, den):
        begun = 0 if room == tea else 1  # Ben made the room before the cursor began
        messages = room.message_set.filter(seq__gt=begun)
        expected = {(room.name, it.seq): it.version for it in messages}
        assert {key: it for key, it in stored.items() if key[0] == room.name} == expected


def in_order(answer: Answer) -> None:
    for room in {it.room.pk for it in answer.changes}:
        versions = [it.entry.version for it in answer.changes if it.room.pk == room]
        assert versions == sorted(versions)
