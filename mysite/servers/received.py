"""What an upload brought. The scope of its request carries it to Django: see `page_requests`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

FORM, BODY = "lobby.form", "lobby.body"  # keys of a scope: a ReceivedForm, an open file
ANNOUNCEMENT = "lobby.announcement"  # of a scope: whether its body is still to come


class ReceivedFile(TemporaryUploadedFile):
    """Django's uploaded file, around a temporary file that there is already."""

    def __init__(self, file: Any, name: str, content_type: str, size: int) -> None:
        UploadedFile.__init__(self, file, name, content_type, size)


@dataclass(frozen=True)
class ReceivedForm:
    """A form with the fields that came, and the file, if there is one, by its field's name."""

    fields: Iterable[tuple[str, str]]
    files: Iterable[tuple[str, ReceivedFile]]

    def as_post(self) -> QueryDict:
        """As `request.POST`."""
        post = QueryDict(mutable=True)
        for name, value in self.fields:
            post.appendlist(name, value)
        post._mutable = False
        return post

    def as_files(self) -> "MultiValueDict[str, ReceivedFile]":
        """As `request.FILES`."""
        return MultiValueDict({name: [file] for name, file in self.files})


def body_of(scope: Any, body_file: IO[bytes]) -> IO[bytes]:
    """The file that the body of a request is in already, or else the one given."""
    received: IO[bytes] = scope.get(BODY, body_file)
    return received
