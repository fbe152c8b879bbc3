"""What a page says of files before any is sent. The server asks once more when one is."""

from typing import TypedDict

from chat import policy
from chat.files import uploads
from chat.models import Member, Room
from chat.policy import Standing
from chat.protocol import FILES_MAX


class FileBounds(TypedDict):
    """How many files a message may have, how large each may be, and whether any are taken."""

    count: int
    bytes: int
    allowed: bool


def file_bounds(member: Member, room: Room | None, standing: Standing) -> FileBounds:
    """The bounds for a member in a room, or in one that would be opened."""
    return {
        "count": FILES_MAX,
        "bytes": uploads.max_bytes(member),
        "allowed": policy.takes_files_of(member, room, standing),
    }
