"""What moderators do to people and to a room: who may, what follows, and what the log keeps."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from chat import access, invites
from chat.journal import Delete, Edit, Post, Refused
from chat.journal.roster_changes import (
    AddPeople,
    Ban,
    Join,
    Lift,
    Mute,
    SetLocked,
    SetRole,
    SetSlow,
)
from chat.journal.write.appender import commit
from chat.models import (
    FOR_GOOD,
    ActKind,
    LastPost,
    Member,
    Message,
    ModerationAct,
    Revocation,
    Role,
    Room,
    RoomName,
    Sanction,
    SanctionKind,
    Subscription,
)
from chat.models.revocation import Why
from chat.policy import Action
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_invite,
    new_members_room,
    refusal,
    roles,
    settled,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns."""
    return new_open_room("Tea", ada)


@pytest.fixture
def den(ada: Member, ben: Member, cleo: Member) -> Room:
    return new_members_room(ada, [ben, cleo])


def post(room: Room, member: Member, text: str = "hi") -> Post:
    return Post(room.pk, member.pk, uuid4(), text)


def mute(room: Room, by: Member, person: Member, why: str = "") -> Mute:
    return Mute(room.pk, by.pk, person.pk, timezone.now() + timedelta(hours=1), why)


def ban(room: Room, by: Member, person: Member, why: str = "") -> Ban:
    return Ban(room.pk, by.pk, person.pk, FOR_GOOD, why)


def may_read(room: Room, member: Member) -> bool:
    found = access.find(member, RoomName.parse(room.name))
    return found is not None and found.may(member, Action.READ)


def let_pass(**time: int) -> None:
    """Time goes by for all sanctions."""
    for it in Sanction.objects.all():
        Sanction.objects.filter(pk=it.pk).update(until=it.until - timedelta(**time))


# --- mutes --------------------------------------------------------------------------------------


def test_a_muted_person_reads_until_the_mute_is_over(tea: Room, ada: Member, gus: Member) -> None:
    settled(mute(tea, ada, gus, "Be kind"))
    assert refusal(post(tea, gus)) == "muted"
    assert refusal(post(tea, ada)) is None
    found = access.find(gus, RoomName.parse("tea"))
    assert found
    assert found.may(gus, Action.READ)
    assert found.standing.why_muted == "Be kind"
    let_pass(hours=1)
    assert refusal(post(tea, gus)) is None


def test_a_mute_makes_no_entry_and_is_revoked(tea: Room, ada: Member, gus: Member) -> None:
    settled(mute(tea, ada, gus))
    tea.refresh_from_db()
    assert (tea.version, Message.objects.count()) == (0, 0)
    row = Revocation.objects.get()
    assert (row.why, row.member, row.room) == (Why.MUTED, gus.uid, tea)


def test_a_mute_that_is_lifted_is_over_and_both_are_in_the_log(
    tea: Room, ada: Member, gus: Member
) -> None:
    settled(mute(tea, ada, gus, "Spam"))
    settled(Lift(tea.pk, ada.pk, gus.pk, SanctionKind.MUTE, "Said sorry"))
    assert refusal(post(tea, gus)) is None
    muted, lifted = ModerationAct.objects.order_by("pk")
    assert (muted.kind, muted.by, muted.member, muted.why) == (ActKind.MUTE, ada, gus, "Spam")
    assert (lifted.kind, lifted.undoes, lifted.why) == (ActKind.UNMUTE, muted, "Said sorry")
    assert refusal(Lift(tea.pk, ada.pk, gus.pk, SanctionKind.MUTE)) == "nothing_changes"


def test_who_is_muted_in_the_same_transaction_no_longer_posts(
    tea: Room, ada: Member, gus: Member
) -> None:
    outcomes = commit([mute(tea, ada, gus), post(tea, gus)])
    assert [it.code for it in outcomes if isinstance(it, Refused)] == ["muted"]


def test_a_room_where_nobody_is_sanctioned_any_more_looks_nothing_up(
    tea: Room, ada: Member, gus: Member, cleo: Member
) -> None:
    longer = timezone.now() + timedelta(days=1)
    settled(mute(tea, ada, gus))
    settled(Mute(tea.pk, ada.pk, cleo.pk, longer))
    settled(Lift(tea.pk, ada.pk, gus.pk, SanctionKind.MUTE))
    tea.refresh_from_db()
    assert tea.sanctioned_until == longer
    settled(Lift(tea.pk, ada.pk, cleo.pk, SanctionKind.MUTE))
    tea.refresh_from_db()
    assert not tea.has_sanctions


