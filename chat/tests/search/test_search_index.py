"""What the write door puts into the index, and when."""

import signal
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.journal import Delete, Edit, Erase, Post
from chat.journal.changes import Files
from chat.journal.roster_changes import DeleteRoom
from chat.journal.write import room_deletion, search_index
from chat.journal.write.appender import commit
from chat.journal.write.batch import Batch
from chat.journal.write.markup import mark_up
from chat.journal.write.search_index import INDEX, KEY, tokens_of_changes
from chat.models import Member, Message, Room, Subscription
from chat.models.message import Kind
from chat.tests.search.support import found_in, page, say, texts
from chat.tests.support.files import new_file, new_picture, post_files
from chat.tests.support.postgresql import PostgreSQL
from chat.tests.support.private_rooms import applied, new_account, new_members_room, settled
from chat.tests.support.servers import ROOT, environment, migrated_postgresql, prepared_data_dir

pytestmark = pytest.mark.django_db


def count_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {INDEX} JOIN chat_message message"
            f" ON message.id = {INDEX}.{KEY[connection.vendor]}"
        )
        count: int = cursor.fetchone()[0]
    return count


def test_files_are_found_by_their_names_and_what_they_show(kitchen: Room, ada: Member) -> None:
    file = new_picture(ada, kitchen, "samovar.png")
    post_files(ada, file, text="look", alts={str(file.client_id): "a copper urn"})
    assert texts(ada, "samovar") == texts(ada, "look urn") == texts(ada, "has:image") == ["look"]
    assert page(ada, "samovar look").results[0].marks == [(0, 4)]


def test_a_file_that_is_taken_out_is_not_found(kitchen: Room, ada: Member) -> None:
    file = new_file(ada, kitchen, "samovar.txt")
    seq = post_files(ada, file, text="look").entry.seq
    applied(Edit(kitchen.pk, ada.pk, seq, "look", files=Files(())))
    assert (texts(ada, "samovar"), texts(ada, "has:file"), texts(ada, "look")) == ([], [], ["look"])


def test_a_new_alt_is_found_and_the_old_one_is_not(kitchen: Room, ada: Member) -> None:
    file = new_picture(ada, kitchen)
    id = str(file.client_id)
    seq = post_files(ada, file, text="look", alts={id: "an urn"}).entry.seq
    applied(Edit(kitchen.pk, ada.pk, seq, "look", files=Files(None, {id: "a kettle"})))
    assert (texts(ada, "urn"), texts(ada, "kettle")) == ([], ["look"])


def test_topics_and_actions_are_found_and_events_are_not(ada: Member) -> None:
    den = new_members_room(ada, name="Samovars")
    applied(Post(den.pk, ada.pk, uuid4(), "all about samovars", kind=Kind.TOPIC))
    say(den, ada, "waves a samovar", kind=Kind.ACTION)
    assert texts(ada, "samovar") == ["waves a samovar", "all about samovars"]
    assert Message.objects.filter(kind=Kind.EVENT).exists()
    assert count_rows() == 2


def test_has_link_and_code_follow_the_text(kitchen: Room, ada: Member) -> None:
    seq = say(kitchen, ada, "see https://example.com/samovar and `code`")
    assert texts(ada, "has:link has:code samovar")
    applied(Edit(kitchen.pk, ada.pk, seq, "see nothing", mark_up(kitchen, "see nothing")))
    assert texts(ada, "has:link") == texts(ada, "has:code") == []


def test_mentions_and_replies_and_everybody(kitchen: Room, ada: Member, ben: Member) -> None:
    Subscription.objects.keep(ben, kitchen)
    for text in ("for @Ben", "for @room", "for nobody"):
        say(kitchen, ada, text)
    own = say(kitchen, ben, "mine, @room")
    say(kitchen, ada, "an answer", reply_to=own)
    assert texts(ben, "is:mention") == ["an answer", "for @room", "for @Ben"]
    assert texts(ben, "is:mine") == ["mine, @room"]


def test_mine_is_what_my_claimed_guests_said(kitchen: Room, ada: Member, gus: Member) -> None:
    say(kitchen, gus, "as a guest")
    say(kitchen, ada, "to @Gus")
    Member.objects.filter(pk=gus.pk).update(claimed_by=ada.user)
    say(kitchen, ada, "as Ada")
    assert texts(ada, "is:mine") == ["as Ada", "to @Gus", "as a guest"]
    assert texts(ada, "from:gus") == ["as a guest"]


def test_what_several_say_at_once_is_found(kitchen: Room, ada: Member, ben: Member) -> None:
    commit([Post(kitchen.pk, it.pk, uuid4(), f"kettle of {it.name}") for it in (ada, ben)])
    assert texts(ada, "kettle") == ["kettle of Ben", "kettle of Ada"]


