"""Files that people send: from the first byte to where a message can take them.

A file comes at once (`receive`), or in parts after which a broken connection goes on (`begin`,
`add_part`). Both end the same way: the bytes are examined, pictures are made anew, and the result
is in the storage before the row says so.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Protocol
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.files import File as DjangoFile
from django.db import IntegrityError, transaction

from chat.files import kinds, pictures
from chat.files.names import safe_name
from chat.files.storage import files_storage, save_file
from chat.files.temporary import temporary_folder
from chat.journal.changes import ID_TAKEN, UNAVAILABLE, Refused
from chat.models import CardPicture, File, Job, Member, Picture, Room, stored_bytes
from chat.models.file import EXPIRE, UNSENT_KEPT, FileState, Part
from chat.protocol import Translatable
from chat.transport.counters import counters

PREVIEWS = "make previews"  # the kind of the job
COPIED_BYTES = 256 * 1024  # at once
FULL = {ENOSPC, EDQUOT}
EXAMINED = "name type size width height is_inline is_animated head etag"
FOUND_OUT = f"{EXAMINED} key previews previews_size".split()  # by the end
PARTS_MAX = 500  # of an upload, and …
PART_BYTES = 1024 * 1024  # … one more for so many that came: a part is a file, and a change

EMPTY_FILE = "empty_file", Translatable("This file is empty.")
NO_SPACE = "no_space", Translatable("The server has no space left for files. Tell its operator.")
NO_SUCH_UPLOAD = "no_such_file", Translatable("There is no such upload. Begin anew.")
WRONG_OFFSET = "wrong_offset", Translatable("The upload goes on at another place.")
IN_PROGRESS = "in_progress", Translatable("This file is being examined. Ask again in a moment.")
TOO_LARGE = "too_large"
FROM_STORAGE = {NO_SPACE[0], UNAVAILABLE[0]}
TOO_MANY_PARTS = (
    "too_many_parts",
    Translatable("This upload came in too many pieces. Begin anew."),
)

_lock = Lock()
_being_finished: set[int] = set()  # primary keys of files
logger = logging.getLogger(__name__)


def max_bytes(member: Member) -> int:
    """How large a file of the member may be."""
    most: int = settings.FILE_MAX_BYTES
    return min(most, settings.GUEST_FILE_MAX_BYTES) if member.is_guest else most


def find(member: Member, room: Room | None, id: UUID) -> File:
    """The member's own file of the room. Raises Refused."""
    is_possible = room is not None and member.is_saved
    own = File.objects.filter(member=member.pk, client_id=id, room=room)
    file = own.first() if is_possible else None
    if file is None:
        raise Refused(*NO_SUCH_UPLOAD)
    return file


def begin(member: Member, room: Room, id: UUID, name: str, size: int, alt: str = "") -> File:
    """The file of this id, which goes on if its upload has begun. Raises Refused."""
    ensure_fits(member, size)
    begun = _begun(member, room, id)
    if begun and (begun.is_ready or begun.size == size):
        return begun
    if begun:
        discard(begun)
    ensure_space(size)
    file = File.begin(member, room, id, name=safe_name(name), size=size, alt=alt)
    try:
        with transaction.atomic():
            file.save()
            Job.objects.add_later(EXPIRE, UNSENT_KEPT, file=file.pk)
    except IntegrityError:  # another request has begun it just now
        raise Refused(*IN_PROGRESS) from None
    return file


def _begun(member: Member, room: Room, id: UUID) -> File | None:
    """The file of this id, if there is one. Raises Refused."""
    begun = File.objects.select_related("room").filter(member=member, client_id=id).first()
    if begun and begun.room_id != room.pk:
        raise Refused(*ID_TAKEN)
    return begun


def ensure_fits(member: Member, size: int) -> None:
    """Raises Refused for a file that is empty, or too large for the member."""
    if size == 0:
        raise Refused(*EMPTY_FILE)
    ensure_not_too_large(member, size)


def ensure_not_too_large(member: Member, size: int) -> None:
    """Raises Refused."""
    if size > (most := max_bytes(member)):
        detail = Translatable("A file can have at most %(limit)s MiB.", limit=_in_mib(most))
        raise Refused(TOO_LARGE, detail)


def _in_mib(bytes: int) -> float:
    return round(bytes / 2**20, 1)


