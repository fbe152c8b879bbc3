"""Forms with a file, parsed as they arrive: the same as Django's own parser makes of them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from chat.tests.support.multipart import BOUNDARY, field, file, form_body
from mysite.servers.received import ReceivedForm
from mysite.servers.uploads import forms
from mysite.servers.uploads.forms import FormBody, boundary_of
from mysite.servers.uploads.unacceptable import Unacceptable

DELIMITER = b"\r\n--" + BOUNDARY
PICTURE = bytes(range(256)) * 8


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """Where the files arrive: nothing is left there."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def parse(body: bytes, size: int = 100_000) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """The fields, and the name, type and content of each file, of a body in pieces of that size."""
    form = FormBody(BOUNDARY)
    try:
        for start in range(0, len(body), size):
            form.write(body[start : start + size])
        return contents(form.finish())
    finally:
        form.close()


def contents(form: ReceivedForm) -> tuple[dict[str, list[str]], dict[str, Any]]:
    return dict(form.as_post().lists()), described(form.as_files())


def described(files: Any) -> dict[str, Any]:
    return {key: (it.name, it.content_type, it.size, it.read()) for key, it in files.items()}


def parse_like_django(body: bytes) -> tuple[dict[str, list[str]], dict[str, Any]]:
    request = RequestFactory().post("/", body, f"multipart/form-data; boundary={BOUNDARY.decode()}")
    post, files = MultiPartParser(request.META, BytesIO(body), request.upload_handlers).parse()
    read = dict(post.lists()), described(files)
    for it in dict[str, Any](files.items()).values():
        it.close()
    return read


def refusal(body: bytes) -> tuple[int, str]:
    with pytest.raises(Unacceptable) as raised:
        parse(body)
    return raised.value.status, raised.value.code


@pytest.mark.parametrize("size", [1, 7, len(BOUNDARY) + 3, 100_000])
def test_a_form_is_the_same_in_whatever_pieces_it_comes(size: int) -> None:
    body = form_body(field(b"id", b"42"), file(PICTURE), field(b"alt", "Büro".encode()))
    expected = ({"id": ["42"], "alt": ["Büro"]}, {"file": ("a.png", "image/png", 2048, PICTURE)})
    assert parse(body, size) == expected == parse_like_django(body)


@pytest.mark.parametrize(
    "name",
    [
        b"../../etc/passwd",
        b"C:\\Users\\ada\\b.png",
        "日本語 עברית.png".encode(),
        b'a\\"b.png',
        b"a%22b.png",
        b"&quot;.png",
        "\u202egnp.exe".encode(),
        b"\x7f\x01.png",
        b"x" * 300 + b".png",
        b"a;b=c.png",
        b"CON",
    ],
)
def test_a_file_has_the_name_that_django_gives_it(name: bytes) -> None:
    body = form_body(file(b"x", name))
    assert parse(body) == parse_like_django(body)


@pytest.mark.parametrize("name", [b"", b".", b"..", b"a/"])
def test_an_input_in_which_no_file_was_chosen_is_no_file(name: bytes) -> None:
    body = form_body(field(b"id", b"42"), file(b"", name))
    assert parse(body) == ({"id": ["42"]}, {})


@given(st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--", DELIMITER[:-1], b"x"]), max_size=40))
def test_data_that_is_almost_a_boundary_is_data(data: list[bytes]) -> None:
    content = b"".join(data)
    body = form_body(file(content))
    for size in (1, 11, 1000):
        assert parse(body, size)[1]["file"][3] == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        b"\r\n" * 100_000 + form_body(file(b"x")),
        form_body(file(b"x"))[:-5],
        form_body(file(b"x"))[: -len(BOUNDARY)],
        form_body(b"no header\r\n\r\nx"),
        form_body(b"Content-Disposition: form-data\r\n\r\nx"),
        form_body(b'Content-Disposition: attachment; name="a"\r\n\r\nx'),
        form_body(b"Content-Type: text/plain\r\n\r\nx"),
        form_body(field(b"\xff", b"x")),
        form_body(b"Content-Disposition: form-data; name*=nonsense''a\r\n\r\nx"),
        form_body(field(b"a" * 5_000, b"x")),
        form_body(b"A: b\r\n" * 9 + field(b"a", b"x")),
        form_body(*[field(b"a", b"x")] * (forms.FIELDS_MAX + 2)),
        form_body(field(b"a", b"x" * (forms.FIELD_MAX_BYTES + 1))),
        form_body(file(b"x")).replace(DELIMITER, DELIMITER + b" " * 200_000),
        form_body(file((DELIMITER + b"x") * 30)),
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    assert refusal(body) == (400, "bad_form")


def test_a_form_has_one_file() -> None:
    assert refusal(form_body(file(b"x"), file(b"y"))) == (422, "bad_form")


def test_a_file_has_so_many_bytes_and_not_one_more(settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 1_000
    assert parse(form_body(file(b"x" * 1_000)))[1]["file"][2] == 1_000
    assert refusal(form_body(file(b"x" * 1_001))) == (413, "too_large")


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=x", b"x"),
        ('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b"),
        ("application/x-www-form-urlencoded", None),
        ("", None),
    ],
)
def test_a_content_type_names_the_boundary(content_type: str, boundary: bytes | None) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xff",
        "multipart/form-data; boundary*=nonsense''x",
    ],
)
def test_a_form_without_a_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(Unacceptable):
        boundary_of(content_type)


def test_a_boundary_that_is_too_long_is_refused() -> None:
    with pytest.raises(Unacceptable):
        FormBody(b"x" * 1_000)
