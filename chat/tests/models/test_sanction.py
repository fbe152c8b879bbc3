"""Blocks of guests, and of the networks that they came from."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from chat.identity import Credentials, find_speaker
from chat.models import BannedNetwork, Member, Revocation, Sanction
from chat.models.revocation import Why
from chat.models.sanction import NETWORKS_MAX, network_digest
from chat.tests.support.accounts import sign_in

pytestmark = pytest.mark.django_db

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def bert() -> Member:
    return Member.objects.create(name="Bert")


def block(member: Member, **time: int) -> Sanction:
    return Sanction.objects.ban(member, timezone.now() + timedelta(**(time or {"hours": 1})))


def is_banned(guest: Member | None = None, network: str | None = None) -> bool:
    uid = guest.uid if guest else uuid4()
    return find_speaker(Credentials(uid, None, network)).member.is_banned


def test_a_blocked_guest_is_blocked_from_everywhere_and_others_are_not(bert: Member) -> None:
    block(bert)
    assert is_banned(bert)
    assert is_banned(bert, HERE)
    assert not is_banned(Member.objects.create(name="Ada"), HERE)


def test_a_block_revokes_what_is_open(bert: Member) -> None:
    block(bert)
    row = Revocation.objects.get()
    assert (row.member, row.why, row.room) == (bert.uid, Why.BANNED, None)


def test_a_block_ends_by_itself(bert: Member) -> None:
    block(bert, seconds=-1)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert not is_banned(bert)
    assert not is_banned(None, HERE)
    assert not BannedNetwork.objects.exists()


def test_a_network_is_blocked_for_all_its_guests(bert: Member) -> None:
    block(bert)
    assert Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert is_banned(None, HERE)
    assert is_banned(Member.objects.create(name="Ada"), HERE)
    assert not is_banned(None, THERE)
    assert not is_banned(None)


def test_a_block_that_has_more_networks_than_it_may_gets_no_further_ones(bert: Member) -> None:
    berts = block(bert)
    digests = map(str, range(NETWORKS_MAX + 1))
    BannedNetwork.objects.bulk_create([BannedNetwork(ban=berts, digest=it) for it in digests])
    assert not Sanction.objects.add_networks(
        bert.uid, [network_digest(HERE), network_digest(THERE)]
    )
    assert not is_banned(None, HERE)


def test_guests_at_different_networks_are_told_apart_in_one_look(bert: Member) -> None:
    block(bert)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    ada = Member.objects.create(name="Ada")
    assert is_banned(ada, HERE)
    assert not is_banned(ada, THERE)
    assert not Member.objects.get(pk=ada.pk).is_banned


def test_accounts_come_in_from_a_blocked_network(bert: Member) -> None:
    block(bert)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    alice = User.objects.create_user("alice")
    speaker = find_speaker(Credentials(uuid4(), sign_in(alice), HERE))
    assert (speaker.member.user, speaker.member.is_banned) == (alice, False)


def test_who_signs_up_as_a_blocked_guest_stays_blocked(bert: Member) -> None:
    block(bert)
    account = User.objects.create_user("bert")
    Member.objects.ensure_of_user(account, bert.uid)
    speaker = find_speaker(Credentials(None, sign_in(account)))
    assert (speaker.member, speaker.member.is_active) == (bert, False)


def test_a_lifted_block_leaves_nothing_but_its_row(bert: Member) -> None:
    block(bert)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert Sanction.objects.all().lift() == 1
    assert not is_banned(bert, HERE)
    assert not is_banned(None, HERE)
    assert not BannedNetwork.objects.exists()
    assert not Sanction.objects.get().is_in_force
    assert Sanction.objects.all().lift() == 0


def test_of_two_blocks_the_longer_counts(bert: Member) -> None:
    longer = block(bert, days=2)
    block(bert, days=1)
    assert Member.objects.get(pk=bert.pk).banned_until == longer.until
    Sanction.objects.filter(pk=longer.pk).lift()
    assert is_banned(bert)


def test_expired_networks_are_deleted_with_the_next_block(bert: Member) -> None:
    old = block(bert)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    Sanction.objects.filter(pk=old.pk).update(until=timezone.now())
    block(Member.objects.create(name="Eve"))
    assert not BannedNetwork.objects.exists()


def test_a_network_is_stored_as_a_keyed_hash(bert: Member, settings: object) -> None:
    block(bert)
    Sanction.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert HERE not in BannedNetwork.objects.get().digest
    before = network_digest(HERE)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert network_digest(HERE) != before


def test_a_guest_blocks_few_networks_with_them(bert: Member) -> None:
    block(bert)
    Sanction.objects.add_networks(bert.uid, [str(number) for number in range(20)])
    assert BannedNetwork.objects.count() == NETWORKS_MAX


def test_a_guest_who_comes_back_has_one_network_blocked(bert: Member) -> None:
    block(bert)
    for network in (HERE, THERE):
        Sanction.objects.add_first_network(bert, network_digest(network))
    assert is_banned(None, HERE)
    assert not is_banned(None, THERE)


def test_a_network_is_blocked_once_by_a_block(bert: Member) -> None:
    row = block(bert)
    BannedNetwork.objects.create(ban=row, digest="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        BannedNetwork.objects.create(ban=row, digest="a")