def test_what_is_said_and_changed_in_one_transaction(kitchen: Room, ada: Member) -> None:
    def post_and(change: Edit | Delete) -> None:
        changes = [Post(kitchen.pk, ada.pk, uuid4(), "kettle"), change]
        with transaction.atomic():
            batch = Batch(changes, tokens_of_changes(changes))
            batch.apply(changes)
            batch.store()

    seq = kitchen.last_seq + 1
    post_and(Edit(kitchen.pk, ada.pk, seq, "teapot"))
    post_and(Delete(kitchen.pk, ada.pk, seq + 2))
    assert (texts(ada, "kettle"), texts(ada, "teapot")) == ([], ["teapot"])


def test_a_message_is_found_by_one_statement_more(kitchen: Room, ada: Member) -> None:
    with CaptureQueriesContext(connection) as captured:
        commit([Post(kitchen.pk, ada.pk, uuid4(), f"kettle {it}") for it in range(20)])
    asked = [it["sql"] for it in captured.captured_queries if INDEX in it["sql"]]
    assert len(asked) == 1


def test_a_transaction_that_is_rolled_back_leaves_nothing(kitchen: Room, ada: Member) -> None:
    with transaction.atomic():
        say(kitchen, ada, "kettle")
        assert count_rows() == 1
        transaction.set_rollback(True)
    assert count_rows() == 0
    assert texts(ada, "kettle") == []


def test_a_deleted_room_leaves_the_index(ada: Member) -> None:
    den = new_members_room(ada)
    say(den, ada, "kettle")
    before = found_in(ada, den)
    settled(DeleteRoom(den.pk, ada.pk))
    assert texts(ada, "kettle", before) == []
    while not room_deletion.remove_messages(den.pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {INDEX}")
        assert cursor.fetchone()[0] == 0


def test_what_a_former_member_takes_back_is_not_found(kitchen: Room, ada: Member) -> None:
    ben = new_account("Ben")
    seq = say(kitchen, ben, "kettle")
    Member.objects.filter(pk=ben.pk).update(is_former=True, user=None)
    applied(Erase(kitchen.pk, ben.pk, seq))
    assert texts(ada, "kettle") == []


def test_tokens_are_made_before_rooms_are_locked(
    kitchen: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def tokens(text: str) -> set[str]:
        made.append(text)
        assert not is_locked
        return {text}

    is_locked = False
    real = Batch.__init__

    def locking(self: Batch, *args: object) -> None:
        nonlocal is_locked
        is_locked = True
        real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(search_index, "tokens", tokens)
    monkeypatch.setattr(Batch, "__init__", locking)
    commit([Post(kitchen.pk, ada.pk, uuid4(), "kettle")])
    assert (made, is_locked) == (["kettle"], True)


# --- a process that is killed -------------------------------------------------------------------

KILLED = """
import os, signal, django
django.setup()
from uuid import uuid4
from django.db import transaction
from chat.journal import Post
from chat.journal.write.appender import commit
from chat.models import Member, Room, RoomName
room, member = Room.objects.ensure(RoomName.parse("kitchen")), Member.objects.create(name="Gus")
commit([Post(room.pk, member.pk, uuid4(), "confirmed")])
with transaction.atomic():
    commit([Post(room.pk, member.pk, uuid4(), "unconfirmed")])
    os.kill(os.getpid(), signal.SIGKILL)
"""
AFTERWARDS = """
import django
django.setup()
from datetime import UTC, datetime
from django.db import connection
from chat import access
from chat.models import Member, Room
from chat.search import searching
from chat.search.query import parse
room, member = Room.objects.get(), Member.objects.get()
found = access.find_in(member, room)
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM chat_searchindex")
    print(cursor.fetchone()[0], end=" ")
for typed in ("confirmed", "unconfirmed"):
    query = parse(typed, now=datetime.now(UTC), zone=UTC)
    print(len(searching.search(member, query, found, None, 20).results), end=" ")
"""


@pytest.mark.server
def test_a_process_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    copytree(prepared_data_dir(), tmp_path / "data")
    settings = environment(tmp_path / "data", DJANGO_SETTINGS_MODULE="mysite.settings")
    if connection.vendor == "postgresql":
        server = PostgreSQL.shared()
        settings["DATABASE_URL"] = server.url(server.create(migrated_postgresql()))

    def run(script: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", script]
        return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)

    assert run(KILLED).returncode == -signal.SIGKILL
    assert run(AFTERWARDS).stdout.split() == ["1", "1", "0"]
