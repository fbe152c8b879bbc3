"""Blocks of guests, and of the networks that they came from."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from chat.identity import Credentials, find_speaker
from chat.models import Block, BlockedNetwork, Member, Revocation
from chat.models.block import NETWORKS_MAX, network_digest
from chat.models.revocation import Why
from chat.tests.support.accounts import sign_in

pytestmark = pytest.mark.django_db

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def bert() -> Member:
    return Member.objects.create(name="Bert")


def block(member: Member, **time: int) -> Block:
    return Block.objects.block(member, timezone.now() + timedelta(**(time or {"hours": 1})))


def is_blocked(guest: Member | None = None, network: str | None = None) -> bool:
    uid = guest.uid if guest else uuid4()
    return find_speaker(Credentials(uid, None, network)).member.is_blocked


def test_a_blocked_guest_is_blocked_from_everywhere_and_others_are_not(bert: Member) -> None:
    block(bert)
    assert is_blocked(bert)
    assert is_blocked(bert, HERE)
    assert not is_blocked(Member.objects.create(name="Ada"), HERE)


def test_a_block_revokes_what_is_open(bert: Member) -> None:
    block(bert)
    row = Revocation.objects.get()
    assert (row.member, row.why, row.room) == (bert.uid, Why.BLOCKED, None)


def test_a_block_ends_by_itself(bert: Member) -> None:
    block(bert, seconds=-1)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert not is_blocked(bert)
    assert not is_blocked(None, HERE)
    assert not BlockedNetwork.objects.exists()


def test_a_network_is_blocked_for_all_its_guests(bert: Member) -> None:
    block(bert)
    assert Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert is_blocked(None, HERE)
    assert is_blocked(Member.objects.create(name="Ada"), HERE)
    assert not is_blocked(None, THERE)
    assert not is_blocked(None)


def test_a_block_that_has_more_networks_than_it_may_gets_no_further_ones(bert: Member) -> None:
    berts = block(bert)
    digests = map(str, range(NETWORKS_MAX + 1))
    BlockedNetwork.objects.bulk_create([BlockedNetwork(block=berts, digest=it) for it in digests])
    assert not Block.objects.add_networks(bert.uid, [network_digest(HERE), network_digest(THERE)])
    assert not is_blocked(None, HERE)


def test_guests_at_different_networks_are_told_apart_in_one_look(bert: Member) -> None:
    block(bert)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    ada = Member.objects.create(name="Ada")
    assert is_blocked(ada, HERE)
    assert not is_blocked(ada, THERE)
    assert not Member.objects.get(pk=ada.pk).is_blocked


def test_accounts_come_in_from_a_blocked_network(bert: Member) -> None:
    block(bert)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    alice = User.objects.create_user("alice")
    speaker = find_speaker(Credentials(uuid4(), sign_in(alice), HERE))
    assert (speaker.member.user, speaker.member.is_blocked) == (alice, False)


def test_who_signs_up_as_a_blocked_guest_stays_blocked(bert: Member) -> None:
    block(bert)
    account = User.objects.create_user("bert")
    Member.objects.ensure_of_user(account, bert.uid)
    speaker = find_speaker(Credentials(None, sign_in(account)))
    assert (speaker.member, speaker.member.is_active) == (bert, False)


def test_a_lifted_block_leaves_nothing_but_its_row(bert: Member) -> None:
    block(bert)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert Block.objects.all().lift() == 1
    assert not is_blocked(bert, HERE)
    assert not is_blocked(None, HERE)
    assert not BlockedNetwork.objects.exists()
    assert not Block.objects.get().is_in_force
    assert Block.objects.all().lift() == 0


def test_of_two_blocks_the_longer_counts(bert: Member) -> None:
    longer = block(bert, days=2)
    block(bert, days=1)
    assert Member.objects.get(pk=bert.pk).blocked_until == longer.until
    Block.objects.filter(pk=longer.pk).lift()
    assert is_blocked(bert)


def test_expired_networks_are_deleted_with_the_next_block(bert: Member) -> None:
    old = block(bert)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    Block.objects.filter(pk=old.pk).update(until=timezone.now())
    block(Member.objects.create(name="Eve"))
    assert not BlockedNetwork.objects.exists()


def test_a_network_is_stored_as_a_keyed_hash(bert: Member, settings: object) -> None:
    block(bert)
    Block.objects.add_networks(bert.uid, [network_digest(HERE)])
    assert HERE not in BlockedNetwork.objects.get().digest
    before = network_digest(HERE)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert network_digest(HERE) != before


def test_a_guest_blocks_few_networks_with_them(bert: Member) -> None:
    block(bert)
    Block.objects.add_networks(bert.uid, [str(number) for number in range(20)])
    assert BlockedNetwork.objects.count() == NETWORKS_MAX


def test_a_guest_who_comes_back_has_one_network_blocked(bert: Member) -> None:
    block(bert)
    for network in (HERE, THERE):
        Block.objects.add_first_network(bert, network_digest(network))
    assert is_blocked(None, HERE)
    assert not is_blocked(None, THERE)


def test_a_network_is_blocked_once_by_a_block(bert: Member) -> None:
    row = block(bert)
    BlockedNetwork.objects.create(block=row, digest="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        BlockedNetwork.objects.create(block=row, digest="a")
