"""The first sign-in keeps the guest; a later one offers to claim the guest of the browser."""

from uuid import UUID, uuid4

import pytest
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts import operators
from accounts.models import User
from chat import guest_cookie
from chat.journal import Appended, Delete, Edit, Post, Refused
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.appender import commit
from chat.journal.write.markup import mark_up
from chat.live.unread import find_unread
from chat.models import (
    Member,
    Membership,
    Mention,
    Message,
    Revocation,
    Room,
    RoomName,
    Subscription,
)
from chat.models.revocation import Why
from chat.personal_data import claiming, deletion
from chat.tests.support.private_rooms import applied, new_account, new_members_room

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

OFFER = "In this browser you also wrote as the guest"


@pytest.fixture
def lobby() -> Room:
    return Room.objects.ensure(RoomName.parse("lobby"))


@pytest.fixture
def panda(lobby: Room) -> Member:
    """A guest who has been in the lobby."""
    member = Member.objects.create(name="Panda")
    Subscription.objects.record_visit(member, lobby)
    return member


def sign_in(user: User, guest: UUID | None, session: object) -> None:
    request: HttpRequest = RequestFactory().post("/accounts/login/")
    request.session = session  # type: ignore[assignment]
    if guest:
        request.COOKIES[guest_cookie.COOKIE] = guest_cookie.sign(guest)
    login(request, user)


def own(user: User) -> Member:
    return Member.objects.get(user=user)


# --- the first sign-in --------------------------------------------------------------------------


def test_who_signs_up_as_a_guest_keeps_being_that_person(client: Client, panda: Member) -> None:
    user = User.objects.create_user("alice")
    sign_in(user, panda.uid, client.session)
    assert (own(user), own(user).name) == (panda, "Panda")
    assert Subscription.objects.get().member == panda


def test_a_guest_who_was_never_stored_keeps_the_id_that_open_tabs_show(client: Client) -> None:
    user, uid = User.objects.create_user("alice"), uuid4()
    shown = Member.new_guest(uid)
    sign_in(user, uid, client.session)
    assert (own(user).uid, own(user).name) == (uid, shown.name)


def test_who_signs_in_without_having_been_a_guest_has_the_username(client: Client) -> None:
    user = User.objects.create_user("alice")
    sign_in(user, None, client.session)
    assert own(user).name == "alice"


def test_a_guest_of_another_account_is_not_taken(client: Client, panda: Member) -> None:
    bob = User.objects.create_user("bob")
    Member.objects.update(user=bob)
    alice = User.objects.create_user("alice")
    sign_in(alice, panda.uid, client.session)
    assert own(bob) == panda
    assert own(alice) != panda


def test_a_later_sign_in_leaves_the_guest_alone(client: Client, panda: Member) -> None:
    user = User.objects.create_user("alice")
    Member.objects.create(name="Alice", user=user)
    sign_in(user, panda.uid, client.session)
    panda.refresh_from_db()
    assert (panda.is_guest, own(user).name) == (True, "Alice")


# --- claiming -----------------------------------------------------------------------------------


@pytest.fixture
def alice() -> User:
    user = User.objects.create_user("alice")
    Member.objects.create(name="Alice", user=user)
    return user


@pytest.fixture
def browser(client: Client, alice: User, panda: Member) -> Client:
    """Alice's, in which Panda talked before."""
    client.force_login(alice)
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(panda.uid)
    return client


@pytest.mark.parametrize("address", ["/", "/chat/lobby/"])
def test_the_pages_offer_to_claim_the_guest(browser: Client, address: str) -> None:
    assert OFFER in browser.get(address).content.decode()


@pytest.mark.parametrize("address", ["/", "/chat/lobby/"])
def test_no_offer_is_made_to_guests_or_without_a_guest(
    client: Client, alice: User, panda: Member, address: str
) -> None:
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(panda.uid)
    assert OFFER not in client.get(address).content.decode()
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(uuid4())
    client.force_login(alice)
    assert OFFER not in client.get(address).content.decode()


