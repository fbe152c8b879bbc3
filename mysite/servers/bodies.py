"""How large the body of a request may be. Servers cut it off while it arrives."""

import re
from urllib.parse import unquote_to_bytes

from django.conf import settings

BODY_MAX_BYTES = 64 * 1024  # also what a form with a file may have beside it

REFUSAL = b"The body of this request is too large.\n"

HOOK_MAX_BYTES = 256 * 1024  # what services tell of an event

API, HOOKS = b"/api/", b"/hooks/"
UPLOADS = {  # methods and paths whose bodies are files, or have one, or are parts of them
    b"POST": re.compile(
        rb"/chat/[^/]+/(?:files|settings/picture)|/accounts/profile/picture"
        rb"|/api/v1/rooms/[^/]+/files"
    ),
    b"PATCH": re.compile(rb"/chat/[^/]+/files/[0-9a-f-]{36}"),
}


def max_bytes(method: bytes, target: bytes) -> int:
    """The bytes that a request to `target`, a path with perhaps a query, may have in its body."""
    if (_path_of(target) or b"").startswith(HOOKS):
        return HOOK_MAX_BYTES
    of_file = settings.FILE_MAX_BYTES if is_upload(method, target) else 0
    return BODY_MAX_BYTES + of_file


def is_upload(method: bytes, target: bytes) -> bool:
    """Whether a request brings a file. Servers hand its body on as it comes.

    Django decodes paths, and takes methods in any case: otherwise spelled, a file would be worked
    on in the threads of pages.
    """
    pattern, path = UPLOADS.get(method.upper()), _path_of(target)
    return pattern is not None and path is not None and pattern.fullmatch(path) is not None


def is_of_api(target: bytes) -> bool:
    """Whether programs read the answer as that of the API."""
    return (_path_of(target) or b"").startswith(API)


def _path_of(target: bytes) -> bytes | None:
    """The path below ROOT_PATH."""
    path = unquote_to_bytes(target.partition(b"?")[0])
    root = b"" if settings.ROOT_PATH_STRIPPED else settings.ROOT_PATH.encode()
    return path.removeprefix(root) if path.startswith(root) else None
