"""Rights that are taken away close sockets: those that are meant, and no others."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.live import revocations
from chat.live.revocations import OpenSocket, Revocations, Revoked
from chat.models import Member, Message, Revocation, Room
from chat.models.revocation import KEPT, Why
from chat.protocol import Close
from chat.tests.support.accounts import sign_in
from chat.tests.support.sockets import Socket, joined, plain


@pytest.fixture
async def account(lobby: Room) -> User:
    return await database.write(User.objects.create_user, "alice", password="a horse battery")


@pytest.fixture
async def own(account: User) -> Member:
    """Alice's own member."""
    return await database.write(Member.objects.create, name="Alice", user=account)


async def run(work: object, *args: object) -> None:
    """Run work as a page does: on a thread that reaches this event loop."""

    def call() -> None:
        try:
            work(*args)  # type: ignore[operator]
        finally:
            connections.close_all()

    await sync_to_async(call)()


def end(session_key: str) -> None:
    Session.objects.get(session_key=session_key).delete()


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


def change_password(user: User) -> None:
    user.set_password("another horse battery")
    user.save()


# --- what closes --------------------------------------------------------------------------------


async def test_the_end_of_a_session_closes_the_sockets_of_that_session(
    lobby: Room, account: User, own: Member
) -> None:
    here, there = [await database.write(sign_in, account) for _ in range(2)]
    async with (
        joined("lobby", session=here) as one,
        plain("lobby", session=here) as other,
        joined("lobby", session=there) as phone,
        joined("lobby", uuid4()) as guest,
    ):
        for socket in (one, phone, guest):
            await socket.event()
        await run(end, here)
        assert await one.close_code() == await other.close_code() == Close.SIGN_IN_FIRST
        assert (await phone.say("still here"))["text"] == "still here"
        assert (await guest.event())["text"] == "still here"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (deactivate, Close.NOT_ALLOWED),
        (change_password, Close.SIGN_IN_FIRST),
        (User.delete, Close.SIGN_IN_FIRST),
    ],
)
async def test_what_happens_to_an_account_closes_all_its_sockets(
    lobby: Room, account: User, own: Member, bob: Member, change: object, code: Close
) -> None:
    keys = [await database.write(sign_in, account) for _ in range(2)]
    async with (
        joined("lobby", session=keys[0]) as one,
        joined("lobby", session=keys[1]) as other,
        joined("lobby", bob) as his,
    ):
        for socket in (one, other, his):
            await socket.event()
        await run(change, account)
        assert await one.close_code() == await other.close_code() == code
        assert (await his.say("hi"))["text"] == "hi"


async def test_signing_out_closes_the_sockets_of_the_browser_and_its_session_is_worthless(
    lobby: Room, account: User, own: Member
) -> None:
    browser = Client()
    await sync_to_async(browser.force_login)(account)
    key = browser.cookies["sessionid"].value
    await database.write(User.objects.update, is_staff=True)
    async with joined("lobby", session=key) as socket:
        await socket.event()
        await run(browser.post, "/admin/logout/")
        assert await socket.close_code() == Close.SIGN_IN_FIRST
    stolen = Socket("lobby", session=key)
    assert (await stolen.connect())[0]
    assert await stolen.close_code() == Close.SIGN_IN_FIRST


async def test_a_socket_that_a_guest_opened_ends_with_the_session_of_the_account(
    lobby: Room, account: User, alice: Member
) -> None:
    async with joined("lobby", alice) as socket:
        await socket.event()
        await database.write(Member.objects.filter(pk=alice.pk).update, user=account)
        key = await database.write(sign_in, account)
        await run(end, key)
        assert await socket.close_code() == Close.SIGN_IN_FIRST


async def test_frames_after_a_revocation_are_not_handled(
    lobby: Room, account: User, own: Member
) -> None:
    key = await database.write(sign_in, account)
    async with joined("lobby", session=key) as socket:
        await socket.event()
        await run(end, key)
        await runtime.current().revocations.read()
        await socket.post("too late")
        assert await socket.close_code() == Close.SIGN_IN_FIRST
    assert not await database.read(Message.objects.exists)


async def test_a_deleted_account_speaks_no_more_by_its_old_cookie(
    lobby: Room, account: User, own: Member
) -> None:
    await run(User.delete, account)
    socket = Socket("lobby", own)
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.NOT_ALLOWED


