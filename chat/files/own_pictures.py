"""The pictures of people and rooms: made from what somebody sends, and taken away again.

The bytes are stored before a row has them. Those of a picture that is replaced go by a job of the
same commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.db import transaction

from chat import access
from chat.files import kinds, pictures, uploads
from chat.files.storage import save_file
from chat.files.temporary import temporary_folder
from chat.journal.changes import NOT_YOURS_TO_CHANGE, Refused
from chat.models import Member, Picture, Room, stored_bytes
from chat.policy import Action
from chat.protocol import Translatable

MAX_BYTES = 8 * 1024 * 1024  # of what is sent
TOO_LARGE = "too_large", Translatable("A picture can have at most 8 MiB.")


def give_member(member: Member, source: Path, name: str) -> None:
    """Make a picture of the member's out of a file. Raises Refused and PermissionDenied."""
    with _made(source, name) as picture:
        _set_of_member(member, picture)


def take_from_member(member: Member) -> None:
    """The member has no picture any more. Raises PermissionDenied."""
    _set_of_member(member, None)


def give_room(member: Member, room: Room, source: Path, name: str) -> None:
    """Make a picture of the room's out of a file. Raises Refused."""
    with _made(source, name) as picture:
        _set_of_room(member, room, picture)


def take_from_room(member: Member, room: Room) -> None:
    """The room has no picture any more. Raises Refused."""
    _set_of_room(member, room, None)


def _set_of_member(member: Member, picture: Picture | None) -> None:
    with transaction.atomic():
        stored = Member.objects.select_for_update().filter(pk=member.pk, is_former=False).first()
        if stored is None:  # the account is deleted by now
            raise PermissionDenied
        _replace(stored, picture)
    member.picture = picture


def _set_of_room(member: Member, room: Room, picture: Picture | None) -> None:
    with transaction.atomic():
        stored = Room.objects.select_for_update().get(pk=room.pk)
        found = access.find_in(member, stored)
        if found is None or not found.may(member, Action.SET_PICTURE):
            raise Refused(*NOT_YOURS_TO_CHANGE)
        _replace(stored, picture)
    room.picture = picture


def _replace(owner: Member | Room, picture: Picture | None) -> None:
    if picture is not None:
        picture.save(force_insert=True)
    type(owner).objects.filter(pk=owner.pk).update(picture=picture)
    if owner.picture_id is not None:
        Picture.objects.filter(pk=owner.picture_id).remove()


@contextmanager
def _made(source: Path, name: str) -> Iterator[Picture]:
    """A picture whose bytes are stored, for a row; else they go. Raises Refused."""
    if source.stat().st_size > MAX_BYTES:
        raise Refused(*TOO_LARGE)
    uploads.ensure_space(source.stat().st_size)
    picture = Picture()
    with temporary_folder() as folder:
        squares = _squares(source, name, folder)
        try:
            _store(picture, squares)
            yield picture
        except BaseException:
            # By a job: the storage may be what does not work.
            stored_bytes.remove(picture.stored_keys)
            raise


def _squares(source: Path, name: str, folder: Path) -> dict[int, Path]:
    try:
        if not kinds.kind_of(source, name).is_picture:
            raise pictures.UnusablePicture("unsupported")
        return async_to_sync(pictures.make_squares)(source, folder)
    except pictures.UnusablePicture as error:
        raise Refused(error.code, error.detail) from None


def _store(picture: Picture, squares: dict[int, Path]) -> None:
    """Raises Refused where the storage is full, or does not work."""
    with uploads.told_when_storage_fails(picture):
        for size, path in squares.items():
            picture.sizes[str(size)] = path.stat().st_size
            save_file(picture.key_of(size), path)
    picture.size = sum(picture.sizes.values())
