"""Bytes in the storage: under which key they are, and the job that removes them."""

import uuid
from collections.abc import Iterable

from chat.models.job import Job

REMOVE = "remove files"  # the kind of the job


def key_of(uid: uuid.UUID) -> str:
    """The key of what has this uid. In a folder, 256 folders share the files."""
    return f"{uid.hex[:2]}/{uid.hex}"


def remove(keys: Iterable[str]) -> None:
    """Leave bytes to a job of this transaction."""
    Job.objects.add(REMOVE, keys=list(keys))
