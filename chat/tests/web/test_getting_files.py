"""GET /files/<uid>/<name> and its previews: who gets a file, and what all others are answered."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from chat.journal import Delete
from chat.journal.roster_changes import (
    Ban,
    DeleteRoom,
    Leave,
    Reject,
    RemovePerson,
    RenameRoom,
    SetKnock,
)
from chat.models import FOR_GOOD, File, Member, Membership, Role, Room, Sanction
from chat.models.file import FileState
from chat.personal_data.deletion import delete_account
from chat.tests.support.files import (
    BYTES,
    body_of,
    hold,
    message_of,
    new_file,
    new_picture,
    post_files,
    store_previews,
)
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import (
    add,
    applied,
    new_account,
    new_direct_room,
    new_members_room,
    settled,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns."""
    return new_open_room("Tea", ada)


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    return new_members_room(ada, [ben])


def sent(member: Member, room: Room, name: str = "notes.txt", **fields: Any) -> File:
    """A file in a message."""
    file = new_file(member, room, name, **fields)
    post_files(member, file)
    return file


def sent_picture(member: Member, room: Room) -> File:
    picture = new_picture(member, room)
    post_files(member, picture)
    return picture


def get(member: Member | None, path: str, **headers: str) -> Any:
    return browser_of(member).get(path, headers=headers)


def statuses(file: File, *members: Member | None) -> list[int]:
    return [int(get(it, file.path).status_code) for it in members]


# --- who gets a file ----------------------------------------------------------------------------


