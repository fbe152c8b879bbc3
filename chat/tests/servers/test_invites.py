"""The links of invites on real servers: in no log, and the same answer for all that never were."""

import urllib.error
import urllib.request
from email.message import Message

from chat.tests.support.servers import Server

TOKENS = ["s3cret" * 4 + "." + "s3cret" * 7, "s3cret" * 11, "s3cret" * 100]


def get(server: Server, path: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(f"{server.url}{path}") as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_link_that_never_was_is_not_found_and_in_no_log(shared_server: Server) -> None:
    answers = [get(shared_server, f"/invite/{it}/") for it in TOKENS]
    assert {status for status, _, _ in answers} == {404}
    assert len({body for _, _, body in answers}) == 1
    for _, headers, _ in answers:
        assert headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in headers["Cache-Control"]
    get(shared_server, f"/accounts/login/?next=/invite/{TOKENS[0]}/")
    get(shared_server, f"/nowhere/?next=%2Finvite%2F{TOKENS[0]}%2F")
    assert "/invite/…" in shared_server.log
    assert "s3cret" not in shared_server.log