def test_a_claimed_guest_belongs_to_the_account(
    browser: Client, alice: User, panda: Member, lobby: Room
) -> None:
    answer = browser.post("/claim/", {"answer": "yes", "next": "/chat/lobby/"})
    assert (answer.status_code, answer["Location"]) == (302, "/chat/lobby/")
    panda.refresh_from_db()
    assert (panda.claimed_by, panda.is_guest) == (alice, False)
    assert Subscription.objects.get().member == own(alice)
    revocation = Revocation.objects.get()
    assert (revocation.why, revocation.member) == (Why.CLAIMED, panda.uid)
    page = browser.get("/chat/lobby/").content.decode()
    assert OFFER not in page
    assert f'"claimed": ["{panda.uid}"]' in page


def test_a_guest_who_is_somebody_else_is_not_offered_again(
    browser: Client, alice: User, panda: Member
) -> None:
    browser.post("/claim/", {"answer": "no"})
    assert OFFER not in browser.get("/").content.decode()
    panda.refresh_from_db()
    assert panda.is_guest


def test_a_browser_does_not_claim_what_an_account_has(browser: Client, panda: Member) -> None:
    bob = User.objects.create_user("bob")
    Member.objects.filter(pk=panda.pk).update(claimed_by=bob)
    browser.post("/claim/", {"answer": "yes"})
    panda.refresh_from_db()
    assert panda.claimed_by == bob


def test_a_guest_claims_nobody(client: Client, panda: Member) -> None:
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(panda.uid)
    assert client.post("/claim/", {"answer": "yes"}).status_code == 403


def test_an_account_claims_a_bounded_number_of_guests(
    browser: Client, alice: User, panda: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "CLAIMED_MAX", 2)
    guest = Member.objects.create(name="Otter", claimed_by=alice)
    assert OFFER in browser.get("/").content.decode()
    Member.objects.create(name="Owl", claimed_by=alice)
    assert OFFER not in browser.get("/").content.decode()
    browser.post("/claim/", {"answer": "yes"})
    claiming.claim(own(alice), panda)  # of two at once, the second finds the account full
    panda.refresh_from_db()
    assert (guest.claimed_by, panda.claimed_by) == (alice, None)


@pytest.mark.parametrize("change", ["deactivate", "delete"])
def test_an_account_that_is_gone_by_now_claims_nobody(
    alice: User, panda: Member, change: str
) -> None:
    hers = Member.objects.select_related("user").get(user=alice)
    if change == "delete":
        deletion.delete_account(User.objects.get(), with_messages=False)
    else:
        operators.set_active(User.objects.all(), active=False)
    with pytest.raises(PermissionDenied):
        claiming.claim(hers, panda)
    panda.refresh_from_db()
    assert panda.is_guest


def test_claiming_leads_to_no_other_site(browser: Client) -> None:
    answer = browser.post("/claim/", {"answer": "no", "next": "https://example.com/"})
    assert answer["Location"] == "/"


def test_the_state_of_both_in_a_room_is_joined(
    browser: Client, alice: User, panda: Member, lobby: Room
) -> None:
    Subscription.objects.record_visit(own(alice), lobby)
    Subscription.objects.keep(panda, lobby)
    Subscription.objects.filter(member=panda).update(read_seq=7)
    browser.post("/claim/", {"answer": "yes"})
    subscription = Subscription.objects.get()
    assert (subscription.member, subscription.read_seq) == (own(alice), 7)
    assert subscription.kept_at


# --- what the guest wrote -----------------------------------------------------------------------