def test_whoever_may_read_an_open_room_gets_its_files(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    file = sent(ada, tea)
    for member in (ada, ben, gus, None):
        answer = get(member, file.path)
        assert answer.status_code == 200
        assert body_of(answer) == BYTES


def test_getting_a_file_stores_nobody(tea: Room, ada: Member) -> None:
    file, before = sent(ada, tea), Member.objects.count()
    assert statuses(file, None) == [200]
    assert Member.objects.count() == before


def test_only_who_is_in_a_room_gets_its_files(
    den: Room, ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    assert statuses(sent(ada, den), ada, ben, cleo, gus, None) == [200, 200, 404, 404, 404]
    direct = new_direct_room(ada, ben)
    assert statuses(sent(ada, direct), ada, ben, cleo, gus, None) == [200, 200, 404, 404, 404]


def test_an_operator_is_a_stranger_in_rooms_that_are_not_open(den: Room, ada: Member) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    assert statuses(sent(ada, den), olga) == [404]


def test_who_is_removed_gets_nothing_any_more(den: Room, ada: Member, ben: Member) -> None:
    of_ada, of_ben = sent(ada, den), sent(ben, den)
    browser = browser_of(ben)
    assert browser.get(of_ada.path).status_code == 200
    settled(RemovePerson(den.pk, ada.pk, ben.pk))
    assert [browser.get(it.path).status_code for it in (of_ada, of_ben)] == [404, 404]
    etag = {"if-none-match": '"e"'}
    assert browser.get(of_ada.path, headers=etag).status_code == 404  # not even that it is the same


def test_who_leaves_gets_nothing_any_more(den: Room, ada: Member, ben: Member) -> None:
    file = sent(ben, den)
    settled(Leave(den.pk, ben.pk))
    assert statuses(file, ben, ada) == [404, 200]


def test_who_is_banned_gets_nothing_until_the_ban_is_over(
    tea: Room, ada: Member, ben: Member
) -> None:
    file = sent(ada, tea)
    settled(Ban(tea.pk, ada.pk, ben.pk, FOR_GOOD))
    assert statuses(file, ben) == [404]
    Sanction.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert statuses(file, ben) == [200]


def test_who_has_to_knock_gets_nothing(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    file = sent(ada, tea)
    settled(SetKnock(tea.pk, ada.pk, True))
    assert statuses(file, ada, ben, gus, None) == [200, 404, 404, 404]


def test_a_later_joiner_gets_what_was_sent_since(den: Room, ada: Member, cleo: Member) -> None:
    before = sent(ada, den)
    add(den, ada, cleo, sees_history=False)
    since = sent(ada, den)
    assert statuses(before, cleo) == [404]
    assert statuses(since, cleo) == [200]


def test_an_archived_room_still_has_its_files(den: Room, ada: Member, ben: Member) -> None:
    file = sent(ada, den)
    Room.objects.filter(pk=den.pk).update(archived_at=timezone.now())
    assert statuses(file, ada, ben) == [200, 200]


def test_guests_get_files_where_they_may_read(
    tea: Room, ada: Member, gus: Member, settings: Settings
) -> None:
    file = sent(ada, tea)
    settings.GUESTS = "read"
    assert statuses(file, gus, None) == [200, 200]
    settings.GUESTS = "off"
    assert all(it != 200 for it in statuses(file, gus, None))


def test_who_is_banned_from_the_installation_gets_nothing(
    tea: Room, ada: Member, gus: Member
) -> None:
    file = sent(gus, tea)
    Sanction.objects.ban(gus, FOR_GOOD)
    assert statuses(file, gus) == [403]  # as on each page
    assert statuses(file, ada) == [200]


# --- what has gone ------------------------------------------------------------------------------


def test_a_deleted_message_has_no_file(tea: Room, ada: Member, ben: Member) -> None:
    file = sent(ada, tea)
    applied(Delete(tea.pk, ada.pk, message_of(file).seq))
    assert statuses(file, ada, ben) == [404, 404]  # before its bytes are gone


def test_a_deleted_room_has_no_file(den: Room, ada: Member, ben: Member) -> None:
    file, unsent = sent(ada, den), new_file(ada, den)
    settled(DeleteRoom(den.pk, ada.pk))
    assert statuses(file, ada, ben) == [404, 404]
    assert statuses(unsent, ada) == [404]


def test_a_file_of_a_deleted_account_stays_with_its_message(
    tea: Room, ada: Member, ben: Member
) -> None:
    file = sent(ben, tea)
    assert ben.user
    delete_account(ben.user, with_messages=False)
    assert statuses(file, ada) == [200]


# --- what is not sent yet -----------------------------------------------------------------------


def test_an_unsent_file_is_its_senders_alone(tea: Room, ada: Member, ben: Member) -> None:
    file = new_file(ben, tea)
    assert statuses(file, ben, ada, None) == [200, 404, 404]  # Ada owns the room


def test_a_file_on_its_way_is_nobodys(tea: Room, ada: Member) -> None:
    assert statuses(new_file(ada, tea, state=FileState.RECEIVING), ada) == [404]


def test_an_unsent_file_of_a_guest_is_the_accounts_that_claimed_them(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    file = new_file(gus, tea)
    Member.objects.filter(pk=gus.pk).update(claimed_by=ben.user_id)
    assert statuses(file, ben, ada) == [200, 404]


def test_an_unsent_file_is_not_kept_for_who_is_removed(den: Room, ada: Member, ben: Member) -> None:
    file = new_file(ben, den)
    settled(RemovePerson(den.pk, ada.pk, ben.pk))
    assert statuses(file, ben) == [404]


def test_what_waits_for_a_moderator_is_for_its_author_and_moderators(
    tea: Room, ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    Membership.objects.create(member=cleo, room=tea, role=Role.MODERATOR)
    file = new_file(gus, tea)
    held = hold(gus, file)
    assert statuses(file, gus, ada, cleo, ben, None) == [200, 200, 200, 404, 404]
    settled(Reject(tea.pk, ada.pk, held.pk))
    assert statuses(file, gus, ada, cleo) == [404, 404, 404]


# --- the same answer for what is forbidden and what never was -----------------------------------


@pytest.mark.postgresql
@pytest.mark.parametrize("who", ["account", "guest", "nobody"])
def test_what_is_forbidden_is_answered_as_what_never_was(
    den: Room, ada: Member, cleo: Member, gus: Member, who: str
) -> None:
    picture = sent_picture(ada, den)
    store_previews(picture)
    member = {"account": cleo, "guest": gus, "nobody": None}[who]
    for last in ("cat.png", "320.webp", "1920.webp", "cat.png?download=1"):
        found = [asked(member, f"/files/{uid}/{last}") for uid in (picture.uid, uuid4())]
        assert found[0] == found[1]


def asked(member: Member | None, path: str) -> Any:
    """Status, headers and body of an answer, and what was asked of the database."""
    browser = browser_of(member)
    browser.get("/offline/none/")  # the session is there, as is what is read once
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path, headers={"range": "bytes=0-3", "if-none-match": '"e"'})
    headers = {name: value for name, value in answer.items() if name != "Request-Id"}
    body = body_of(answer).replace(path.encode(), b"")
    return answer.status_code, headers, body, len(queries)


@pytest.mark.parametrize("path", ["/files/7/a.txt", "/files/x/320.webp", "/files/", "/files/~/a"])
def test_what_is_no_address_of_a_file_is_not_found(db: None, path: str) -> None:
    assert get(None, path).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_file_is_only_read(tea: Room, ada: Member, method: str) -> None:
    assert getattr(browser_of(ada), method)(sent(ada, tea).path).status_code == 405


# --- names and previews -------------------------------------------------------------------------


def test_a_link_with_another_name_leads_to_the_file(tea: Room, ada: Member) -> None:
    file = sent(ada, tea)
    settled(RenameRoom(tea.pk, ada.pk, "Coffee"))
    for name in ("notes.txt", "former%20name.txt", "%2e%2e", "a%22%0d%0a.txt"):
        answer = get(ada, f"/files/{file.uid}/{name}")
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == 'attachment; filename="notes.txt"'


def test_a_file_that_is_named_like_a_preview_is_no_preview(tea: Room, ada: Member) -> None:
    file = sent(ada, tea, "320.webp")
    assert body_of(get(ada, file.path)) == BYTES
    assert get(ada, f"/files/{file.uid}/320.webp").status_code == 404  # it is no picture


def test_no_preview_of_an_animation_is_the_animation(tea: Room, ada: Member) -> None:
    picture = new_picture(ada, tea, is_animated=True)
    answer = browser_of(ada).get(f"/files/{picture.uid}/320.webp")
    assert answer.status_code == 404


def test_a_preview_is_the_largest_that_is_no_larger_than_asked_for(tea: Room, ada: Member) -> None:
    picture = sent_picture(ada, tea)
    whole = body_of(get(ada, f"/files/{picture.uid}/320.webp"))
    assert whole == BYTES  # while there are no previews
    store_previews(picture)
    File.objects.filter(pk=picture.pk).update(previews={"320": 7, "960": 7})
    etags = {}
    for size in (319, 320, 959, 960, 1920, 99_999):
        answer = get(ada, f"/files/{picture.uid}/{size}.webp")
        etags[size] = answer["ETag"]
        assert answer.status_code == 200
    assert etags == {
        319: '"e"',
        320: '"e-320"',
        959: '"e-320"',
        960: '"e-960"',
        1920: '"e-960"',
        99_999: '"e-960"',
    }
    answer = get(ada, f"/files/{picture.uid}/320.webp")
    assert (answer["Content-Type"], body_of(answer)) == ("image/webp", b"preview")


# --- HTTP ---------------------------------------------------------------------------------------


def test_a_download_is_an_attachment_whatever_the_type(tea: Room, ada: Member) -> None:
    path = sent_picture(ada, tea).path
    shown, saved = get(ada, path), get(ada, f"{path}?download=1")
    assert shown["Content-Disposition"] == 'inline; filename="cat.png"'
    assert saved["Content-Disposition"] == 'attachment; filename="cat.png"'


def test_nothing_in_a_file_runs_as_us(tea: Room, ada: Member) -> None:
    for file in (sent(ada, tea, "page.html", type="text/html"), sent_picture(ada, tea)):
        answer = get(ada, file.path)
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-cache"


def test_a_part_the_head_and_what_is_known_already(tea: Room, ada: Member) -> None:
    file = sent(ada, tea)
    part = get(ada, file.path, range="bytes=4-8")
    assert (part.status_code, body_of(part)) == (206, BYTES[4:9])
    assert part["Content-Range"] == f"bytes 4-8/{len(BYTES)}"
    head = browser_of(ada).head(file.path)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(BYTES)))
    assert body_of(head) == b""
    known = get(ada, file.path, if_none_match='"e"')
    assert (known.status_code, body_of(known)) == (304, b"")
    assert get(ada, file.path, range=f"bytes={len(BYTES)}-").status_code == 416
