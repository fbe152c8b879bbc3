"""Who finds nothing: what may not be read is not found."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat import access, policy
from chat.journal.roster_changes import RemovePerson
from chat.models import (
    BannedNetwork,
    Knock,
    Member,
    Membership,
    Message,
    Role,
    Room,
    RoomName,
    Sanction,
    SanctionKind,
    Subscription,
)
from chat.policy import Action
from chat.search import rooms, searching
from chat.tests.search.support import found_in, page, say, texts
from chat.tests.support.private_rooms import (
    add,
    applied,
    new_account,
    new_direct_room,
    new_members_room,
)

pytestmark = pytest.mark.django_db
NETWORK = "a network"


@pytest.fixture
def kitchen(ada: Member, ben: Member, gus: Member) -> Room:
    """An open room in the lists of all."""
    room = Room.objects.ensure(RoomName.parse("kitchen"))
    for member in (ada, ben, gus):
        Subscription.objects.keep(member, room)
    say(room, ada, "the kettle")
    return room


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    room = new_members_room(ada, [ben])
    say(room, ada, "the kettle")
    return room


def ban(room: Room, member: Member) -> None:
    until = timezone.now() + timedelta(hours=1)
    Sanction.objects.impose(SanctionKind.BAN, member, room, until)


def test_who_was_taken_out_finds_nothing_more(den: Room, ada: Member, ben: Member) -> None:
    assert texts(ben, "kettle") == ["the kettle"]
    before = found_in(ben, den)
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    assert texts(ben, "kettle") == []
    assert texts(ben, "kettle", before) == []


def test_a_later_joiner_finds_what_was_said_since(den: Room, ada: Member, cleo: Member) -> None:
    add(den, ada, cleo, sees_history=False)
    say(den, ada, "another kettle", reply_to=2)
    assert texts(cleo, "kettle") == texts(cleo, "kettle", found_in(cleo, den)) == ["another kettle"]


def test_a_reply_does_not_tell_what_it_answers(den: Room, ada: Member, cleo: Member) -> None:
    answered = Message.objects.get(room=den, text="the kettle").seq
    add(den, ada, cleo, sees_history=False)
    say(den, ada, "another kettle", reply_to=answered)
    [of_cleo], [of_ada, _] = page(cleo, "kettle").results, page(ada, "kettle").results
    assert (of_cleo.state.reply_to, of_ada.state.reply_to) == (None, answered)


def test_who_is_banned_from_a_room_finds_nothing_there(kitchen: Room, ben: Member) -> None:
    before = found_in(ben, kitchen)
    ban(kitchen, ben)
    assert texts(ben, "kettle") == texts(ben, "kettle", before) == []


def test_a_guest_at_a_banned_network_finds_nothing(kitchen: Room, gus: Member, ben: Member) -> None:
    gus.network_digest = NETWORK
    assert texts(gus, "kettle") == ["the kettle"]
    ban(kitchen, ben)
    BannedNetwork.objects.create(ban=Sanction.objects.get(), digest=NETWORK)
    assert texts(gus, "kettle") == []


def test_who_is_banned_everywhere_finds_nothing(kitchen: Room, gus: Member) -> None:
    gus.banned_until = timezone.now() + timedelta(hours=1)
    assert texts(gus, "kettle") == []


def test_who_knocks_finds_nothing_before_being_let_in(kitchen: Room, gus: Member) -> None:
    Room.objects.filter(pk=kitchen.pk).update(needs_knock=True)
    Knock.objects.knock(gus, kitchen)
    assert texts(gus, "kettle") == []
    Knock.objects.update(let_in_at=timezone.now())
    assert texts(gus, "kettle") == ["the kettle"]


def test_a_deleted_room_has_nothing(kitchen: Room, ada: Member) -> None:
    before = found_in(ada, kitchen)
    Room.objects.get(pk=kitchen.pk).mark_deleted()
    assert texts(ada, "kettle") == texts(ada, "kettle", before) == []


def test_guests_find_nothing_where_none_are_let_in(
    kitchen: Room, ada: Member, gus: Member, settings: Settings
) -> None:
    settings.GUESTS = "off"
    assert (texts(gus, "kettle"), texts(ada, "kettle")) == ([], ["the kettle"])


def test_an_open_room_is_searched_by_who_has_its_address(kitchen: Room, cleo: Member) -> None:
    assert texts(cleo, "kettle") == []
    assert texts(cleo, "kettle", found_in(cleo, kitchen)) == ["the kettle"]


def test_a_visitor_who_is_not_stored_searches_an_open_room(kitchen: Room) -> None:
    nobody = Member()
    assert texts(nobody, "kettle") == []
    assert texts(nobody, "kettle", found_in(nobody, kitchen)) == ["the kettle"]


def test_an_archived_room_is_searched(kitchen: Room, ada: Member) -> None:
    Room.objects.filter(pk=kitchen.pk).update(archived_at=timezone.now())
    assert texts(ada, "kettle") == ["the kettle"]


def test_a_room_that_was_left_is_not_searched(kitchen: Room, ada: Member) -> None:
    Subscription.objects.leave(ada, kitchen)
    assert texts(ada, "kettle") == []


def test_a_name_elsewhere_is_as_no_name(
    kitchen: Room, den: Room, cleo: Member, gus: Member
) -> None:
    Subscription.objects.keep(cleo, kitchen)
    new_members_room(cleo)
    for typed in ("in:Den", "in:Nowhere", "from:Gus", "from:Nobody", "from:Gus in:Den kettle"):
        assert page(cleo, typed) == searching.NOTHING


# --- both questions -----------------------------------------------------------------------------


def rooms_closed_to_cleo(ada: Member, ben: Member, cleo: Member) -> Iterator[Room]:
    """Rooms that have the word, which Cleo may not read, or not yet."""
    yield new_members_room(ada, [ben], name="Members")
    yield new_direct_room(ada, ben)
    banned = Room.objects.ensure(RoomName.parse("banned"))
    Subscription.objects.keep(cleo, banned)
    ban(banned, cleo)
    yield banned
    knocked = Room.objects.ensure(RoomName.parse("knocked"))
    Subscription.objects.keep(cleo, knocked)
    Room.objects.filter(pk=knocked.pk).update(needs_knock=True)
    yield knocked
    later = new_members_room(ada, name="Later")
    say(later, ada, "the kettle")
    add(later, ada, cleo, sees_history=False)
    yield later


@pytest.fixture
def closed(ada: Member, ben: Member, cleo: Member) -> list[Room]:
    found = list(rooms_closed_to_cleo(ada, ben, cleo))
    for room in found[:-1]:
        Knock.objects.create(member=ada, room=room, let_in_at=timezone.now())
        say(room, ada, "the kettle")
    deleted = new_members_room(cleo, name="Deleted")
    say(deleted, cleo, "the kettle")
    deleted.refresh_from_db()
    deleted.mark_deleted()
    return [*found, deleted]


def test_both_questions_together_find_nothing(closed: list[Room], cleo: Member) -> None:
    assert texts(cleo, "kettle") == []


def test_the_query_alone_finds_nothing(
    closed: list[Room], cleo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were `policy` not asked, nothing would be told."""
    monkeypatch.setattr(policy, "may", lambda *args: True)
    monkeypatch.setattr(searching, "_may_read", lambda *args: True)
    assert texts(cleo, "kettle") == []


