"""Invites: their tokens, and which are open."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from chat.models import Invite, Member, Removal, Room, RoomKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Member:
    return Member.objects.create(name="Ada")


@pytest.fixture
def invite(ada: Member) -> Invite:
    room = Room.new_private(RoomKind.MEMBERS, name="Den")
    room.save()
    return Invite.objects.create(room=room, made_by=ada)


def test_the_token_of_an_invite_finds_it_and_stays_the_same(invite: Invite) -> None:
    stored = Invite.objects.get()
    assert stored.token == invite.token
    assert Invite.objects.by_token(invite.token) == invite


def test_a_copy_of_the_database_has_no_token(invite: Invite, settings: Settings) -> None:
    token = invite.token
    assert token not in str(Invite.objects.values().get())
    settings.SECRET_KEY = "another"
    assert Invite.objects.by_token(token) is None
    assert Invite.objects.by_token(invite.token) == invite


def other_tokens(invite: Invite) -> list[str]:
    token = invite.token
    id, _, signature = token.partition(".")
    return [
        "",
        ".",
        id,
        f"{id}.",
        f".{signature}",
        f"{id}.{signature[:-1]}",
        f"{token}A",
        f"{signing.b64_encode(uuid4().bytes).decode()}.{signature}",
        signing.Signer(salt="chat.guest", sep=".").sign(id),
        str(invite.uid),
        str(invite.pk),
        "\x00",
        "ü.ü",
        "a" * 5_000,
    ]


def test_what_is_not_signed_takes_no_query(
    invite: Invite, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        found = [Invite.objects.by_token(it) for it in other_tokens(invite)]
    assert found == [None] * len(found)


def test_what_is_signed_and_no_id_is_no_token(invite: Invite) -> None:
    signer = signing.Signer(salt="chat.invite", sep=".")
    for text in ("", "a", "%", "AAAA", "ü"):
        assert Invite.objects.by_token(signer.sign(text)) is None


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"expires_in": 60}, True),
        ({"expires_in": -1}, False),
        ({"uses_max": 2, "uses": 1}, True),
        ({"uses_max": 2, "uses": 2}, False),
        ({"uses": 1_000}, True),
        ({"is_revoked": True}, False),
    ],
    ids=str,
)
def test_an_invite_is_open_until_it_ends(
    invite: Invite, fields: dict[str, int], is_open: bool
) -> None:
    now = timezone.now()
    if (seconds := fields.pop("expires_in", None)) is not None:
        invite.expires_at = now + timedelta(seconds=seconds)
    if fields.pop("is_revoked", False):
        invite.revoked_at = now
    for name, value in fields.items():
        setattr(invite, name, value)
    invite.save()
    assert invite.is_open == is_open
    assert Invite.objects.open().exists() == is_open


def test_the_database_counts_no_more_uses_than_there_are(invite: Invite) -> None:
    with pytest.raises(IntegrityError):
        Invite.objects.update(uses_max=1, uses=2)


def test_who_claims_a_guest_takes_over_the_guests_invites(invite: Invite, ada: Member) -> None:
    bob = Member.objects.create(name="Bob")
    Invite.objects.move(ada, bob)
    assert Invite.objects.get().made_by == bob


def test_who_claims_a_guest_stays_removed(invite: Invite, ada: Member) -> None:
    bob, cleo = (Member.objects.create(name=it) for it in ("Bob", "Cleo"))
    Removal.objects.record(ada, invite.room, 7)
    Removal.objects.record(bob, invite.room, 5)
    Removal.objects.move(ada, bob)
    assert Removal.objects.get().version == 7
    Removal.objects.move(bob, cleo)
    assert Removal.objects.has(cleo, invite.room, after=6)
    assert not Removal.objects.has(cleo, invite.room, after=7)
