"""Which keys of the storage the rows name, as a backup asks."""

from uuid import uuid4

import pytest

from chat.models import File, Member, Room
from chat.models.file import FileState
from ops.backup.stored_files import named


@pytest.mark.django_db
def test_the_parts_of_an_upload_are_no_longer_named_once_it_is_complete() -> None:
    """So a backup that finds them gone says that all is there."""
    ada, room = Member.objects.create(name="Ada"), Room.objects.create(key="tea", name="Tea")
    file = File.begin(ada, room, uuid4(), name="notes.txt", size=5)
    file.parts = [(0, "first")]
    file.save()
    [part] = named("default")
    was_named = part.is_named
    file.parts, file.state = [], FileState.READY
    file.save()
    assert (was_named, part.is_named) == (True, False)
    assert [it.key for it in named("default")] == [file.key]
