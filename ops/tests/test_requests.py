"""Requests and sockets in the log of a server, and what it never has."""

import asyncio
import json
import re
import urllib.error
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from chat.tests.support.clients import guest_cookie, v1
from chat.tests.support.servers import Server, serving

pytestmark = pytest.mark.server

ADDRESS = "203.0.113.77"
TEXT = "s3cret-words-of-ada"
NAME = "s3cret-plan.txt"
TOKEN = "s3cret-token-of-prometheus"
INVITE = "s3cretinvite." + "a" * 30
SETTINGS = {"TRUSTED_PROXIES": "127.0.0.1", "METRICS_TOKEN": TOKEN}
SECRETS = [ADDRESS, "s3cret", "c3tup0123456789abcdef"]
STARTED = re.compile(r"^Lobby: .*\n", re.MULTILINE)  # what a start prints for people
FROM = {"X-Forwarded-For": ADDRESS}


def get(server: Server, path: str, **headers: str) -> tuple[int, Any]:
    request = Request(f"{server.url}{path}", headers={**FROM, **headers})
    try:
        with urlopen(request) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def ask_for_much(server: Server) -> None:
    for path in (
        "/setup/c3tup0123456789abcdef/",
        f"/invite/{INVITE}/",
        f"/accounts/signup/?invite={INVITE}",
        f"/device/{INVITE}/",
        f"/chat/search?q={TEXT}",
        f"/rooms/find?name={TEXT}",
        f"/files/0195d3a0-1111-7222-8333-444455556666/{NAME}",
    ):
        get(server, path)
    assert get(server, "/metrics", Authorization=f"Bearer {TOKEN}")[0] == 200
    assert get(server, "/metrics", Authorization=f"Bearer {TOKEN}x")[0] == 404


async def talk(server: Server) -> None:
    headers = {**FROM, "Cookie": guest_cookie(server)}
    async with v1(server.socket_url("Tea room"), additional_headers=headers) as ada:
        await ada.say(TEXT)
        await ada.send(type="message.send", id="no id", text=TEXT)
        await ada.until(lambda: bool(ada.errors))
    await asyncio.to_thread(ask_for_much, server)


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("kind", ["daphne", "uvicorn", "plain uvicorn"])
async def test_the_log_of_a_session_has_no_text_no_token_and_no_address(
    kind: str, format: str, tmp_path: Path
) -> None:
    with serving(kind, tmp_path, LOG_FORMAT=format, **SETTINGS) as server:
        await talk(server)
        server.terminate()
        logged = STARTED.sub("", server.log)
    assert [it for it in SECRETS if it in logged] == []
    assert "Not Found: /setup/…/" in logged


async def test_each_request_and_each_socket_is_a_line_of_json(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path, LOG_FORMAT="json", **SETTINGS) as server:
        await talk(server)
        _, headers = get(server, "/chat/Tea%20room/messages")
        server.terminate()
        lines = [json.loads(it) for it in STARTED.sub("", server.log).splitlines()]
    [asked] = [it for it in lines if it.get("request") == headers["X-Request-ID"]]
    opened, closed = [it for it in lines if it["logger"] == "lobby.sockets"]
    assert (asked["method"], asked["page"], asked["status"]) == ("GET", "messages", 200)
    assert asked["room"] == opened["room"]
    assert asked["member"]
    assert (opened["message"], closed["message"]) == ("socket opened", "socket closed")
    assert opened["socket"] == closed["socket"]
    assert opened["member"] == closed["member"]
    [refused] = [it for it in lines if it["message"].startswith("Not Found: /setup/")]
    assert refused["request"]


def test_an_id_that_a_client_sends_is_not_believed(tmp_path: Path) -> None:
    with serving("uvicorn", tmp_path) as server:
        _, headers = get(server, "/", **{"X-Request-ID": "mine"})
        assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-ID"])


def test_a_token_that_is_too_short_stops_the_start_without_being_told(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError) as refused,
        serving("uvicorn", tmp_path, METRICS_TOKEN="s3cret"),
    ):
        pass
    assert "METRICS_TOKEN is not 16 to 200" in str(refused.value)
    assert "s3cret" not in str(refused.value)
