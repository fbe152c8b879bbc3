"""The write door: who may give which files to a message, and what becomes of them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from chat.files import jobs, uploads
from chat.journal import Delete, Edit, Post, Refused
from chat.journal.changes import Approve, Files
from chat.journal.roster_changes import Reject
from chat.journal.write.appender import commit
from chat.models import File, HeldMessage, Job, Member, Message, Revision, Room, RoomFilter
from chat.models.message import Kind
from chat.models.stored_bytes import REMOVE
from chat.tests.support.files import hold, message_of, new_file, new_picture, post_files, post_of
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_members_room, refusal, settled
from chat.tests.support.rivals import result_of_second

pytestmark = pytest.mark.django_db(transaction=True)


def sent(entry: Any) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads(entry.json).get("files", [])
    return files


def removed_keys() -> set[str]:
    return {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}


def test_a_message_has_the_files_of_its_author(lobby: Room, ada: Member) -> None:
    notes, cat = new_file(ada, lobby), new_picture(ada, lobby)
    entry = post_files(ada, notes, cat, text="look", alts={str(cat.client_id): "a cat"}).entry
    first, second = sent(entry)
    assert first == {
        "id": str(notes.client_id),
        "name": "notes.txt",
        "type": "text/plain",
        "size": notes.size,
        "width": None,
        "height": None,
        "url": f"/files/{notes.uid}/notes.txt",
    }
    assert (second["width"], second["height"], second["alt"]) == (640, 480, "a cat")
    assert message_of(notes) == message_of(cat)
    assert File.objects.get(pk=cat.pk).alt == "a cat"


def test_a_message_with_files_needs_no_text(lobby: Room, ada: Member) -> None:
    assert post_files(ada, new_file(ada, lobby)).post
    assert refusal(Post(lobby.pk, ada.pk, uuid4(), "")) == "bad_text"


def test_files_of_others_of_other_rooms_and_on_their_way_are_not_there(
    lobby: Room, ada: Member, ben: Member
) -> None:
    other = new_open_room("Other", ada)
    for file in (
        new_file(ben, lobby),
        new_file(ada, other),
        File(member=ada, room=lobby, client_id=uuid4()),
    ):
        post = Post(lobby.pk, ada.pk, uuid4(), "look", files=Files((file.client_id,)))
        assert refusal(post) == "no_such_file"
    under_way = File.begin(ada, lobby, uuid4(), name="a", size=1)
    under_way.save()
    assert refusal(post_of(ada, under_way)) == "no_such_file"
    assert not Message.objects.exists()


def test_a_file_belongs_to_one_message(lobby: Room, ada: Member) -> None:
    file = new_file(ada, lobby)
    first = post_of(ada, file)
    assert refusal(Post(lobby.pk, ada.pk, uuid4(), "", files=Files((file.client_id,) * 2)))
    applied(first)
    assert refusal(post_of(ada, file)) == "file_in_use"
    assert applied(first).is_duplicate  # a resend is the same message


def test_two_posts_of_one_transaction_do_not_share_a_file(lobby: Room, ada: Member) -> None:
    file = new_file(ada, lobby)
    posted, refused = commit([post_of(ada, file), post_of(ada, file)])
    assert not isinstance(posted, Refused)
    assert isinstance(refused, Refused)
    assert refused.code == "file_in_use"


def test_two_processes_do_not_share_a_file(lobby: Room, ada: Member) -> None:
    file = new_file(ada, lobby)

    def process(_: int) -> str | None:
        try:
            return refusal(post_of(ada, file))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as processes:
        outcomes = list(processes.map(process, range(4)))
    assert outcomes.count(None) == 1
    assert set(outcomes) == {None, "file_in_use"}


REMOVALS: dict[str, Callable[[File], object]] = {
    "by its sender": uploads.discard,
    "after a day": lambda file: jobs._expire(file.pk),
}


@pytest.mark.parametrize("remove", REMOVALS.values(), ids=list(REMOVALS))
def test_a_file_that_is_being_removed_is_not_posted(
    lobby: Room, ada: Member, remove: Callable[[File], object]
) -> None:
    file = new_file(ada, lobby)
    post = partial(refusal, post_of(ada, file, text="look"))
    assert result_of_second(partial(remove, file), post) == "no_such_file"
    assert not Message.objects.exists()


@pytest.mark.parametrize("remove", REMOVALS.values(), ids=list(REMOVALS))
def test_a_file_that_is_being_posted_is_not_removed(
    lobby: Room, ada: Member, remove: Callable[[File], object]
) -> None:
    file = new_file(ada, lobby)
    result_of_second(partial(post_files, ada, file), partial(remove, file))
    assert message_of(file).files[0]["uid"] == str(file.uid)
    assert not removed_keys()


@pytest.mark.parametrize("remove", REMOVALS.values(), ids=list(REMOVALS))
def test_a_file_that_is_being_held_is_not_removed(
    ada: Member, gus: Member, remove: Callable[[File], object]
) -> None:
    file = new_file(gus, new_open_room("Tea", ada))
    result_of_second(partial(hold, gus, file), partial(remove, file))
    file.refresh_from_db()
    assert file.held == HeldMessage.objects.get()


def test_the_files_of_several_posts_are_found_together(
    lobby: Room, ada: Member, ben: Member
) -> None:
    posts = [post_of(it, new_file(it, lobby)) for it in (ada, ben, ada)]
    with CaptureQueriesContext(connection) as queries:
        outcomes = commit(posts)
    assert not any(isinstance(it, Refused) for it in outcomes)
    assert len([it for it in queries if 'FROM "chat_file"' in it["sql"]]) == 1


def test_texts_for_files_that_the_message_does_not_have_cost_nothing(
    lobby: Room, ada: Member
) -> None:
    others = {str(uuid4()): "a dog" for _ in range(100)}
    post = post_of(ada, new_picture(ada, lobby), alts=others)
    with CaptureQueriesContext(connection) as queries:
        applied(post)
    assert len([it for it in queries if '"chat_file"' in it["sql"]]) == 2


def test_an_account_sends_what_its_guest_has_uploaded(lobby: Room, ada: Member) -> None:
    guest = Member.objects.create(uid=uuid4(), name="Guest of Ada", claimed_by=ada.user)
    assert sent(post_files(ada, new_file(guest, lobby)).entry)


def test_guests_send_files_where_operator_and_room_let_them(
    lobby: Room, gus: Member, ada: Member, settings: Settings
) -> None:
    assert post_files(gus, new_file(gus, lobby))
    settings.GUEST_FILES = False
    assert refusal(post_of(gus, new_file(gus, lobby))) == "not_allowed"
    assert post_files(ada, new_file(ada, lobby))
    settings.GUEST_FILES = True
    Room.objects.filter(pk=lobby.pk).update(takes_guest_files=False)
    assert refusal(post_of(gus, new_file(gus, lobby))) == "not_allowed"
    assert post_files(ada, new_file(ada, lobby))


def test_deleting_a_message_removes_its_files_in_the_same_commit(lobby: Room, ada: Member) -> None:
    file, other = new_picture(ada, lobby), new_file(ada, lobby)
    entry = post_files(ada, file).entry
    post_files(ada, other)
    deleted = applied(Delete(lobby.pk, ada.pk, entry.seq))
    assert sent(deleted.entry) == []
    assert Message.objects.get(seq=entry.seq).files == []
    assert list(File.objects.all()) == [other]
    assert removed_keys() == set(file.stored_keys)
    assert file.key in removed_keys()


def test_a_message_deleted_in_the_transaction_that_posts_it_keeps_no_file(
    lobby: Room, ada: Member
) -> None:
    file = new_file(ada, lobby)
    outcomes = commit([post_of(ada, file), Delete(lobby.pk, ada.pk, lobby.version + 1)])
    assert not any(isinstance(it, Refused) for it in outcomes)
    assert not File.objects.exists()
    assert file.key in removed_keys()


def test_an_edit_takes_a_file_out_and_leaves_the_others(lobby: Room, ada: Member) -> None:
    cat, dog = new_picture(ada, lobby), new_picture(ada, lobby, "dog.png")
    seq = post_files(ada, cat, dog, text="pets").entry.seq
    edited = applied(Edit(lobby.pk, ada.pk, seq, "one pet", files=Files((dog.client_id,))))
    assert [it["name"] for it in sent(edited.entry)] == ["dog.png"]
    assert list(File.objects.all()) == [dog]
    assert cat.key in removed_keys()
    assert Revision.objects.count() == 1


def test_an_edit_of_the_text_leaves_the_files(lobby: Room, ada: Member) -> None:
    seq = post_files(ada, new_picture(ada, lobby), text="pets").entry.seq
    assert sent(applied(Edit(lobby.pk, ada.pk, seq, "")).entry)
    nothing_left = Edit(lobby.pk, ada.pk, seq, "", files=Files(()))
    assert refusal(nothing_left) == "bad_text"


def test_an_edit_changes_the_text_that_stands_for_a_picture(lobby: Room, ada: Member) -> None:
    cat = new_picture(ada, lobby)
    seq = post_files(ada, cat, text="pet").entry.seq
    alt = {str(cat.client_id): "a cat"}
    edited = applied(Edit(lobby.pk, ada.pk, seq, "pet", files=Files(None, alt)))
    assert sent(edited.entry)[0]["alt"] == "a cat"
    assert File.objects.get().alt == "a cat"
    again = applied(Edit(lobby.pk, ada.pk, seq, "pet", files=Files(None, alt)))
    assert again.is_duplicate
    none = applied(Edit(lobby.pk, ada.pk, seq, "pet", files=Files(None, {str(cat.client_id): ""})))
    assert "alt" not in sent(none.entry)[0]
    assert File.objects.get().alt == ""


def test_an_edit_brings_no_new_file(lobby: Room, ada: Member) -> None:
    seq = post_files(ada, new_picture(ada, lobby), text="pet").entry.seq
    late = new_file(ada, lobby)
    files = Files((late.client_id,))
    edited = applied(Edit(lobby.pk, ada.pk, seq, "pet again", files=files))
    assert sent(edited.entry) == []
    assert File.objects.get() == late


def test_files_wait_with_a_held_message_and_go_on_with_it(ada: Member, gus: Member) -> None:
    tea = new_open_room("Tea", ada)
    RoomFilter.objects.create(room=tea, words="coffee", holds_words=True)
    Room.objects.filter(pk=tea.pk).update(is_filtered=True)
    cat = new_picture(gus, tea)
    post = post_of(gus, cat, text="coffee", alts={str(cat.client_id): "a cat"})
    assert refusal(post) == refusal(post) == "held"
    held = HeldMessage.objects.get()
    assert File.objects.get().held == held
    assert refusal(post_of(gus, cat)) == "file_in_use"
    approved = settled(Approve(tea.pk, ada.pk, held.pk))
    assert message_of(cat).seq == approved.entry.seq  # type: ignore[attr-defined]
    assert message_of(cat).files[0]["alt"] == "a cat"
    assert File.objects.get().held is None


def test_files_of_a_rejected_message_are_removed(ada: Member, gus: Member) -> None:
    tea = new_open_room("Tea", ada)
    RoomFilter.objects.create(room=tea, words="coffee", holds_words=True)
    Room.objects.filter(pk=tea.pk).update(is_filtered=True)
    cat = new_picture(gus, tea)
    assert refusal(post_of(gus, cat, text="coffee")) == "held"
    settled(Reject(tea.pk, ada.pk, HeldMessage.objects.get().pk, ""))
    assert not File.objects.exists()
    assert cat.key in removed_keys()
    assert HeldMessage.objects.get().files == []


def test_several_pictures_without_words_are_no_repeated_text(ada: Member, gus: Member) -> None:
    tea = new_open_room("Tea", ada)
    RoomFilter.objects.create(room=tea, holds_repeated=True)
    Room.objects.filter(pk=tea.pk).update(is_filtered=True)
    for _ in range(4):
        assert post_files(gus, new_picture(gus, tea))


def test_a_message_without_files_asks_nothing_about_files(lobby: Room, ada: Member) -> None:
    with CaptureQueriesContext(connection) as queries:
        seq = applied(Post(lobby.pk, ada.pk, uuid4(), "hi")).entry.seq
        applied(Edit(lobby.pk, ada.pk, seq, "hi there"))
        applied(Delete(lobby.pk, ada.pk, seq))
    assert not [it["sql"] for it in queries if "chat_file" in it["sql"]]
    changes = [it["sql"] for it in queries if it["sql"].startswith("UPDATE")]
    assert not any('"files"' in it for it in changes)


def test_who_may_not_post_may_not_send_files(ada: Member, ben: Member) -> None:
    den = new_members_room(ada)
    assert refusal(post_of(ben, new_file(ben, den))) == "gone"


def test_a_topic_has_no_files(lobby: Room, ada: Member) -> None:
    file = new_file(ada, lobby)
    topic = Post(lobby.pk, ada.pk, uuid4(), "Tea", kind=Kind.TOPIC)
    assert refusal(topic) is None
    with_file = Post(
        lobby.pk, ada.pk, uuid4(), "Tea", kind=Kind.TOPIC, files=Files((file.client_id,))
    )
    assert refusal(with_file) == "not_allowed"
