"""Files that are there already, and messages with files."""

from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.utils import timezone

from chat import runtime
from chat.files.storage import files_storage
from chat.journal import Appended, Post
from chat.journal.changes import Files
from chat.models import File, HeldMessage, Job, Member, Message, Picture, Room, RoomFilter
from chat.models.file import EXPIRE, FileState
from chat.picture_sizes import PREVIEW_SIZES, SQUARE_SIZES
from chat.tests.support.private_rooms import applied, refusal

BYTES = b"the bytes of a file"


def new_file(member: Member, room: Room, name: str = "notes.txt", **fields: Any) -> File:
    """A file that the member has sent, and no message has yet."""
    values = {"type": "text/plain", "size": len(BYTES), "etag": "e", **fields}
    values.setdefault("state", FileState.READY)
    file = File.begin(member, room, uuid4(), name=name, **values)
    files_storage().save(file.key, ContentFile(BYTES))
    file.save()
    return file


def new_picture(member: Member, room: Room, name: str = "cat.png", **fields: Any) -> File:
    values = {"type": "image/png", "width": 640, "height": 480, "is_inline": True, **fields}
    return new_file(member, room, name, **values)


def new_stored_picture() -> Picture:
    """A picture that no person and no room has yet."""
    picture = Picture.objects.create(
        sizes={str(it): len(BYTES) for it in SQUARE_SIZES}, size=len(SQUARE_SIZES) * len(BYTES)
    )
    for key in picture.stored_keys:
        files_storage().save(key, ContentFile(BYTES))
    return picture


def post_files(
    member: Member, *files: File, text: str = "", alts: dict[str, str] | None = None
) -> Appended:
    """Post a message with files. Raises Refused."""
    return applied(post_of(member, *files, text=text, alts=alts))


def post_of(
    member: Member, *files: File, text: str = "", alts: dict[str, str] | None = None
) -> Post:
    chosen = Files(tuple(UUID(str(it.client_id)) for it in files), alts or {})
    return Post(files[0].room_id, member.pk, uuid4(), text, files=chosen)


def hold(member: Member, *files: File) -> HeldMessage:
    """Post files in a message that waits for a moderator of their room."""
    room = files[0].room
    RoomFilter.objects.get_or_create(room=room, words="coffee", holds_words=True)
    Room.objects.filter(pk=room.pk).update(is_filtered=True)
    assert refusal(post_of(member, *files, text="coffee")) == "held"
    return HeldMessage.objects.latest("pk")


def message_of(file: File) -> Message:
    file.refresh_from_db()
    assert file.message is not None
    return file.message


def body_of(response: Any) -> bytes:
    """The bytes of an answer with a file."""

    async def read() -> bytes:
        return b"".join([it async for it in response])

    return async_to_sync(read)() if response.streaming else bytes(response.content)


def stored_keys() -> set[str]:
    """The keys of all that is stored."""
    return {it.key for it in files_storage().stored()}


def store_previews(file: File) -> None:
    """Store something as each preview of a picture."""
    for size in PREVIEW_SIZES:
        files_storage().save(file.preview_key(size), ContentFile(b"preview"))
    file.previews = {str(size): len(b"preview") for size in PREVIEW_SIZES}
    file.save(update_fields=["previews"])


def work_off_jobs() -> None:
    """Work off what is due, as a server does; what has failed before, too."""
    Job.objects.exclude(kind=EXPIRE).update(due_at=timezone.now())
    async_to_sync(_work_off)()


def expire_unsent() -> None:
    """Work off what is due after a day."""
    Job.objects.filter(kind=EXPIRE).update(due_at=timezone.now())
    async_to_sync(_work_off)()


async def _work_off() -> None:
    try:
        await runtime.current().jobs.run_due()
        await runtime.current().preview_jobs.run_due()
    finally:
        await runtime.current().stop()
