"""The archive of one person: everything of theirs, nothing of others, in bounded memory."""

import json
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from chat.files.storage import files_storage
from chat.journal import Edit, Post, React, database
from chat.journal.roster_changes import DeleteRoom, Join
from chat.journal.write.appender import commit
from chat.journal.write.room_deletion import remove_messages
from chat.models import (
    File,
    Hears,
    Member,
    Membership,
    ProgramCursor,
    Role,
    Room,
    Scope,
    Subscription,
)
from chat.models.token import digest_of
from chat.personal_data import archive, archived_rows
from chat.programs import bots
from chat.tests.support.files import BYTES, new_file, new_picture, post_files
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import (
    append,
    applied,
    new_account,
    new_invite,
    new_members_room,
)
from chat.webhooks import making

FILES = ["profile.json", "members.json", "rooms.json", "messages.json", "held_messages.json"]
FILES += ["files.json", "reactions.json", "invites.json", "tokens.json", "cursors.json"]
FILES += ["bots.json", "webhooks.json", "reports.json"]


@pytest.fixture
async def account(lobby: Room, alice: Member, bob: Member) -> User:
    """Alice's, who has claimed the guest Panda, and talks with Bob."""

    def make() -> User:
        user = User.objects.create_user("alice", "alice@example.com", "a horse battery")
        Member.objects.filter(pk=alice.pk).update(user=user, status="at sea")
        panda = Member.objects.create(name="Panda", claimed_by=user)
        commit([Post(lobby.pk, it.pk, uuid4(), f"by {it.name}") for it in (alice, bob)])
        Member.objects.filter(pk=panda.pk).update(claimed_by=None)
        commit([Post(lobby.pk, panda.pk, uuid4(), "by Panda")])
        Member.objects.filter(pk=panda.pk).update(claimed_by=user)
        commit([Edit(lobby.pk, alice.pk, 1, "edited")])
        commit([React(lobby.pk, it.pk, 2, "👍") for it in (alice, bob)])
        Subscription.objects.update(read_seq=3)
        return user

    return await database.write(make)


async def downloaded(user: User) -> tuple[list[bytes], ZipFile]:
    parts = [it async for it in archive.stream(user)]
    return parts, ZipFile(BytesIO(b"".join(parts)))


def content(files: ZipFile, name: str) -> Any:
    return json.loads(files.read(f"{name}.json"))


async def test_everything_of_the_person_is_in_it(account: User, alice: Member) -> None:
    _, files = await downloaded(account)
    assert files.testzip() is None
    assert files.namelist() == FILES
    profile = content(files, "profile")
    assert (profile["username"], profile["email"]) == ("alice", "alice@example.com")
    members = content(files, "members")
    assert [(it["name"], it["was_guest"]) for it in members] == [("Alice", False), ("Panda", True)]
    assert members[0]["status"] == "at sea"
    messages = content(files, "messages")
    assert [(it["number"], it["text"]) for it in messages] == [(1, "edited"), (3, "by Panda")]
    assert [it["text"] for it in messages[0]["earlier_texts"]] == ["by Alice"]
    [reaction] = content(files, "reactions")
    assert (reaction["number"], reaction["emoji"]) == (2, "👍")
    assert {(it["room"], it["read_up_to"]) for it in content(files, "rooms")} == {("Lobby", 3)}


async def test_nothing_of_others_is_in_it(account: User, bob: Member) -> None:
    _, files = await downloaded(account)
    text = b"".join(files.read(name) for name in files.namelist()).decode()
    assert "Bob" not in text
    assert str(bob.uid) not in text
    assert "a horse battery" not in text
    assert account.password not in text


async def test_it_is_read_in_pages_and_sent_in_parts(
    account: User, alice: Member, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived_rows, "PAGE_ROWS", 2)
    posts = [Post(lobby.pk, alice.pk, uuid4(), uuid4().hex * 50) for _ in range(10)]
    await database.write(commit, posts)
    parts, files = await downloaded(account)
    assert len(content(files, "messages")) == 12
    assert max(map(len, parts)) < sum(map(len, parts)) / 2


async def test_who_wrote_nothing_gets_empty_lists(lobby: Room) -> None:
    user = await database.write(User.objects.create_user, "bob")
    _, files = await downloaded(user)
    assert [content(files, it) for it in archived_rows.FILES] == [[] for _ in archived_rows.FILES]


async def test_the_bots_and_webhooks_that_the_person_made_are_in_it_without_secrets(
    lobby: Room,
) -> None:
    def make() -> tuple[User, list[str]]:
        ada, ben = new_account("Ada"), new_account("Ben")
        tea = new_open_room("Tea", ada)
        Membership.objects.create(member=ben, room=tea, role=Role.MODERATOR)
        terms = Hears.ADDRESSED, [Scope.READ, Scope.POST], None
        _, secret = bots.make(ada, tea, "Robot", *terms)
        bots.make(ben, tea, "Other", *terms)
        url = "https://receiver.example/private?key=hidden"
        webhook = making.make(ada, tea, "Reporter", url, Hears.ALL)
        assert ada.user
        return ada.user, [secret, digest_of(secret), webhook.secret, "private", "hidden", "Other"]

    user, hidden = await database.write(make)
    _, files = await downloaded(user)
    robot, reporter = content(files, "bots")
    assert (robot["name"], robot["room"], robot["hears"]) == ("Robot", "Tea", "addressed")
    assert reporter["name"] == "Reporter"
    [webhook] = content(files, "webhooks")
    assert (webhook["bot"], webhook["room"]) == (reporter["id"], "Tea")
    assert webhook["receiver"] == "receiver.example"
    [token] = content(files, "tokens")
    assert (token["member"], token["scopes"]) == (robot["id"], ["read", "post"])
    text = b"".join(files.read(name) for name in files.namelist()).decode()
    assert [it for it in hidden if it in text] == []


