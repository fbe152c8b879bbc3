"""Why an upload is not taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, EFBIG, ENOSPC

DISK_FULL = {ENOSPC, EDQUOT, EFBIG}


@dataclass
class Unacceptable(Exception):
    """An upload ends with this answer."""

    status: int
    code: str
    detail: str
    retry_after: int | None = None  # seconds


def bad_form(detail: str) -> Unacceptable:
    return Unacceptable(400, "bad_form", detail)


@contextmanager
def told_when_disk_is_full() -> Iterator[None]:
    """Tells the sender that the disk is full. Raises Unacceptable."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise Unacceptable(507, "no_space", "The server has no room left for files.") from None