def ensure_space(size: int) -> None:
    """Raises Refused where all that is stored would take more than FILES_MAX_BYTES."""
    most = settings.FILES_MAX_BYTES
    stored = (it.objects.total_bytes() for it in (File, Picture, CardPicture))
    if most and sum(stored) + size > most:
        raise Refused(*NO_SPACE)


def receive(file: File, source: Path) -> None:
    """Take all bytes of a file at once. Raises Refused."""
    if not file.is_ready:
        with _finishing(file):
            _finish(file, source)


class Body(Protocol):
    """What bytes are read from: a request, or a file."""

    def read(self, size: int, /) -> bytes: ...


def add_part(file: File, offset: int, body: Body) -> None:
    """Take the bytes from `offset` on, as far as they came. With the last ones, the file is ready.

    Raises Refused: after other refusals than for the offset, the upload is gone.
    """
    if file.is_ready:
        return
    if offset != file.received:
        raise Refused(*WRONG_OFFSET)
    if offset < file.size:
        _store_part(file, offset, body)
    if file.received == file.size:
        with _finishing(file), _joined(file) as whole:
            _finish(file, whole)


def discard(file: File) -> None:
    """End an upload, or remove a file that no message has."""
    File.objects.filter(pk=file.pk, message=None, held=None).remove()


def _store_part(file: File, offset: int, body: Body) -> None:
    """Store what came, and that it came. Of two requests at once, one is refused."""
    if len(file.parts) >= PARTS_MAX + file.received // PART_BYTES:
        discard(file)
        raise Refused(*TOO_MANY_PARTS)
    part, name = _Counted(body, file.size - offset), uuid4().hex
    key = file.part_key(name)
    with told_when_storage_fails(file):
        files_storage().save(key, part)
    parts, received = [*file.parts, Part(offset, name)], offset + part.count
    going_on = File.objects.filter(pk=file.pk, received=offset, state=FileState.RECEIVING)
    is_first = part.count and not part.is_too_long
    if is_first and going_on.update(parts=parts, received=received):
        file.parts, file.received = parts, received
        return
    with told_when_storage_fails(file):
        files_storage().delete(key)
    if part.is_too_long:
        discard(file)
        raise Refused(TOO_LARGE, Translatable("More bytes came than were announced."))
    if part.count:
        raise Refused(*WRONG_OFFSET)


class _Counted(DjangoFile):  # type: ignore[type-arg]
    """A body as a file to store, which ends after `most` bytes."""

    def __init__(self, body: Body, most: int) -> None:
        super().__init__(None)
        self.count, self.is_too_long = 0, False
        self._body, self._most = body, most

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self.read(chunk_size or COPIED_BYTES):
            yield piece

    def read(self, size: int = COPIED_BYTES) -> bytes:
        piece = self._body.read(size if size > 0 else COPIED_BYTES)
        if self.count + len(piece) > self._most:
            self.is_too_long = True
            return b""
        self.count += len(piece)
        return piece


@contextmanager
def _joined(file: File) -> Iterator[Path]:
    """The parts of an upload as one file."""
    begins = [begins_at for begins_at, _ in file.parts]
    ends = [*begins[1:], file.received]
    with temporary_folder() as folder:
        path = folder / "whole"
        with told_when_storage_fails(file), path.open("wb") as whole:
            for (begins_at, name), ends_at in zip(file.parts, ends, strict=True):
                for piece in files_storage().read(file.part_key(name), 0, ends_at - begins_at):
                    whole.write(piece)
        yield path


@contextmanager
def _finishing(file: File) -> Iterator[None]:
    """One at a time finishes a file in this process: a picture takes seconds. Raises Refused."""
    with _lock:
        if file.pk in _being_finished:
            raise Refused(*IN_PROGRESS)
        _being_finished.add(file.pk)
    try:
        yield
    finally:
        _being_finished.discard(file.pk)


def _finish(file: File, source: Path) -> None:
    """Examine the bytes and store them. Raises Refused: the upload is gone, if it cannot go on.

    Of several that finish a file at once, the first counts: each stores under a key of its own, and
    nobody's bytes replace those that a message may have by now.
    """
    parts = [file.part_key(name) for _, name in file.parts]
    file.key = stored_bytes.key_of(uuid4())
    try:
        with temporary_folder() as folder, told_when_storage_fails(file):
            examine_and_store(file, source, folder)
    except Refused as refusal:
        if refusal.code in FROM_STORAGE:  # which may have stored some of it
            stored_bytes.remove(_new_keys(file))
        if refusal.code != UNAVAILABLE[0]:
            File.objects.filter(pk=file.pk, state=FileState.RECEIVING).remove()
        raise
    if _mark_ready(file, parts):
        counters.add_upload(file.size)
    else:
        stored_bytes.remove([*_new_keys(file), *parts])
        _read_again(file)


