"""What a client says as it opens a WebSocket, read without one."""

from typing import Any
from uuid import uuid4

import pytest

from chat.guest_cookie import COOKIE, sign
from chat.models import RoomId, RoomNameError
from chat.models.room_name import RoomName
from chat.models.token import digest_of
from chat.sockets.handshake import Handshake, MalformedQuery, Resume


def handshake(
    query: str = "", room: str = "tea", cookies: dict[str, str] | None = None, **fields: Any
) -> Handshake:
    headers = fields.pop("headers", [])
    route = {"kwargs": {"room": room}}
    scope = {"query_string": query.encode(), "url_route": route, "cookies": cookies or {}}
    return Handshake({"headers": headers, "client": ["192.0.2.7", 1234], **scope, **fields})


def test_a_new_client_resumes_nowhere() -> None:
    assert handshake().resume == Resume(None, None, takes_changes=False)


def test_a_client_says_from_which_version_it_goes_on() -> None:
    assert handshake("after=7&changes=1&epoch=e").resume == Resume(7, "e", takes_changes=True)


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "٣", "9" * 19])
def test_what_is_no_version_is_refused(after: str) -> None:
    with pytest.raises(MalformedQuery):
        _ = handshake(f"after={after}").resume


def test_a_version_of_another_epoch_is_no_cursor() -> None:
    epoch = uuid4()
    assert Resume(7, str(epoch)).cursor_in(epoch) == 7
    assert Resume(7).cursor_in(epoch) == 7
    assert Resume(7, str(uuid4())).cursor_in(epoch) is None


def test_a_browser_shows_its_cookies() -> None:
    alice = uuid4()
    shown = handshake(cookies={COOKIE: sign(alice), "sessionid": "k3y"})
    assert shown.guest == alice
    assert shown.credentials[:3] == (alice, "k3y", shown.network)


def test_of_a_program_the_token_alone_counts() -> None:
    headers = [(b"authorization", b"Bearer s3cret ")]
    shown = handshake(cookies={COOKIE: sign(uuid4())}, headers=headers).credentials
    assert shown == (None, None, None, digest_of("s3cret"))


def test_the_address_names_a_room() -> None:
    assert handshake(room="Tea").address == RoomName.parse("Tea")
    assert isinstance(handshake(room=f"~{'a' * 22}").address, RoomId)
    with pytest.raises(RoomNameError):
        _ = handshake(room="a/b").address


def test_the_language_is_that_of_the_cookie_else_of_the_browser() -> None:
    german = [(b"accept-language", b"de")]
    assert handshake(headers=german).language == "de"
    assert handshake(headers=german, cookies={"django_language": "en"}).language == "en"


def test_the_origin_is_where_the_client_found_the_server() -> None:
    headers = [(b"host", b"chat.example.com")]
    assert handshake(headers=headers, scheme="wss").origin == "https://chat.example.com"
    assert handshake(headers=headers, scheme="ws").origin == "http://chat.example.com"
    assert handshake().origin == ""