async def test_the_invites_that_the_person_made_are_in_it_without_their_links(lobby: Room) -> None:
    def make() -> tuple[User, str]:
        ada, ben = new_account("Ada"), new_account("Ben")
        den = new_members_room(ada, name="Den")
        invite = new_invite(den, ada, note="for the bus", uses_max=3)
        applied(Join(den.pk, ben.pk, invite.pk))
        assert ada.user
        return ada.user, invite.token

    user, token = await database.write(make)
    _, files = await downloaded(user)
    [invite] = content(files, "invites")
    assert (invite["room"], invite["note"]) == ("Den", "for the bus")
    assert (invite["uses"], invite["uses_max"]) == (1, 3)
    text = files.read("invites.json").decode()
    assert "Ben" not in text
    assert token not in text


async def test_how_far_programs_of_the_person_have_got_is_in_it(lobby: Room) -> None:
    def make() -> tuple[User, Room]:
        ada, ben = new_account("Ada"), new_account("Ben")
        den = new_members_room(ben, name="Secret")
        for member, name in ((ada, "bot"), (ben, "other")):
            cursor = ProgramCursor.objects.begin(member, name, {str(lobby.uid): ["e", 3]})
            ProgramCursor.objects.move(cursor, {str(den.uid): ["e", 2]})
        assert ada.user
        return ada.user, den

    user, den = await database.write(make)
    _, files = await downloaded(user)
    [cursor] = content(files, "cursors")
    assert cursor["name"] == "bot"
    positions = {it["room"]: it["read_up_to"] for it in cursor["positions"]}  # in any order
    assert positions == {"Lobby": 3, den.address: 2}


async def test_a_deleted_room_has_no_name_in_it_and_soon_no_messages(
    account: User, lobby: Room
) -> None:
    olga = await database.write(new_operator)
    await append(DeleteRoom(lobby.pk, olga.pk))
    _, files = await downloaded(account)
    assert {it["room"] for it in content(files, "messages")} == {""}
    assert content(files, "rooms") == []
    await database.write(remove_messages, lobby.pk)
    _, files = await downloaded(account)
    assert (content(files, "messages"), content(files, "reactions")) == ([], [])


async def test_the_files_that_the_person_sent_are_in_it(
    account: User, alice: Member, bob: Member, lobby: Room
) -> None:
    def send() -> tuple[File, int]:
        cat = new_picture(alice, lobby, "кот.png", alt="A cat")
        new_file(alice, lobby, "unsent.txt")
        post_files(bob, new_file(bob, lobby, "of-bob.txt"))
        return cat, post_files(alice, cat).entry.seq

    cat, seq = await database.write(send)
    _, files = await downloaded(account)
    assert files.testzip() is None
    first, second = content(files, "files")
    assert first["path"] == f"files/{cat.uid}/кот.png"
    assert (first["room"], first["number"], first["alt"]) == ("Lobby", seq, "A cat")
    assert (second["name"], second["number"]) == ("unsent.txt", None)
    assert files.namelist() == [*FILES, first["path"], second["path"]]
    assert [files.read(it["path"]) for it in (first, second)] == [BYTES, BYTES]


async def test_files_are_sent_in_pieces(account: User, alice: Member, lobby: Room) -> None:
    large = b"x" * 2**21

    def send() -> File:
        file = new_file(alice, lobby, size=len(large))
        files_storage().save(file.key, ContentFile(large))
        return file

    file = await database.write(send)
    parts, files = await downloaded(account)
    assert files.read(f"files/{file.uid}/notes.txt") == large
    assert max(map(len, parts)) < 2**18


async def test_a_file_whose_bytes_have_gone_is_left_out(
    account: User, alice: Member, lobby: Room
) -> None:
    def send() -> File:
        gone, there = new_file(alice, lobby), new_file(alice, lobby)
        files_storage().delete(gone.key)
        return there

    there = await database.write(send)
    _, files = await downloaded(account)
    assert files.testzip() is None
    assert files.namelist() == [*FILES, f"files/{there.uid}/notes.txt"]
    assert len(content(files, "files")) == 2


async def test_a_storage_that_does_not_work_cuts_the_archive_off(
    account: User, alice: Member, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser says that the download failed; a shorter archive would look whole."""

    def fail(*args: Any) -> Any:
        raise OSError(5, "Input/output error")

    await database.write(new_file, alice, lobby)
    monkeypatch.setattr(type(files_storage()), "read", fail)
    with pytest.raises(OSError, match="Input/output"):
        await downloaded(account)


def new_operator() -> Member:
    return new_account("Olga", is_staff=True, is_superuser=True)
