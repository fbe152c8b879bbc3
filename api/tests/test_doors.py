"""Each operation and each role: what is answered. A new operation needs a row."""

from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver

import api.urls
from api.tests.conftest import Client, Program
from chat.journal import Post, database
from chat.models import Member, Room, Scope
from chat.tests.support.private_rooms import append, new_members_room

MESSAGE_ID = "0d4f8b6c-6c0e-4a35-9d7e-3f3c3b0e6f0e"
MESSAGE = {"id": MESSAGE_ID, "text": "hi"}
SAID = "tea at four"
NEVER = "6f3c3b0e-6f0e-4c7b-9f0e-0d1f4b7c1a11"
M = "/rooms/{room}/messages"
P = "/rooms/{room}/members/{ben}"

# What is asked of a members room with a message of Ada's, and the answers: to Ada, who owns it;
# Ben, who is in it; Cleo, who is not; Ada's token that reads, her token that posts, and nobody.
TABLE: dict[str, tuple[str, str, Any, tuple[int, ...]]] = {
    "me": ("get", "/me", None, (200, 200, 200, 200, 200, 401)),
    "list_rooms": ("get", "/rooms", None, (200, 200, 200, 200, 403, 401)),
    "get_room": ("get", "/rooms/{room}", None, (200, 200, 404, 200, 403, 401)),
    "list_messages": ("get", M, None, (200, 200, 404, 200, 403, 401)),
    "post_message": ("post", M, MESSAGE, (201, 201, 404, 403, 201, 401)),
    "get_message": ("get", f"{M}/2", None, (200, 200, 404, 200, 403, 401)),
    "edit_message": ("patch", f"{M}/2", {"text": "ho"}, (200, 403, 404, 403, 200, 401)),
    "add_reaction": ("put", f"{M}/2/reactions/👍", None, (200, 200, 404, 403, 200, 401)),
    "remove_reaction": ("delete", f"{M}/2/reactions/👍", None, (200, 200, 404, 403, 200, 401)),
    "list_files": ("get", "/rooms/{room}/files", None, (200, 200, 404, 200, 403, 401)),
    "send_file": ("post", "/rooms/{room}/files", None, (422, 422, 404, 403, 422, 401)),
    "fetch_file": ("get", f"/files/{NEVER}", None, (404, 404, 404, 404, 403, 401)),
    "list_members": ("get", "/rooms/{room}/members", None, (200, 200, 404, 200, 403, 401)),
    "get_presence": ("get", "/rooms/{room}/presence", None, (200, 200, 404, 200, 403, 401)),
    "search": ("get", "/search?q=tea&room={room}", None, (200, 200, 404, 200, 403, 401)),
    "get_subscription": ("get", "/rooms/{room}/subscription", None, (200, 200, 404, 200, 403, 401)),
    "change_subscription": (
        "patch", "/rooms/{room}/subscription", {"muted": True}, (200, 200, 404, 403, 204, 401)
    ),
    "get_changes": ("get", "/changes?cursor=c", None, (200, 200, 200, 200, 403, 401)),
    "list_commands": ("get", "/commands", None, (403, 403, 403, 403, 403, 401)),  # of bots
    "set_commands": ("put", "/commands", [], (403, 403, 403, 403, 403, 401)),
    "ack_changes": ("post", "/changes/c/ack", {"positions": {}}, (204, 204, 204, 204, 403, 401)),
}  # fmt: skip
TERMS = {"seconds": 60}
LAST: dict[str, tuple[str, str, Any, tuple[int, ...]]] = {  # they take away what others need
    "forget_cursor": ("delete", "/changes/c", None, (204, 204, 204, 204, 403, 401)),
    "delete_message": ("delete", f"{M}/2", None, (200, 403, 404, 403, 200, 401)),
    "mute_person": ("post", f"{P}/mute", TERMS, (204, 403, 404, 403, 403, 401)),
    "unmute_person": ("delete", f"{P}/mute", None, (204, 403, 404, 403, 403, 401)),
    "ban_person": ("post", f"{P}/ban", TERMS, (204, 403, 404, 403, 403, 401)),
    "unban_person": ("delete", f"{P}/ban", None, (204, 403, 404, 403, 403, 401)),
}
ROLES = ["owner", "member", "stranger", "reading token", "posting token", "nobody"]
FOR_EVERYBODY = {"api_docs", "api_openapi"}  # and see test_pages.py


def operations() -> set[str]:
    """The names of all operations."""
    found = set()
    for it in api.urls.urlpatterns:
        patterns = it.url_patterns if isinstance(it, URLResolver) else [it]
        for pattern in patterns:
            assert isinstance(pattern, URLPattern)
            view = getattr(pattern.callback, "__self__", None)
            if view is None or not hasattr(view, "operations"):
                found.add(str(pattern.name))
            else:
                found |= {operation.view_func.__name__ for operation in view.operations}
    return found


def test_every_operation_has_a_row() -> None:
    assert operations() - FOR_EVERYBODY - {"api-root"} == {*TABLE, *LAST}


@pytest.fixture
async def den(lobby: Room, ada: Member, ben: Member) -> Room:
    """Ada has said something in it."""
    den = await database.write(new_members_room, ada, [ben])
    await append(Post(den.pk, ada.pk, UUID(NEVER), SAID))
    return den


async def program_for(role: str, program_of: Any, ada: Member, ben: Member, cleo: Member) -> Any:
    whose = {"member": ben, "stranger": cleo}.get(role, ada)
    scopes = {"reading token": [Scope.READ], "posting token": [Scope.POST]}
    return await program_of(whose, scopes.get(role, list(Scope)))


@pytest.mark.parametrize("role", ROLES)
async def test_each_operation_answers_each_role_as_the_table_says(
    den: Room, ada: Member, ben: Member, cleo_of: Member, program_of: Any, role: str
) -> None:
    expected, got = {}, {}
    program: Program = await program_for(role, program_of, ada, ben, cleo_of)
    if role == "nobody":
        program.secret = "lobby_nothing"
    for name, (method, path, body, answers) in (TABLE | LAST).items():
        asked = path.format(room=den.address, ben=ben.uid)
        if method == "get":
            answer = await program.get(asked)
            head = await program.head(asked)
            assert (head.status_code, head.content) == (answer.status_code, b""), name
        else:
            answer = await program.send(method, asked, body)
        got[name], expected[name] = answer.status_code, answers[ROLES.index(role)]
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", name
        if role == "posting token":
            assert SAID not in answer.content.decode(), name
    assert got == expected


async def test_what_is_not_there_is_a_problem_too(lobby: Room) -> None:
    for method, path, status in (
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/v1/rooms/a/b/c", 404),
        ("put", "/api/v1/rooms", 405),
        ("get", "/api/v1/changes/c/ack", 405),
        ("options", "/api/v1/rooms", 405),
    ):
        answer = await getattr(Client(), method)(path)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
