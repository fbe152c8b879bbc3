"""What services post to /hooks/<token>."""

import re
import shlex
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from chat import runtime
from chat.journal import database
from chat.live.rates import MESSAGE
from chat.models import Job, Member, Message, Room, Scope, Token, WaitingPost
from chat.models.waiting_post import POST
from chat.programs import tokens
from chat.tests.support.private_rooms import new_members_room

HOUR = 3_600


class Hook:
    """A service that has the address."""

    def __init__(self, token: Token, secret: str) -> None:
        self.token, self.secret = token, secret

    async def post(self, body: Any, kind: str = "application/json", **headers: str) -> Any:
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/hooks/{self.secret}"
        return await AsyncClient().post(path, body, content_type=kind, headers=shown)


def new_hook(member: Member, rooms: list[Room] | None, scopes: list[Scope], **terms: Any) -> Hook:
    return Hook(*Token.objects.make(member, member, "CI", scopes, rooms, **terms))


@pytest.fixture
async def den(lobby: Room, ada: Member) -> Room:
    return await database.write(new_members_room, ada)


@pytest.fixture
async def hook(den: Room, ada: Member) -> Hook:
    return await database.write(new_hook, ada, [den], [Scope.POST])


def said(room: Room) -> list[str]:
    rows = Message.objects.filter(room=room, kind="text").order_by("seq")
    return [it.text for it in rows]


async def test_where_the_database_does_not_answer_it_is_asked_to_try_again(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(secret: str) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(tokens, "find", fail)
    answer = await hook.post({"text": "tea"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"]
    assert not [it for it in caplog.records if it.exc_info]


async def test_what_a_service_posts_stands_in_the_room(hook: Hook, den: Room, ada: Member) -> None:
    answer = await hook.post({"text": "*ready* <https://e.com|here>", "username": "CI_bot"})
    assert (answer.status_code, answer.content) == (200, b"ok\n"), answer.content
    await hook.post(b"as text", "text/plain; charset=utf-8")
    await hook.post(b"text=in+a+form", "application/x-www-form-urlencoded")
    assert await database.read(said, den) == [
        "**CI_bot**\n**ready** [here](https://e.com)",
        "as text",
        "in a form",
    ]
    used = await database.read(lambda: Token.objects.get().last_used_at)
    assert used is not None


async def test_the_name_of_its_member_is_not_said_again(hook: Hook, den: Room) -> None:
    await hook.post({"text": "tea", "username": "Ada"})
    assert await database.read(said, den) == ["tea"]


async def test_what_is_delivered_again_stands_there_once(hook: Hook, den: Room) -> None:
    event = {"repository": {"full_name": "a/b"}, "sender": {"login": "ada"}}
    for delivery in ("1", "1", "2"):
        answer = await hook.post(event, x_github_event="star", x_github_delivery=delivery)
        assert answer.status_code == 200
    assert await database.read(said, den) == ["**a/b** ada star"] * 2


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({"txt": "tea"}, "application/json", 400),
        (b"{", "application/json", 400),
        ([], "application/json", 400),
        (b"\xff\x00", "application/json", 400),
        (b" ", "text/plain", 400),
        ({"text": "\u200b"}, "application/json", 400),
    ],
)
async def test_what_cannot_be_read_is_told(
    hook: Hook, den: Room, body: Any, kind: str, status: int
) -> None:
    answer = await hook.post(body, kind)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert await database.read(said, den) == []


@pytest.mark.parametrize(
    ("scopes", "is_one_room"),
    [([Scope.READ, Scope.MODERATE], True), ([Scope.POST], False)],
    ids=["reads only", "all rooms"],
)
async def test_another_token_is_no_webhook(
    den: Room, ada: Member, scopes: list[Scope], is_one_room: bool
) -> None:
    rooms = [den] if is_one_room else None
    other = await database.write(new_hook, ada, rooms, scopes)
    nothing = Hook(other.token, f"lobby_{uuid4()}")
    answers = [await it.post({"text": "tea"}) for it in (other, nothing)]
    assert [it.status_code for it in answers] == [404, 404]
    assert answers[0].content == answers[1].content


async def test_a_revoked_webhook_and_one_of_a_room_that_is_lost_are_gone(
    hook: Hook, den: Room, ada: Member, ben: Member
) -> None:
    strange = await database.write(new_hook, ben, [den], [Scope.POST])
    assert (await strange.post({"text": "tea"})).status_code == 404
    await database.write(tokens.revoke, hook.token)
    assert (await hook.post({"text": "tea"})).status_code == 404
    assert await database.read(said, den) == []


async def test_other_methods_are_refused(hook: Hook) -> None:
    answer = await AsyncClient().get(f"/hooks/{hook.secret}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


async def test_what_comes_too_fast_waits_and_is_told_in_one_line(
    hook: Hook, den: Room, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATES = {MESSAGE: ((2, HOUR), None)}
    answers = [(await hook.post({"text": f"alert {it}"})).status_code for it in range(6)]
    assert answers == [200, 200, 202, 202, 202, 202]
    await work_off()
    assert await database.read(said, den) == ["alert 0", "alert 1"]  # it is too early still
    monkeypatch.setattr(runtime.current().rates, "_clock", lambda: monotonic() + 2 * HOUR)
    await work_off()
    folded = "alert 2\n\n… and 3 more messages, faster than this room takes them"
    assert await database.read(said, den) == ["alert 0", "alert 1", folded]
    assert await database.read(lambda: (WaitingPost.objects.count(), waiting())) == (0, 0)


async def test_what_comes_while_others_are_posted_is_counted(hook: Hook, den: Room) -> None:
    await database.write(WaitingPost.objects.put, hook.token, "one", 60)
    posted = await database.read(WaitingPost.objects.get)
    await database.write(WaitingPost.objects.put, hook.token, "two", 60)
    assert await database.write(WaitingPost.objects.settle, posted)
    await work_off()
    assert await database.read(said, den) == [
        "… and 1 more message, faster than this room takes them"
    ]


async def test_what_waits_for_a_revoked_token_is_forgotten(hook: Hook, den: Room) -> None:
    await database.write(WaitingPost.objects.put, hook.token, "one", 60)
    await database.write(tokens.revoke, hook.token)
    await work_off()
    assert await database.read(said, den) == []
    assert await database.read(lambda: (WaitingPost.objects.count(), waiting())) == (0, 0)


async def work_off() -> None:
    """As if the time had come."""
    await database.write(lambda: Job.objects.filter(kind=POST).update(due_at="2026-01-01T00:00Z"))
    current = runtime.current()
    job = await database.write(Job.objects.take, [POST])
    while job:
        await current.jobs._run_step(job)
        job = await database.write(Job.objects.take, [POST])


def waiting() -> int:
    return Job.objects.filter(kind=POST).count()


async def test_the_curl_lines_of_the_docs_are_right(hook: Hook, den: Room) -> None:
    page = (Path(settings.BASE_DIR) / "docs/webhooks.md").read_text()
    [block] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for line in block.splitlines():
        words = shlex.split(line)
        body = words[words.index("-d") + 1]
        kind = words[words.index("-H") + 1].partition(": ")[2] if "-H" in words else ""
        answer = await hook.post(body.encode(), kind or "application/x-www-form-urlencoded")
        assert answer.status_code == 200, line
    assert await database.read(said, den) == [
        "The **kettle** is [ready](https://example.com/1)",
        "The kettle is ready",
        "The kettle is ready",
    ]