# --- the cursor ---------------------------------------------------------------------------------


async def test_a_revocation_whose_nudge_is_lost_closes_in_a_reconcile_round(
    lobby: Room, account: User, own: Member, settings: Settings
) -> None:
    settings.RECONCILE_SECONDS = 0.05
    key = await database.write(sign_in, account)
    async with joined("lobby", session=key) as socket:
        await socket.event()
        await database.write(end, key)  # that thread reaches another event loop
        assert await socket.close_code() == Close.SIGN_IN_FIRST


async def test_a_right_that_is_taken_away_during_admission_opens_no_socket(
    lobby: Room, account: User, own: Member
) -> None:
    ours = runtime.current().revocations
    since = await ours.cursor()
    await database.write(Revocation.objects.append, Why.PASSWORD, member=own.uid)
    await ours.read()
    socket = OpenSocket(str(own.uid), None, None, lobby.pk, lambda code: None)
    with pytest.raises(Revoked), ours.hold(socket, since):
        pass
    with ours.hold(socket, await ours.cursor()):
        pass


async def test_a_process_starts_at_the_head(lobby: Room, own: Member) -> None:
    row = await database.write(Revocation.objects.append, Why.PASSWORD, member=own.uid)
    assert await runtime.current().revocations.cursor() == row.pk


async def test_who_was_admitted_before_forgotten_rows_comes_again(
    lobby: Room, own: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "RECENT_ROWS", 1)
    ours = runtime.current().revocations
    since = await ours.cursor()
    for _ in range(2):
        await database.write(Revocation.objects.append, Why.BANNED, network="192.0.2.1")
    await ours.read()
    socket = OpenSocket(str(own.uid), None, None, lobby.pk, lambda code: None)
    with pytest.raises(Revoked) as revoked, ours.hold(socket, since):
        pass
    assert revoked.value.code == Close.TRY_LATER


async def test_a_process_that_did_not_read_for_long_checks_everybody_anew(
    lobby: Room, own: Member
) -> None:
    now, codes = [0.0], list[Close]()
    ours = Revocations(runtime.current().bus, lambda: now[0])
    socket = OpenSocket(str(own.uid), None, None, lobby.pk, codes.append)
    with ours.hold(socket, await ours.cursor()):
        await ours.read()
        assert codes == []
        now[0] += revocations.UNREAD_SECONDS + 1
        await ours.read()
        assert codes == [Close.TRY_LATER]


@pytest.mark.parametrize(
    ("subject", "is_meant"),
    [
        ({"network": "192.0.2.1"}, True),
        ({"network": "192.0.2.2"}, False),
        ({"network": "192.0.2.1", "room": "other"}, False),
        ({"member": "hers", "room": "lobby"}, True),
        ({"member": "hers", "room": "other"}, False),
        ({"member": "hers", "session": "this"}, True),
        ({"member": "hers", "session": "that"}, False),
    ],
)
async def test_a_revocation_means_a_member_session_or_network_in_a_room_or_in_all(
    lobby: Room, alice: Member, subject: dict[str, str], is_meant: bool
) -> None:
    names = {"hers": alice.uid, "lobby": lobby.pk, "other": lobby.pk + 1}
    fields = {{"room": "room_id"}.get(key, key): names.get(it, it) for key, it in subject.items()}
    socket = OpenSocket(str(alice.uid), "this", "192.0.2.1", lobby.pk, lambda code: None)
    assert socket.is_meant(Revocation(**fields)) == is_meant


# --- the rows -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_old_rows_are_deleted() -> None:
    old = Revocation.objects.append(Why.PASSWORD, member=uuid4())
    Revocation.objects.update(at=timezone.now() - KEPT - timedelta(seconds=1))
    new = Revocation.objects.append(Why.PASSWORD, member=uuid4())
    assert list(Revocation.objects.all()) == [new]
    assert new.pk > old.pk


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_revokes_nothing() -> None:
    user = User.objects.create_user("alice")
    with transaction.atomic():
        deactivate(user)
        transaction.set_rollback(True)
    assert not Revocation.objects.exists()


@pytest.mark.django_db
def test_what_takes_no_right_away_appends_nothing() -> None:
    user = User.objects.create_user("alice")
    user.first_name = "Alice"
    user.save()
    user.save(update_fields=["last_login"])
    visitor = Client().session
    visitor.save()
    visitor.flush()
    assert not Revocation.objects.exists()
