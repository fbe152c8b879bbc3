"""POST /chat/<room>/files: a file is sent at once."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from chat.files.storage import files_storage
from chat.models import File, Job, Member, Membership, Role, Room, Sanction
from chat.models.file import EXPIRE
from chat.tests.support.files import body_of, message_of, new_file, post_files
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import new_members_room

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = b"first line\nsecond line\n"


def png(width: int = 30, height: int = 20) -> bytes:
    saved = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(saved, "PNG")
    return saved.getvalue()


def send(
    browser: Client, room: str = "lobby", content: bytes = TEXT, name: str = "a.txt", **form: Any
) -> Any:
    fields = {"id": str(uuid4()), **form}
    file = SimpleUploadedFile(name, content)
    return browser.post(f"/chat/{room}/files", {**fields, "file": file})


def test_a_text_is_stored_with_its_first_lines(lobby: Room, ada: Member) -> None:
    id = str(uuid4())
    answer = send(browser_of(ada), id=id)
    assert answer.status_code == 201
    file = File.objects.get()
    assert answer.json() == {
        "id": id,
        "name": "a.txt",
        "type": "text/plain",
        "size": len(TEXT),
        "width": None,
        "height": None,
        "url": f"/files/{file.uid}/a.txt",
        "head": "first line\nsecond line",
    }
    assert b"".join(files_storage().read(file.key, 0, file.size)) == TEXT
    assert (file.member, file.room, file.message) == (ada, lobby, None)


def test_a_picture_is_made_anew(lobby: Room, ada: Member) -> None:
    answer = send(browser_of(ada), content=png() + b"<script>trailing</script>", name="cat.png")
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["type"], said["width"], said["height"]) == ("image/png", 30, 20)
    file = File.objects.get()
    stored = b"".join(files_storage().read(file.key, 0, file.size))
    assert b"trailing" not in stored
    assert len(stored) == said["size"] == file.size


def test_a_resend_is_the_same_file(lobby: Room, ada: Member) -> None:
    browser, id = browser_of(ada), str(uuid4())
    first, second = send(browser, id=id).json(), send(browser, id=id).json()
    assert first == second
    assert File.objects.count() == 1


def test_the_same_id_of_another_person_is_another_file(
    lobby: Room, ada: Member, ben: Member
) -> None:
    id = str(uuid4())
    urls = {send(browser_of(it), id=id).json()["url"] for it in (ada, ben)}
    assert len(urls) == 2


def test_an_id_is_for_one_room(lobby: Room, ada: Member) -> None:
    new_open_room("Other", ada)
    id = str(uuid4())
    send(browser_of(ada), id=id)
    answer = send(browser_of(ada), room="Other", id=id)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "id_taken")


def test_a_new_guest_is_stored_with_the_first_file_and_a_new_room_is_opened() -> None:
    browser = Client()
    answer = send(browser, room="brand-new")
    assert answer.status_code == 201, answer.content
    file = File.objects.get()
    assert file.room.name == "brand-new"
    assert file.member.is_guest
    assert browser.get(answer.json()["url"]).status_code == 200  # it is theirs


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.txt", "empty_file"),
        (png()[:40], "cut.png", "bad_picture"),
        (b"\xff\xd8\xff\xe0 no jpeg", "lie.jpg", "bad_picture"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_stays(
    lobby: Room, ada: Member, content: bytes, name: str, code: str
) -> None:
    answer = send(browser_of(ada), content=content, name=name)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code, answer.content
    assert not File.objects.exists()


@pytest.mark.parametrize("form", [{"id": "7"}, {"id": ""}, {"alt": "x" * 1_001}])
def test_a_bad_form_is_refused(lobby: Room, ada: Member, form: dict[str, Any]) -> None:
    answer = send(browser_of(ada), **form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_form")


def test_a_file_is_too_large_for_a_guest_first(
    lobby: Room, ada: Member, gus: Member, settings: Settings
) -> None:
    settings.FILE_MAX_BYTES, settings.GUEST_FILE_MAX_BYTES = 100, 20
    assert send(browser_of(gus), content=b"x" * 21).status_code == 413
    assert send(browser_of(ada), content=b"x" * 21).status_code == 201
    too_large = send(browser_of(ada), content=b"x" * 101)
    assert (too_large.status_code, too_large.json()["error"]["code"]) == (413, "too_large")


def test_all_files_together_have_a_bound(lobby: Room, ada: Member, settings: Settings) -> None:
    settings.FILES_MAX_BYTES = 50
    assert send(browser_of(ada), content=b"x" * 30).status_code == 201
    full = send(browser_of(ada), content=b"x" * 21)
    assert (full.status_code, full.json()["error"]["code"]) == (507, "no_space")
    assert File.objects.count() == 1


def test_a_full_disk_is_told(
    lobby: Room, ada: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(files_storage()), "save", full)
    answer = send(browser_of(ada))
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "no_space")
    assert not File.objects.exists()
    assert "Traceback" not in caplog.text


def test_who_may_not_send_files_is_told_why(
    lobby: Room, ada: Member, ben: Member, gus: Member, settings: Settings
) -> None:
    settings.GUEST_FILES = False
    assert send(browser_of(gus)).json()["error"]["code"] == "not_allowed"
    den = new_members_room(ada)
    hidden, none = send(browser_of(ben), room=den.key), send(browser_of(ben), room=f"~{uuid4()}")
    assert (hidden.status_code, hidden.content) == (none.status_code, none.content)
    assert hidden.status_code == 404
    assert not File.objects.exists()


def test_without_the_token_nothing_is_stored(lobby: Room, ada: Member) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert ada.user
    browser.force_login(ada.user)
    assert send(browser).status_code == 403
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("a%22b%0D%0AX-Evil: 1.txt", "a%22b%0D%0AX-Evil: 1.txt"),  # as browsers write it
        ("фото – 日本語 🎉.txt", "фото – 日本語 🎉.txt"),
        ("harmless\u202etxt.exe", "harmlesstxt.exe"),
        ("320.webp", "320.webp"),
        ("?#%2F.txt", "?#%2F.txt"),
    ],
)
def test_names_survive_and_break_nothing(lobby: Room, ada: Member, name: str, shown: str) -> None:
    browser = browser_of(ada)
    body = (
        f'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n{uuid4()}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        "hello\r\n--b--\r\n"
    )
    type = "multipart/form-data; boundary=b"
    answer = browser.generic("POST", "/chat/lobby/files", body.encode(), type)
    assert answer.status_code == 201, answer.content
    said = json.loads(answer.content)
    assert said["name"] == shown
    got = browser.get(said["url"])
    assert body_of(got) == b"hello"
    assert got["Content-Disposition"].startswith("attachment; filename=")


def test_what_is_not_sent_within_a_day_goes(lobby: Room, ada: Member) -> None:
    send(browser_of(ada))
    sent = new_file(ada, lobby)
    post_files(ada, sent)
    job = Job.objects.get(kind=EXPIRE)
    assert (job.due_at - job.created_at).total_seconds() == pytest.approx(24 * 3600, abs=60)
    assert message_of(sent)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OWNER])
def test_members_send_files_in_their_rooms(ada: Member, ben: Member, role: Role) -> None:
    den = new_members_room(ada, [ben])
    Membership.objects.filter(member=ben, room=den).update(role=role)
    assert send(browser_of(ben), room=den.key).status_code == 201


def test_a_file_that_is_refused_opens_no_room_and_stores_no_guest() -> None:
    assert send(Client(), room="brand-new", content=b"").status_code == 422
    assert send(Client(), room="brand-new", id="7").status_code == 422
    assert not Room.objects.exists()
    assert not Member.objects.exists()


def test_guests_who_may_send_no_files_open_no_room_with_one(settings: Settings) -> None:
    settings.GUEST_FILES = False
    assert send(Client(), room="brand-new").status_code == 403
    assert not Room.objects.exists()


def test_a_muted_person_sends_no_files(lobby: Room, ada: Member, gus: Member) -> None:
    until = timezone.now() + timedelta(hours=1)
    Sanction.objects.create(room=lobby, member=gus, kind="mute", until=until, by=ada)
    Room.objects.filter(pk=lobby.pk).update(sanctioned_until=until)
    answer = send(browser_of(gus))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "muted")