def test_a_mute_of_a_claimed_guest_is_one_of_the_account(
    tea: Room, ada: Member, ben: Member
) -> None:
    guest = Member.objects.create(name="Ben on a bus", claimed_by=ben.user)
    settled(mute(tea, ada, guest))
    assert refusal(post(tea, ben)) == "muted"


# --- bans ---------------------------------------------------------------------------------------


def test_a_banned_person_finds_an_open_room_and_reads_nothing(
    tea: Room, ada: Member, gus: Member
) -> None:
    Subscription.objects.keep(gus, tea)
    settled(ban(tea, ada, gus, "Spam"))
    found = access.find(gus, RoomName.parse("tea"))
    assert found
    assert not found.may(gus, Action.READ)
    assert found.standing.why_banned == "Spam"
    assert refusal(post(tea, gus)) == "banned"
    assert not Subscription.objects.filter(member=gus).exists()
    assert Revocation.objects.get().why == Why.BANNED


def test_guests_of_a_banned_guests_network_are_banned_and_accounts_are_not(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(ban(tea, ada, gus))
    Sanction.objects.add_networks(gus.uid, ["there"], tea.pk)
    other = Member.new_guest(uuid4())
    for member in (other, ben):
        member.network_digest = "there"
    assert not may_read(tea, other)
    assert may_read(tea, ben)


def test_a_ban_takes_a_member_out_and_no_invite_lets_them_in_again(
    den: Room, ada: Member, ben: Member
) -> None:
    settled(ban(den, ada, ben))
    assert roles(den) == {"Ada": "owner", "Cleo": "member"}
    assert Message.objects.latest("pk").text == "removed Ben"
    invite = new_invite(den, ada)
    assert refusal(Join(den.pk, ben.pk, invite.pk)) == "gone"
    settled(Lift(den.pk, ada.pk, ben.pk, SanctionKind.BAN))
    assert refusal(Join(den.pk, ben.pk, invite.pk)) is None


def test_a_banned_person_cannot_be_added(den: Room, ada: Member, ben: Member) -> None:
    settled(ban(den, ada, ben))
    assert refusal(AddPeople(den.pk, ada.pk, (ben.pk,))) == "nothing_changes"


def test_a_banned_moderator_keeps_no_role(tea: Room, ada: Member, ben: Member) -> None:
    applied(SetRole(tea.pk, ada.pk, ben.pk, Role.MODERATOR))
    settled(ban(tea, ada, ben))
    assert roles(tea) == {"Ada": "owner"}


# --- who may ------------------------------------------------------------------------------------


def test_strangers_learn_nothing_of_a_room_by_moderating_there(den: Room, gus: Member) -> None:
    for change in (mute(den, gus, gus), ban(den, gus, gus), SetLocked(den.pk, gus.pk, True)):
        assert refusal(change) == "gone"


def test_moderators_do_nothing_to_equals_and_nobody_to_themselves(
    tea: Room, ada: Member, ben: Member, cleo: Member
) -> None:
    for person in (ben, cleo):
        applied(SetRole(tea.pk, ada.pk, person.pk, Role.MODERATOR))
    olga = Member.objects.of_user(
        User.objects.create_user("olga", is_staff=True, is_superuser=True)
    )
    for by, person in ((ben, cleo), (ben, ada), (ben, ben), (ada, ada), (ada, olga)):
        assert refusal(mute(tea, by, person)) == "not_allowed"
    assert refusal(mute(tea, ada, ben)) is None
    assert refusal(ban(tea, olga, ada)) is None


def test_a_demoted_moderator_mutes_nobody_more(tea: Room, ada: Member, gus: Member) -> None:
    ben = new_account("Ben")
    applied(SetRole(tea.pk, ada.pk, ben.pk, Role.MODERATOR))
    outcomes = commit([SetRole(tea.pk, ada.pk, ben.pk, Role.MEMBER), mute(tea, ben, gus)])
    assert [it.code for it in outcomes if isinstance(it, Refused)] == ["not_allowed"]


# --- the room -----------------------------------------------------------------------------------


def test_in_a_locked_room_moderators_alone_post(tea: Room, ada: Member, gus: Member) -> None:
    applied(SetLocked(tea.pk, ada.pk, True, "Too hot"))
    assert refusal(post(tea, gus)) == "locked"
    assert refusal(post(tea, ada)) is None
    applied(SetLocked(tea.pk, ada.pk, False))
    assert refusal(post(tea, gus)) is None
    assert list(ModerationAct.objects.values_list("kind", "why")) == [
        ("lock", "Too hot"),
        ("unlock", ""),
    ]


def test_in_slow_mode_a_person_waits_and_a_moderator_does_not(
    tea: Room, ada: Member, gus: Member
) -> None:
    applied(SetSlow(tea.pk, ada.pk, 30))
    first = post(tea, gus)
    assert refusal(first) is None
    assert refusal(first) is None  # sent again, it is no second one
    [refused] = commit([post(tea, gus)])
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after) == ("too_fast", 30)
    assert [refusal(post(tea, ada)) for _ in range(2)] == [None, None]
    LastPost.objects.update(at=timezone.now() - timedelta(seconds=30))
    assert refusal(post(tea, gus)) is None


