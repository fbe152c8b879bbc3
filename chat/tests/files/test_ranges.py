"""Ranges and conditions, as RFC 9110 has them."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from chat.files import ranges

ETAG = '"abc"'
ANY_SIZE = st.integers(0, 2**40)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-99", range(100)),
        ("bytes=2-4", range(2, 5)),
        ("bytes=99-", range(99, 100)),
        ("bytes=-1", range(99, 100)),
        ("bytes=-100", range(100)),
        ("bytes=-101", range(100)),
        ("bytes=50-100", range(50, 100)),
        ("bytes=50-99999999999999999999999", range(50, 100)),
        ("Bytes = 2 - 4 ", range(2, 5)),
    ],
)
def test_a_range_is_a_part(header: str, part: range) -> None:
    assert ranges.parse(header, 100) == part


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=--1", "bytes=1--"),
        *("bytes=0-1,3-4", "bytes=0-1,", "lines=0-1", "bytes=+1-2", "bytes=1.0-2", "bytes=٣-"),
        *("bytes=0x1-2", "0-1", f"bytes={'9' * 5000}-"),
    ],
)
def test_anything_else_counts_as_no_range(header: str) -> None:
    assert ranges.parse(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999-"])
def test_a_range_after_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(ranges.Unsatisfiable):
        ranges.parse(header, 100)


def test_an_empty_file_has_no_part() -> None:
    assert ranges.parse("bytes=-5", 0) is None
    with pytest.raises(ranges.Unsatisfiable):
        ranges.parse("bytes=0-", 0)


@given(size=ANY_SIZE, first=ANY_SIZE, last=ANY_SIZE)
def test_a_part_is_what_a_slice_would_be(size: int, first: int, last: int) -> None:
    try:
        part = ranges.parse(f"bytes={first}-{last}", size)
    except ranges.Unsatisfiable:
        assert first >= size
    else:
        assert part == (range(size)[first : last + 1] if first <= last else None)


@given(size=st.integers(1, 2**40), length=st.integers(1, 2**40))
def test_a_suffix_is_what_a_slice_would_be(size: int, length: int) -> None:
    assert ranges.parse(f"bytes=-{length}", size) == range(size)[-length:]


@given(header=st.text(max_size=40) | st.from_regex(r"bytes=[0-9, -]{0,20}"), size=ANY_SIZE)
def test_no_header_breaks_it(header: str, size: int) -> None:
    try:
        part = ranges.parse(header, size)
    except ranges.Unsatisfiable:
        return
    assert part is None or (0 <= part.start < part.stop <= size)


@pytest.mark.parametrize(
    ("method", "if_range", "part"),
    [
        ("GET", ETAG, range(2, 5)),
        ("GET", '"other"', None),
        ("GET", f"W/{ETAG}", None),  # a weak one says nothing of bytes
        ("GET", "Fri, 27 Nov 2026 01:00:00 GMT", None),
        ("HEAD", ETAG, None),
    ],
)
def test_a_range_is_of_the_file_that_it_was_asked_of(
    method: str, if_range: str, part: range | None
) -> None:
    headers = {"Range": "bytes=2-4", "If-Range": if_range}
    request = RequestFactory().generic(method, "/", headers=headers)
    assert ranges.requested(request, ETAG, 100) == part


@pytest.mark.parametrize(
    ("header", "is_known"),
    [
        (ETAG, True),
        (f"W/{ETAG}", True),
        (f'"other", {ETAG}', True),
        ("*", True),
        ('"other"', False),
        ("abc", False),
        ("", False),
        ('"', False),
    ],
)
def test_a_client_that_has_the_file_is_told_so(header: str, is_known: bool) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": header})
    assert ranges.is_known(request, ETAG) is is_known


@pytest.mark.parametrize(
    ("header", "is_unmatched"),
    [(ETAG, False), ("*", False), (f"W/{ETAG}", True), ('"other"', True)],
)
def test_a_client_that_wants_another_file_is_told_so(header: str, is_unmatched: bool) -> None:
    request = RequestFactory().get("/", headers={"If-Match": header})
    assert ranges.is_unmatched(request, ETAG) is is_unmatched


def test_without_conditions_the_file_is_sent() -> None:
    request = RequestFactory().get("/")
    assert not ranges.is_known(request, ETAG)
    assert not ranges.is_unmatched(request, ETAG)
