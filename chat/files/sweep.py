"""Finds what the storage and the database do not agree about."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from chat.files.storage import Stored, files_storage
from chat.models import CardPicture, File, Job, Picture, stored_bytes
from chat.models.stored_bytes import REMOVE

UNDER_WAY = timedelta(hours=1)  # younger bytes may belong to a row that is about to be stored
KEYS_AT_ONCE = 500
DRAFT = ".draft-"  # in the names of files that are being stored in a folder


class Found(NamedTuple):
    """Bytes that belong to no file, and what has no bytes."""

    orphans: list[Stored]
    missing: list[File]
    missing_pictures: list[Picture]


def find() -> Found:
    """Compare all that is stored with the rows. Bytes that a job will remove are no orphans."""
    seen: set[str] = set()
    orphans = [it for it in _stored(seen) if it.modified < timezone.now() - UNDER_WAY]
    ready = File.objects.ready().iterator(KEYS_AT_ONCE)
    pictures = Picture.objects.iterator(KEYS_AT_ONCE)
    return Found(
        orphans,
        [it for it in ready if it.key not in seen],
        [it for it in pictures if not seen.issuperset(it.stored_keys)],
    )


def remove(orphans: list[Stored]) -> None:
    """Leave orphans to a job, which tries again where the storage does not work."""
    stored_bytes.remove(it.key for it in orphans)


def _stored(seen: set[str]) -> Iterator[Stored]:
    """What is stored and belongs to nobody. Adds all keys to `seen`."""
    going = {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}
    batch: list[Stored] = []
    for it in files_storage().stored():
        seen.add(it.key)
        batch.append(it)
        if len(batch) == KEYS_AT_ONCE:
            yield from _orphans(batch, going)
            batch = []
    yield from _orphans(batch, going)


def _orphans(batch: list[Stored], going: set[str]) -> list[Stored]:
    owners = {it.key: _owner(it.key) for it in batch}
    keys = set(owners.values())
    known = {
        key
        for model in (File, CardPicture)
        for key in model._default_manager.filter(key__in=keys).values_list("key", flat=True)
    }
    uids = {uid for key in keys if (uid := _uid(key))}
    known |= {it.key for it in Picture.objects.filter(pk__in=uids)}
    return [it for it in batch if owners[it.key] not in known and it.key not in going]


def _owner(key: str) -> str:
    """The key of the file to which stored bytes belong. Nobody's: what a crash left half stored."""
    folder, _, name = key.partition("/")
    return "" if DRAFT in name else f"{folder}/{name.partition('.')[0]}"


def _uid(key: str) -> UUID | None:
    try:
        return UUID(hex=key.partition("/")[2])
    except ValueError:
        return None