def test_two_posts_in_one_transaction_are_not_both_let_in_by_slow_mode(
    tea: Room, ada: Member, gus: Member
) -> None:
    applied(SetSlow(tea.pk, ada.pk, 30))
    outcomes = commit([post(tea, gus), post(tea, gus)])
    assert [isinstance(it, Refused) for it in outcomes] == [False, True]


def test_rooms_without_slow_mode_keep_no_times(tea: Room, gus: Member) -> None:
    applied(post(tea, gus))
    assert not LastPost.objects.exists()


def test_the_log_says_who_deleted_whose_message_and_why(
    tea: Room, ada: Member, gus: Member
) -> None:
    seq = applied(post(tea, gus)).entry.seq
    applied(Delete(tea.pk, ada.pk, seq, "Advertising"))
    applied(Delete(tea.pk, ada.pk, seq, "Twice"))
    act = ModerationAct.objects.get()
    assert (act.kind, act.by, act.member, act.seq) == (ActKind.DELETE, ada, gus, seq)
    assert (act.room, act.why) == (tea, "Advertising")


def test_a_change_of_an_earlier_state_of_a_message_is_refused(
    tea: Room, ada: Member, gus: Member
) -> None:
    seq = applied(post(tea, gus)).entry.seq
    version = applied(Edit(tea.pk, gus.pk, seq, "milk", version=seq)).entry.version
    assert refusal(Edit(tea.pk, gus.pk, seq, "sugar", version=seq)) == "changed"
    assert refusal(Delete(tea.pk, gus.pk, seq, version=seq)) == "changed"
    assert refusal(Delete(tea.pk, ada.pk, seq, version=seq)) == "changed"
    assert applied(Delete(tea.pk, ada.pk, seq, version=version)).entry.is_tombstone


def test_who_deletes_an_own_message_is_not_in_the_log(tea: Room, gus: Member) -> None:
    seq = applied(post(tea, gus)).entry.seq
    applied(Delete(tea.pk, gus.pk, seq))
    assert not ModerationAct.objects.exists()


def test_a_guest_of_a_banned_network_does_not_come_back_by_an_invite(
    den: Room, ada: Member, gus: Member
) -> None:
    invite = new_invite(den, ada, for_guests=True)
    settled(Join(den.pk, gus.pk, invite.pk))
    settled(ban(den, ada, gus))
    Sanction.objects.add_networks(gus.uid, ["there"], den.pk)
    den.refresh_from_db()
    invite.refresh_from_db()
    other = Member.new_guest(uuid4())
    assert invites.holds(invite, den, other)
    other.network_digest = "there"
    assert not invites.holds(invite, den, other)


def test_one_lift_ends_all_bans_that_somebody_has(tea: Room, ada: Member, gus: Member) -> None:
    settled(ban(tea, ada, gus))
    Sanction.objects.create(kind="ban", member=gus, room=tea, until=FOR_GOOD)  # of a claimed guest
    settled(Lift(tea.pk, ada.pk, gus.pk, SanctionKind.BAN))
    assert refusal(post(tea, gus)) is None