def test_the_account_edits_and_deletes_what_the_claimed_guest_wrote(
    alice: User, panda: Member, lobby: Room
) -> None:
    hers, bob = own(alice), Member.objects.create(name="Bob")
    commit([Post(lobby.pk, panda.pk, uuid4(), "hi"), Post(lobby.pk, panda.pk, uuid4(), "ho")])
    assert isinstance(commit([Edit(lobby.pk, hers.pk, 1, "mine")])[0], Refused)
    Member.objects.filter(pk=panda.pk).update(claimed_by=alice)
    assert isinstance(commit([Edit(lobby.pk, bob.pk, 1, "his")])[0], Refused)
    outcomes = commit([Edit(lobby.pk, hers.pk, 1, "hers"), Delete(lobby.pk, hers.pk, 2)])
    assert not [it for it in outcomes if isinstance(it, Refused)]
    first, second = Message.objects.order_by("seq")
    assert (first.text, first.author, second.is_deleted) == ("hers", panda, True)


def test_a_message_that_the_guest_sent_is_found_again_by_the_account(
    browser: Client, alice: User, panda: Member, lobby: Room
) -> None:
    id = uuid4()
    commit([Post(lobby.pk, panda.pk, id, "hi")])
    browser.post("/claim/", {"answer": "yes"})
    [again] = commit([Post(lobby.pk, own(alice).pk, id, "hi")])
    assert isinstance(again, Appended)
    assert again.is_duplicate
    assert Message.objects.get().author == panda


def test_who_mentions_or_answers_the_guest_means_the_account(
    browser: Client, alice: User, panda: Member, lobby: Room
) -> None:
    hers, bob = own(alice), Member.objects.create(name="Bob")
    Subscription.objects.record_visit(bob, lobby)
    commit([Post(lobby.pk, panda.pk, uuid4(), "hi")])
    commit([Post(lobby.pk, bob.pk, uuid4(), "@Panda", markup=mark_up(lobby, "@Panda"))])
    browser.post("/claim/", {"answer": "yes"})
    assert Mention.objects.get().member == hers
    commit([Post(lobby.pk, bob.pk, uuid4(), "@Panda", markup=mark_up(lobby, "@Panda"))])
    commit([Post(lobby.pk, bob.pk, uuid4(), "oh", reply_to=1)])
    assert [*Mention.objects.values_list("seq", "member")] == [(it, hers.pk) for it in (2, 3, 4)]
    assert [it.mentions for it in Message.objects.order_by("seq")[2:]] == [[str(hers.uid)]] * 2
    lobby.refresh_from_db()
    _, unread = find_unread(hers, lobby)
    assert unread
    assert unread["mentions"] == [2, 3, 4]


def test_a_message_that_mentions_both_mentions_the_account_once(
    browser: Client, alice: User, panda: Member, lobby: Room
) -> None:
    hers, bob = own(alice), Member.objects.create(name="Bob")
    Subscription.objects.record_visit(hers, lobby)
    commit([Post(lobby.pk, bob.pk, uuid4(), "x", markup=mark_up(lobby, "@Panda @Alice"))])
    assert Mention.objects.count() == 2
    browser.post("/claim/", {"answer": "yes"})
    assert Mention.objects.get().member == hers


def test_nobody_speaks_as_a_claimed_guest(alice: User, panda: Member, lobby: Room) -> None:
    Member.objects.filter(pk=panda.pk).update(claimed_by=alice)
    [outcome] = commit([Post(lobby.pk, panda.pk, uuid4(), "hi")])
    assert isinstance(outcome, Refused)


@pytest.mark.django_db(transaction=True)
def test_an_account_that_was_removed_does_not_come_back_through_a_guest(
    browser: Client, alice: User, panda: Member
) -> None:
    owner, member = new_account("Olga"), own(alice)
    room = new_members_room(owner, [member])
    Membership.objects.create(member=panda, room=room, since=1)
    applied(RemovePerson(room.pk, owner.pk, member.pk))
    browser.post("/claim/", {"answer": "yes"})
    assert Member.objects.get(pk=panda.pk).claimed_by == alice
    assert not Membership.objects.filter(room=room).exclude(member=owner).exists()
    assert not Subscription.objects.filter(room=room, member=member).exists()
