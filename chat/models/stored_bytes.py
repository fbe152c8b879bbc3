"""Bytes in the storage: under which key they are, and the job that removes them."""

import uuid
from collections.abc import Iterable

from chat.models.job import Job

REMOVE = "remove files"  # the kind of the job
KEYS_MAX = 200  # of a job: each of its steps writes what is left


def key_of(uid: uuid.UUID) -> str:
    """The key of what has this uid. In a folder, 256 folders share the files."""
    return f"{uid.hex[:2]}/{uid.hex}"


def remove(keys: Iterable[str]) -> None:
    """Leave bytes to jobs of this transaction."""
    left = list(keys)
    for start in range(0, len(left), KEYS_MAX):
        Job.objects.add(REMOVE, keys=left[start : start + KEYS_MAX])
