"""Ranges and conditions of a request, as RFC 9110 has them."""

import re

from django.http import HttpRequest
from django.utils.http import parse_etags

RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,99})\s*-\s*([0-9]{0,99})\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range begins after the end."""


def requested(request: HttpRequest, etag: str, size: int) -> range | None:
    """The bytes that are asked for; None for all of them. Raises Unsatisfiable.

    Several ranges, and whatever cannot be read, count as if there were none (14.2), and so does a
    range of a file that has changed (13.1.5).
    """
    text = request.headers.get("Range", "")
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return parse(text, size)


def parse(text: str, size: int) -> range | None:
    """The bytes of the one range in a Range header. Raises Unsatisfiable."""
    match = RANGE.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return _suffix(int(match[2]), size)
    first, last = int(match[1]), int(match[2] or max(size - 1, int(match[1])))
    if first > last:
        return None
    if first >= size:
        raise Unsatisfiable
    return range(first, min(last + 1, size))


def _suffix(length: int, size: int) -> range | None:
    if not length:
        raise Unsatisfiable
    return range(max(size - length, 0), size) if size else None


def is_unmatched(request: HttpRequest, etag: str) -> bool:
    """Whether If-Match asks for another file (13.1.1)."""
    wanted = request.headers.get("If-Match")
    return wanted is not None and not {"*", etag} & set(parse_etags(wanted))


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether If-None-Match says that the client has the file (13.1.2)."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return bool({"*", etag} & {it.removeprefix("W/") for it in known})
