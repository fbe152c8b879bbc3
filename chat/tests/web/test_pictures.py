"""The pictures of people and rooms: set, replaced, removed, and who sees them."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.files import own_pictures, sweep
from chat.files.storage import files_storage
from chat.journal import Post
from chat.journal.roster_changes import DeleteRoom
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Job, Member, Picture, Role, Room
from chat.models.stored_bytes import REMOVE
from chat.picture_sizes import SQUARE_SIZES
from chat.tests.files import corpus
from chat.tests.support.files import body_of
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_direct_room,
    new_members_room,
    settled,
)

pytestmark = pytest.mark.django_db(transaction=True)

PROFILE = "/accounts/profile/picture"
JPEG = corpus.encoded(corpus.photo((400, 300)), "image/jpeg")


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    """An empty one."""
    files = {**settings.STORAGES["files"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "files": files}


def send(who: Member, path: str = PROFILE, content: bytes = JPEG, **form: Any) -> Any:
    file = SimpleUploadedFile("me.jpg", content)
    return browser_of(who).post(path, {"picture": file, **form})


def of_room(room: Room) -> str:
    return f"/chat/{room.address}/settings/picture"


def picture_of(owner: Member | Room) -> Picture:
    owner.refresh_from_db()
    assert owner.picture is not None
    return owner.picture


def stored_keys() -> set[str]:
    return {it.key for it in files_storage().stored()}


def get(who: Member | Client, uid: UUID, size: int = 96) -> Any:
    browser = who if isinstance(who, Client) else browser_of(who)
    return browser.get(f"/pictures/{uid}/{size}.webp")


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    return new_members_room(ada, [ben])


# --- a person's ---------------------------------------------------------------------------------


def test_ada_sets_a_picture_and_everybody_who_may_enter_sees_it(ada: Member, ben: Member) -> None:
    assert send(ada).status_code == 302
    picture = picture_of(ada)
    for who in (ada, browser_of(ben), Client()):
        answer = get(who, picture.uid)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"] == "private, max-age=604800, immutable"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    shown = Image.open(BytesIO(body_of(get(ada, picture.uid, 256))))
    assert (shown.format, shown.size) == ("WEBP", (256, 256))


def test_where_guests_may_not_read_they_see_no_pictures(ada: Member, settings: Settings) -> None:
    send(ada)
    settings.GUESTS = "off"
    for uid in (picture_of(ada).uid, uuid4()):
        assert get(Client(), uid).status_code == 401


def test_only_the_sizes_there_are_have_an_address(ada: Member) -> None:
    send(ada)
    uid = picture_of(ada).uid
    assert [get(ada, uid, size).status_code for size in (*SQUARE_SIZES, 97, 0)] == [
        200,
        200,
        404,
        404,
    ]
    assert get(ada, uuid4()).status_code == 404


def test_a_new_picture_has_a_new_address_and_the_bytes_of_the_old_one_go(ada: Member) -> None:
    send(ada)
    old = picture_of(ada)
    send(ada)
    new = picture_of(ada)
    assert old.uid != new.uid
    assert get(ada, old.uid).status_code == 404
    [job] = Job.objects.filter(kind=REMOVE)
    assert sorted(job.state["keys"]) == sorted(old.stored_keys)


def test_ada_removes_her_picture(ada: Member) -> None:
    send(ada)
    old = picture_of(ada)
    assert browser_of(ada).post(PROFILE, {"remove": "1"}).status_code == 302
    ada.refresh_from_db()
    assert ada.picture is None
    assert not Picture.objects.exists()
    assert sorted(Job.objects.get(kind=REMOVE).state["keys"]) == sorted(old.stored_keys)


def test_with_the_account_goes_the_picture(ada: Member) -> None:
    send(ada)
    old = picture_of(ada)
    User.objects.get(member=ada).delete()
    assert not Picture.objects.exists()
    assert sorted(Job.objects.get(kind=REMOVE).state["keys"]) == sorted(old.stored_keys)


REFUSED = {
    "text": (b"I am a picture.", "Pictures can be PNG, JPEG, GIF, WebP, AVIF or HEIC."),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Pictures can be PNG"),
    "truncated": (corpus.truncated("image/jpeg"), "This picture is damaged."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_stored(
    ada: Member, name: str
) -> None:
    content, words = REFUSED[name]
    answer = send(ada, content=content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (stored_keys(), Picture.objects.count()) == (set(), 0)


def test_without_a_file_the_page_asks_for_one(ada: Member) -> None:
    answer = browser_of(ada).post(PROFILE)
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_a_picture_that_is_too_large_is_refused(
    ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_pictures, "MAX_BYTES", len(JPEG) - 1)
    answer = send(ada)
    assert answer.status_code == 422
    assert "A picture can have at most 8 MiB." in answer.content.decode()
    assert stored_keys() == set()


def test_pictures_count_in_what_all_files_may_take(ada: Member, settings: Settings) -> None:
    send(ada)
    settings.FILES_MAX_BYTES = Picture.objects.total_bytes() + len(JPEG) - 1
    assert "no space left" in send(ada).content.decode()


def test_a_guest_is_asked_to_sign_in() -> None:
    answer = Client().post(PROFILE, {"picture": SimpleUploadedFile("me.jpg", JPEG)})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_a_storage_that_does_not_work_is_told_and_what_it_has_is_removed_later(
    ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(5, "broken")

    monkeypatch.setattr(type(files_storage()), "save", fail)
    assert send(ada).status_code == 422
    assert not Picture.objects.exists()
    assert Job.objects.filter(kind=REMOVE).exists()


def test_messages_have_the_picture_of_their_author_and_nothing_where_there_is_none(
    lobby: Room, ada: Member, ben: Member
) -> None:
    send(ada)
    posted = [applied(Post(lobby.pk, it.pk, uuid4(), "hi")).entry for it in (ada, ben)]
    written = [json.loads(it.json)["author"] for it in posted]
    shown = browser_of(ben).get("/chat/lobby/messages").json()["messages"]
    assert [it["author"] for it in shown] == written
    assert [it.get("picture") for it in written] == [str(picture_of(ada).uid), None]
    assert "picture" not in written[1]


def test_a_card_has_the_picture(lobby: Room, ada: Member, ben: Member) -> None:
    send(ada)
    applied(Post(lobby.pk, ada.pk, uuid4(), "hi"))
    card = browser_of(ben).get(f"/chat/lobby/people/{ada.uid}").json()
    assert card["picture"] == str(picture_of(ada).uid)


def test_an_operator_removes_the_picture_of_somebody(ada: Member, ben: Member) -> None:
    send(ada)
    operator = browser_of(new_account("olga", is_staff=True, is_superuser=True))
    selected = {"action": "remove_pictures", "_selected_action": [ada.pk, ben.pk]}
    asked = operator.post("/admin/chat/member/", selected)
    assert 'name="answer"' in asked.content.decode()
    assert Picture.objects.exists()
    assert operator.post("/admin/chat/member/", {**selected, "answer": "yes"}).status_code == 302
    assert not Picture.objects.exists()
    assert Job.objects.filter(kind=REMOVE).exists()


def test_a_direct_room_shows_the_picture_of_the_only_other_person(
    ada: Member, ben: Member, cleo: Member
) -> None:
    send(ben)
    picture = f"/pictures/{picture_of(ben).uid}/96.webp"
    two, three = new_direct_room(ada, ben), new_direct_room(ada, ben, cleo)
    for who, room, is_shown in ((ada, two, True), (ben, two, False), (ada, three, False)):
        page = browser_of(who).get(f"/chat/{room.address}/").content.decode()
        assert (f'<img src="{picture}"' in page) == is_shown
    [listed] = [it for _, it in listed_rooms(ada) if it.id == str(two.uid)]
    assert listed.picture == str(picture_of(ben).uid)


# --- a room's -----------------------------------------------------------------------------------


def test_who_may_find_a_room_sees_its_picture_and_for_others_there_is_none(
    den: Room, ada: Member, ben: Member, cleo: Member, lobby: Room
) -> None:
    assert send(ada, of_room(den)).status_code == 302
    uid = picture_of(den).uid
    answer = get(ben, uid)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    there, never = get(cleo, uid), get(cleo, uuid4())
    assert there.status_code == never.status_code == 404
    assert there.content.replace(str(uid).encode(), b"") == never.content.replace(
        str(never.request["PATH_INFO"].split("/")[2]).encode(), b""
    )


def test_the_picture_of_an_open_room_is_kept_by_browsers(lobby: Room) -> None:
    operator = new_account("olga", is_staff=True, is_superuser=True)
    assert send(operator, of_room(lobby)).status_code == 302
    assert "immutable" in get(Client(), picture_of(lobby).uid)["Cache-Control"]


def test_a_moderator_sets_it_and_a_member_does_not(den: Room, ada: Member, ben: Member) -> None:
    assert send(ben, of_room(den)).status_code == 409
    assert stored_keys() == set()
    den.membership_set.filter(member=ben).update(role=Role.MODERATOR)
    assert send(ben, of_room(den)).status_code == 302


def test_whoever_loses_the_right_meanwhile_sets_nothing(
    den: Room, ada: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    den.membership_set.filter(member=ben).update(role=Role.MODERATOR)
    squares = own_pictures._squares

    def slowly(*args: Any) -> Any:
        den.membership_set.filter(member=ben).update(role=Role.MEMBER)
        return squares(*args)

    monkeypatch.setattr(own_pictures, "_squares", slowly)
    assert send(ben, of_room(den)).status_code in (409, 422)
    den.refresh_from_db()
    assert (den.picture, Picture.objects.count()) == (None, 0)
    assert stored_keys() == set(Job.objects.get(kind=REMOVE).state["keys"])


def test_a_direct_room_has_none(ada: Member, ben: Member) -> None:
    assert send(ada, of_room(new_direct_room(ada, ben))).status_code in (404, 409)


def test_with_the_room_goes_its_picture(den: Room, ada: Member) -> None:
    send(ada, of_room(den))
    uid = picture_of(den).uid
    settled(DeleteRoom(den.pk, ada.pk))
    assert not Picture.objects.exists()
    assert Job.objects.filter(kind=REMOVE).exists()
    assert get(ada, uid).status_code == 404


def test_the_picture_of_a_room_is_removed(den: Room, ada: Member) -> None:
    send(ada, of_room(den))
    assert browser_of(ada).post(of_room(den), {"remove": "1"}).status_code == 302
    assert not Picture.objects.exists()


# --- the sweep ----------------------------------------------------------------------------------


def test_the_sweep_knows_pictures(ada: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "UNDER_WAY", -sweep.UNDER_WAY)
    send(ada)
    assert sweep.find() == ([], [], [])
    picture = picture_of(ada)
    Picture.objects.all().delete()
    assert sorted(it.key for it in sweep.find().orphans) == sorted(picture.stored_keys)


def test_the_sweep_finds_pictures_without_bytes(ada: Member) -> None:
    send(ada)
    picture = picture_of(ada)
    files_storage().delete(picture.key_of(96))
    assert sweep.find().missing_pictures == [picture]