@transaction.atomic
def _mark_ready(file: File, parts: list[str]) -> bool:
    """Store what the file is. Its parts go by a job. Returns False if it is ready, or gone."""
    file.parts, file.state = [], FileState.READY
    values = {it: getattr(file, it) for it in FOUND_OUT}
    receiving = File.objects.filter(pk=file.pk, state=FileState.RECEIVING)
    if not receiving.update(**values, parts=[], state=FileState.READY):
        return False
    if parts:
        stored_bytes.remove(parts)
    if file.is_picture and not file.previews:
        Job.objects.add(PREVIEWS, file=file.pk)
    return True


def _new_keys(file: File) -> list[str]:
    return [file.key, *(file.preview_key(int(size)) for size in file.previews)]


def _read_again(file: File) -> None:
    """Take over what another request has made of the file. Raises Refused if it is gone."""
    try:
        file.refresh_from_db()
    except File.DoesNotExist:
        raise Refused(*NO_SUCH_UPLOAD) from None


def examine_and_store(file: File, source: Path, folder: Path) -> None:
    """Say in the unsaved row what the bytes are, and store them. Raises Refused, and OSError."""
    kind = kinds.kind_of(source, file.name)
    file.type, file.is_inline, file.head = kind.type, kind.is_inline, kind.head
    if kind.is_picture:
        source = _make_anew(file, source, folder, kind.type)
        _ensure_grown_fits(file, source.stat().st_size)
    if file.is_animated:
        _make_still(file, source, folder)
    file.size = source.stat().st_size
    with source.open("rb") as bytes:
        file.etag = file_digest(bytes, "sha256").hexdigest()
        bytes.seek(0)
        files_storage().save(file.key, DjangoFile(bytes))


def _make_still(file: File, source: Path, folder: Path) -> None:
    """Previews of an animation stand still. They are there at once: the file itself would move."""
    try:
        made = async_to_sync(pictures.make_previews)(source, folder)
    except pictures.UnusablePicture as error:
        raise Refused(error.code, error.detail) from None
    note_previews(file, made)
    store_previews(file, made)


def note_previews(file: File, made: dict[int, Path]) -> None:
    """Note in the unsaved row which previews there are."""
    file.previews = {str(size): path.stat().st_size for size, path in sorted(made.items())}
    file.previews_size = sum(file.previews.values())


def store_previews(file: File, made: dict[int, Path]) -> None:
    """Store the bytes of previews. Raises OSError."""
    for size, path in made.items():
        save_file(file.preview_key(size), path)


def _ensure_grown_fits(file: File, size: int) -> None:
    """Raises Refused for a picture that takes much more than was sent: a few bytes may be noise."""
    if size <= file.size:
        return
    if size > (most := settings.FILE_MAX_BYTES):
        detail = Translatable(
            "This picture would take more than %(limit)s MiB here. Send a smaller one.",
            limit=_in_mib(most),
        )
        raise Refused(TOO_LARGE, detail)
    ensure_space(size - file.size)


def _make_anew(file: File, source: Path, folder: Path, type: str) -> Path:
    """The picture without what else was in its file: of another type where browsers show none."""
    try:
        picture = async_to_sync(pictures.remake)(source, folder)
    except pictures.UnusablePicture as error:
        raise Refused(error.code, error.detail) from None
    file.type, file.is_inline = picture.type, kinds.is_inline(picture.type)
    file.width, file.height, file.is_animated = picture.width, picture.height, picture.is_animated
    if picture.type != type:
        file.name = safe_name(f"{PurePosixPath(file.name).stem}{picture.suffix}")
    return picture.path


@contextmanager
def told_when_storage_fails(file: File | Picture) -> Iterator[None]:
    """A full disk is a refusal, and a storage that does not work another one."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Refused(*NO_SPACE) from None
        logger.error("%s %s is not stored: %s", file._meta.model_name, file.pk, error)
        raise Refused(*UNAVAILABLE) from None