def test_the_policy_alone_finds_nothing(
    closed: list[Room], cleo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Had the query found all rooms, from the first message on, nothing would be told."""
    everywhere = {it.pk: 0 for it in Room.objects.all()}
    monkeypatch.setattr(searching, "readable", lambda *args: everywhere)
    assert Message.objects.filter(text="the kettle").count() == len(closed)
    assert texts(cleo, "kettle") == []


# --- the query says what the policy says --------------------------------------------------------

Change = Callable[[Room, Member], object]

STATES: dict[str, Change] = {
    "as it is": lambda room, member: None,
    "archived": lambda room, member: _update(room, archived_at=timezone.now()),
    "locked": lambda room, member: _update(room, locked_at=timezone.now()),
    "deleted": lambda room, member: room.mark_deleted(),
    "banned": ban,
    "ban over": lambda room, member: _ended_ban(room, member),
    "muted": lambda room, member: Sanction.objects.impose(
        SanctionKind.MUTE, member, room, timezone.now() + timedelta(hours=1)
    ),
    "knock": lambda room, member: _update(room, needs_knock=True),
    "let in": lambda room, member: _let_in(room, member),
    "waiting": lambda room, member: _knocking(room, member),
}


def _update(room: Room, **fields: object) -> None:
    Room.objects.filter(pk=room.pk).update(**fields)


def _ended_ban(room: Room, member: Member) -> None:
    ban(room, member)
    Sanction.objects.update(until=timezone.now() - timedelta(hours=1))


def _let_in(room: Room, member: Member) -> None:
    _update(room, needs_knock=True)
    Knock.objects.create(member=member, room=room, let_in_at=timezone.now())


def _knocking(room: Room, member: Member) -> None:
    _update(room, needs_knock=True)
    Knock.objects.knock(member, room)


def _searcher(name: str) -> Member:
    if name == "guest":
        return Member.objects.create(name="Gina")
    rights = {"is_staff": True, "is_superuser": True} if name == "operator" else {}
    return new_account("Sam", **rights)


def _room(kind: str, member: Member, role: Role | None) -> Room:
    if kind == "open":
        room = Room.objects.ensure(RoomName.parse("kitchen"))
        Subscription.objects.keep(member, room)
    else:
        room = new_members_room(new_account("Owner"))
    if role is not None:
        Membership.objects.create(member=member, room=room, role=role, since=9, visible_from=2)
    return room


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.OWNER])
@pytest.mark.parametrize("kind", ["open", "members"])
@pytest.mark.parametrize("name", ["guest", "account", "operator"])
def test_the_query_says_what_the_policy_says(
    name: str, kind: str, role: Role | None, state: str
) -> None:
    member = _searcher(name)
    if kind == "open" and role is not None and name == "guest":
        role = None  # guests keep no open room
    room = _room(kind, member, role)
    STATES[state](room, member)
    room.refresh_from_db()
    found = access.find_in(member, room)
    may_read = found is not None and found.may(member, Action.READ)
    seq = found.standing.visible_from if found and not room.is_open else 0
    assert rooms.readable(member, None) == ({room.pk: seq} if may_read else {})
    if found is not None:
        assert rooms.readable(member, found) == ({room.pk: seq} if may_read else {})
