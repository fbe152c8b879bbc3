"""Files that are there already, and messages with files."""

from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile

from chat.files.storage import files_storage
from chat.journal import Appended, Post
from chat.journal.changes import Files
from chat.models import File, Member, Message, Picture, Room
from chat.models.file import FileState
from chat.models.picture import SIZES
from chat.tests.support.private_rooms import applied

BYTES = b"the bytes of a file"


def new_file(member: Member, room: Room, name: str = "notes.txt", **fields: Any) -> File:
    """A file that the member has sent, and no message has yet."""
    values = {"type": "text/plain", "size": len(BYTES), "etag": "e", **fields}
    file = File.begin(member, room, uuid4(), name=name, state=FileState.READY, **values)
    files_storage().save(file.key, ContentFile(BYTES))
    file.save()
    return file


def new_picture(member: Member, room: Room, name: str = "cat.png", **fields: Any) -> File:
    values = {"type": "image/png", "width": 640, "height": 480, "is_inline": True, **fields}
    return new_file(member, room, name, **values)


def new_stored_picture() -> Picture:
    """A picture that no person and no room has yet."""
    picture = Picture.objects.create(
        sizes={str(it): len(BYTES) for it in SIZES}, size=len(SIZES) * len(BYTES)
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


def message_of(file: File) -> Message:
    file.refresh_from_db()
    assert file.message is not None
    return file.message


def body_of(response: Any) -> bytes:
    """The bytes of an answer with a file."""

    async def read() -> bytes:
        return b"".join([it async for it in response])

    return async_to_sync(read)() if response.streaming else bytes(response.content)
