"""Two people change the same account or member at once: rights are asked after the locks."""

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from accounts import operators
from accounts.models import User
from chat import signals
from chat.models import DeviceLink, Member, Sanction
from chat.models.member import FORMER_NAME
from chat.personal_data import claiming
from chat.personal_data.deletion import delete_account
from chat.tests.support.rivals import result_of_second
from chat.web import devices
from chat.web.moderation.everywhere import block_person

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[[], object]

HOUR = 3_600


@pytest.fixture(autouse=True)
def no_nudges(monkeypatch: pytest.MonkeyPatch) -> None:
    """They go to sockets, of which there are none."""
    monkeypatch.setattr(signals, "_publish_after_commit", lambda topic, pk: None)


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", is_staff=True, is_superuser=True)


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", is_staff=True, is_superuser=True)


@pytest.fixture
def panda() -> Member:
    """A guest."""
    return Member.objects.create(name="Panda")


def own(user: User) -> Member:
    """The member of a user as a page has read it."""
    Member.objects.of_user(user)
    return Member.objects.select_related("user").get(user=user)


# --- the last operator --------------------------------------------------------------------------


LEAVING = {
    "deactivated": lambda user: operators.set_active([user], active=False),
    "no operator": lambda user: operators.set_operator([user], operator=False),
    "deleted": lambda user: delete_account(user, with_messages=False),
}


@pytest.mark.parametrize("second", LEAVING.values(), ids=list(LEAVING))
@pytest.mark.parametrize("first", LEAVING.values(), ids=list(LEAVING))
def test_of_two_operators_one_stays(
    alice: User, bob: User, first: Callable[[User], object], second: Callable[[User], object]
) -> None:
    with pytest.raises(operators.LastOperator):
        result_of_second(partial(first, alice), partial(second, bob))
    bob.refresh_from_db()
    assert bob.is_operator


# --- claims, names and deletions ----------------------------------------------------------------


def test_an_account_that_is_being_deleted_claims_no_guest(
    alice: User, bob: User, panda: Member
) -> None:
    hers = own(alice)
    with pytest.raises(PermissionDenied):
        result_of_second(
            partial(delete_account, alice, with_messages=False),
            partial(claiming.claim, hers, panda),
        )
    panda.refresh_from_db()
    assert panda.is_guest


def test_a_guest_who_is_being_claimed_is_deleted_with_the_account(
    alice: User, bob: User, panda: Member
) -> None:
    result_of_second(
        partial(claiming.claim, own(alice), panda),
        partial(delete_account, alice, with_messages=False),
    )
    panda.refresh_from_db()
    assert (panda.is_former, panda.name) == (True, FORMER_NAME)


def test_of_two_accounts_one_claims_a_guest(alice: User, bob: User, panda: Member) -> None:
    result_of_second(
        partial(claiming.claim, own(alice), panda), partial(claiming.claim, own(bob), panda)
    )
    panda.refresh_from_db()
    assert panda.claimed_by == alice


def test_a_name_does_not_come_back_while_the_account_is_deleted(alice: User, bob: User) -> None:
    hers = own(alice)
    with pytest.raises(PermissionDenied):
        result_of_second(
            partial(delete_account, alice, with_messages=False), partial(hers.rename, "Ada")
        )
    hers.refresh_from_db()
    assert (hers.name, hers.name_key) == (FORMER_NAME, "")


# --- blocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", LEAVING.values(), ids=list(LEAVING))
def test_who_is_losing_the_rights_blocks_nobody(
    alice: User, bob: User, panda: Member, leave: Callable[[User], object]
) -> None:
    with pytest.raises(PermissionDenied):
        result_of_second(partial(leave, alice), partial(block_person, panda.uid, alice, HOUR))
    assert not Sanction.objects.exists()


def test_who_is_being_made_an_operator_is_not_blocked(alice: User) -> None:
    carol = User.objects.create_user("carol")
    with pytest.raises(PermissionDenied):
        result_of_second(
            partial(operators.set_operator, [carol], operator=True),
            partial(block_person, own(carol).uid, alice, HOUR),
        )
    carol.refresh_from_db()
    assert carol.is_active


def test_a_guest_who_is_signing_up_is_blocked_as_an_account(alice: User, panda: Member) -> None:
    carol = User.objects.create_user("carol")
    result_of_second(
        partial(Member.objects.ensure_of_user, carol, panda.uid),
        partial(block_person, panda.uid, alice, HOUR),
    )
    assert Sanction.objects.get().member.user == carol


# --- links for other devices --------------------------------------------------------------------


@pytest.fixture
def make_link(alice: User) -> Change:
    """As a page does that has found out that Alice asks."""
    client, hers = Client(), own(alice)
    client.force_login(alice)
    request = RequestFactory().post("/device/")
    request.COOKIES = {name: it.value for name, it in client.cookies.items()}
    return partial(devices._make_link, request, hers)


def sign_out(alice: User) -> None:
    Session.objects.get().delete()


def change_password(alice: User) -> None:
    alice.set_password("another horse battery")
    alice.save()


ENDING = {
    "sign-out": sign_out,
    "password": change_password,
    "deactivated": LEAVING["deactivated"],
    "deleted": LEAVING["deleted"],
}


@pytest.mark.parametrize("end", ENDING.values(), ids=list(ENDING))
def test_no_link_is_made_for_a_session_that_is_ending(
    alice: User, bob: User, make_link: Change, end: Callable[[User], object]
) -> None:
    assert result_of_second(partial(end, alice), make_link) is None
    assert not DeviceLink.objects.exists()


@pytest.mark.parametrize("end", ENDING.values(), ids=list(ENDING))
def test_a_link_that_is_being_made_ends_with_the_session(
    alice: User, bob: User, make_link: Change, end: Callable[[User], object]
) -> None:
    result_of_second(make_link, partial(end, alice))
    assert not DeviceLink.objects.exists()
