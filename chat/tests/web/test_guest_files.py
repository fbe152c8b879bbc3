"""A room's keepers set whether guests send files. The operator's switch comes before that."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from chat.journal.roster_changes import SetGuestFiles
from chat.models import ActKind, Member, ModerationAct, Room
from chat.tests.support.files import new_file, post_files, post_of
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import new_direct_room, new_members_room, refusal, settled

pytestmark = pytest.mark.django_db(transaction=True)

HTML = {"accept": "text/html"}
SECTION = "Files of guests"


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns."""
    return new_open_room("Tea", ada)


def set_guest_files(member: Member, allowed: bool, room: str = "Tea") -> Any:
    form = {"allowed": "on"} if allowed else {}
    return browser_of(member).post(f"/chat/{room}/settings/guest-files", form)


def send(member: Member) -> int:
    file = SimpleUploadedFile("a.txt", b"hello")
    answer = browser_of(member).post("/chat/Tea/files", {"id": str(uuid4()), "file": file})
    return int(answer.status_code)


def settings_page(member: Member, room: str = "Tea") -> str:
    return browser_of(member).get(f"/chat/{room}/settings/", headers=HTML).content.decode()


def test_guests_send_no_files_from_then_on_and_others_do(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    before = new_file(gus, tea)
    assert set_guest_files(ada, allowed=False).status_code == 204
    assert [send(it) for it in (gus, ben, ada)] == [403, 201, 201]
    assert refusal(post_of(gus, before)) == "not_allowed"  # although its upload was over
    assert set_guest_files(ada, allowed=True).status_code == 204
    assert send(gus) == 201
    assert post_files(gus, before)


def test_what_a_guest_sent_before_stays(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    sent = new_file(gus, tea)
    post_files(gus, sent)
    settled(SetGuestFiles(tea.pk, ada.pk, False))
    assert [browser_of(it).get(sent.path).status_code for it in (gus, ben)] == [200, 200]


def test_each_change_is_a_line_of_the_log_and_no_line_of_the_room(tea: Room, ada: Member) -> None:
    head = Room.objects.get(pk=tea.pk).last_seq
    for allowed in (False, True):
        set_guest_files(ada, allowed)
    forbidden, allowed_again = ModerationAct.objects.order_by("pk")
    assert (forbidden.kind, forbidden.by) == (ActKind.NO_GUEST_FILES, ada)
    assert (allowed_again.kind, allowed_again.undoes) == (ActKind.GUEST_FILES, forbidden)
    page = browser_of(ada).get("/chat/Tea/settings/log/", headers=HTML).content.decode()
    assert "forbade guests to send files" in page
    assert "allowed guests to send files again" in page
    assert "Allowed again by" in page
    assert Room.objects.get(pk=tea.pk).last_seq == head


def test_what_is_so_already_is_refused(tea: Room, ada: Member) -> None:
    answer = set_guest_files(ada, allowed=True)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_changes")
    assert not ModerationAct.objects.exists()


def test_who_keeps_no_room_sets_nothing(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    assert [set_guest_files(it, False).status_code for it in (ben, gus)] == [404, 404]
    den = new_members_room(ada, [ben])
    assert set_guest_files(ben, False, den.address).status_code == 409
    assert refusal(SetGuestFiles(den.pk, gus.pk, False)) == "gone"
    direct = new_direct_room(ada, ben)
    assert refusal(SetGuestFiles(direct.pk, ada.pk, False)) == "not_allowed"
    assert Room.objects.filter(takes_guest_files=False).count() == 0


def test_the_settings_say_what_is_so_and_offer_the_other(tea: Room, ada: Member) -> None:
    assert "Forbid guests to send files" in settings_page(ada)
    set_guest_files(ada, allowed=False)
    assert "Guests may not send files." in settings_page(ada)


def test_where_the_operator_lets_no_guest_send_files_there_is_no_switch(
    tea: Room, ada: Member, settings: Settings
) -> None:
    assert SECTION in settings_page(ada)
    settings.GUEST_FILES = False
    assert SECTION not in settings_page(ada)


def test_a_member_who_may_not_is_offered_no_switch(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    assert SECTION in settings_page(ada, den.address)
    assert SECTION not in settings_page(ben, den.address)
