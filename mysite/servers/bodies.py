"""How large the body of a request may be. Servers cut it off while it arrives."""

import re

from django.conf import settings

BODY_MAX_BYTES = 64 * 1024
LARGER_BODIES: tuple[tuple[re.Pattern[bytes], int], ...] = ()  # paths that take files, and bytes

REFUSAL = b"The body of this request is too large.\n"


def max_bytes(target: bytes) -> int:
    """The bytes that a request to `target`, a path with perhaps a query, may have in its body."""
    path = target.partition(b"?")[0]
    root = b"" if settings.ROOT_PATH_STRIPPED else settings.ROOT_PATH.encode()
    if not path.startswith(root):
        return BODY_MAX_BYTES  # Lobby has no such path
    path = path.removeprefix(root)
    return next(
        (size for pattern, size in LARGER_BODIES if pattern.fullmatch(path)), BODY_MAX_BYTES
    )
