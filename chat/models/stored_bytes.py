"""Bytes in the storage: under which key they are, and the job that removes them."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

from chat.models.job import Job

REMOVE = "remove files"  # the kind of the job
KEYS_MAX = 200  # of a job: each of its steps writes what is left
STORED_WITHIN = timedelta(days=1)  # what is stored before the row that has it


def key_of(uid: uuid.UUID) -> str:
    """The key of what has this uid. In a folder, 256 folders share the files."""
    return f"{uid.hex[:2]}/{uid.hex}"


def remove(keys: Iterable[str]) -> None:
    """Leave bytes to jobs of this transaction."""
    left = list(keys)
    for start in range(0, len(left), KEYS_MAX):
        Job.objects.add(REMOVE, keys=left[start : start + KEYS_MAX])


def remove_unless_kept(keys: Iterable[str]) -> Job:
    """Before bytes are stored: they go in a day, whatever happens, unless `keep` is called."""
    return Job.objects.add_later(REMOVE, STORED_WITHIN, keys=[*keys])


def keep(jobs: Sequence[Job]) -> bool:
    """In the transaction that adds the rows: the bytes stay. False: it is too late for some."""
    deleted, _ = Job.objects.filter(pk__in=[it.pk for it in jobs]).delete()
    return deleted == len(jobs)
