"""Files of messages that come over: their bytes go into the storage, and are examined before that.

Files of another chat are taken as if somebody sent them now: a picture is made anew, and what a
file is, is told by its content. Those of Lobby's own export keep their bytes, and a type only if
their content is of that type.
"""

import shutil
from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4, uuid5

from django.core.files import File as DjangoFile

from chat import models
from chat.files import kinds, uploads
from chat.files.names import safe_name
from chat.files.storage import files_storage
from chat.files.temporary import temporary_folder
from chat.journal.changes import Refused
from chat.models import Job, stored_bytes
from chat.models.file import FileState
from chat.protocol import FILES_MAX
from chat.transfer.faults import TransferError
from chat.transfer.packages import Package
from chat.transfer.people import Members
from chat.transfer.records import File, Message
from chat.transfer.report import Report

MISSING = "files that are not in the export"
EMPTY = "files that are empty"
CHANGED = "files whose bytes are not those that were exported"
TOO_MANY = f"files of a message that has more than {FILES_MAX}"


class ArrivedFiles:
    """With `keeps`, files keep their ids and their bytes."""

    def __init__(self, package: Package, report: Report, *, keeps: bool) -> None:
        self._package, self._report, self._keeps = package, report, keeps
        self._going: list[Job] = []  # for bytes that the storage may have, and no message has yet
        self._unstored: list[models.File] = []

    def of(self, record: Message, room: models.Room, members: Members) -> list[models.File]:
        """The unsaved files of a message, of which the storage has the bytes.

        Raises TransferError where the storage fails, or has no space.
        """
        for it in record.files[FILES_MAX:]:
            self._report.leave(TOO_MANY, it.name)
        taken = (self._take(it, record, room, members) for it in record.files[:FILES_MAX])
        return [it for it in taken if it is not None]

    def _take(
        self, record: File, message: Message, room: models.Room, members: Members
    ) -> models.File | None:
        size = self._package.size(record.path)
        if not size:
            self._report.leave(EMPTY if size == 0 else MISSING, record.name)
            return None
        sender = members[record.sender or message.author]
        id = record.id if self._keeps else uuid5(message.id, str(record.id))
        name = safe_name(record.name)
        file = models.File.begin(sender, room, id, name=name, size=size, alt=record.alt)
        file.state = FileState.READY
        file.created_at = record.created_at or message.sent_at
        try:
            uploads.ensure_space(size)
            with temporary_folder() as folder:
                return self._examined(file, record, self._copy(record.path, folder), folder)
        except Refused as refusal:
            if refusal.code in uploads.FROM_STORAGE:
                raise TransferError(f"{record.path}: {refusal.detail}") from None
            self._report.leave(f"files: {refusal.detail}", record.name)
            return None

    def _copy(self, name: str, folder: Path) -> Path:
        """The file as one of its own, of the bytes that it says it has, and not of more."""
        path = folder / "arrived"
        with self._package.open(name) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, 256 * 1024)
        return path

    def _examined(
        self, file: models.File, record: File, source: Path, folder: Path
    ) -> models.File | None:
        if not self._keeps:
            self._note(file)
            with uploads.told_when_storage_fails(file):
                uploads.examine_and_store(file, source, folder)
            return file
        with source.open("rb") as bytes:
            file.etag = file_digest(bytes, "sha256").hexdigest()
        if record.sha256 and file.etag != record.sha256:
            self._report.leave(CHANGED, record.name)
            return None
        _describe(file, record, source)
        self._note(file)
        with source.open("rb") as bytes, uploads.told_when_storage_fails(file):
            files_storage().save(file.key, DjangoFile(bytes))
        return file

    def _note(self, file: models.File) -> None:
        """Its bytes will be in the storage before a row has them: an import may be killed."""
        self._going.append(stored_bytes.remove_unless_kept(file.stored_keys))
        self._unstored.append(file)

    def add_jobs(self, files: Iterable[models.File]) -> None:
        """Leave previews of pictures to jobs of this transaction."""
        for it in files:
            if it.is_picture and not it.previews:
                Job.objects.add(uploads.PREVIEWS, file=it.pk)

    def settle(self, stored: Iterable[models.File]) -> None:
        """In the transaction that stores messages: the bytes of these files stay, no others."""
        if not stored_bytes.keep(self._going):
            raise TransferError("The storage took more than a day for some files. Run it again")
        kept = {it.key for it in stored}
        left = (it for it in self._unstored if it.key not in kept)
        stored_bytes.remove(key for it in left for key in it.stored_keys)
        self._going, self._unstored = [], []


def _describe(file: models.File, record: File, source: Path) -> None:
    """What the export says of a file, as far as its content is what it says."""
    kind = kinds.kind_of(source, record.name)
    file.uid, file.key = record.uid or uuid4(), stored_bytes.key_of(uuid4())
    file.type, file.head, file.is_inline = kind.type, kind.head, kind.is_inline
    if kind.is_picture:
        file.width, file.height, file.is_animated = record.width, record.height, record.animated
        file.is_inline = kind.is_inline and record.width is not None
