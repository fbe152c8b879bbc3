"""What a program says, and reads."""

from typing import Any
from uuid import uuid4

from api.tests.conftest import Program
from chat.journal import database
from chat.models import Member, Message, Room, Scope


def new(text: str, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "text": text, **more}


async def test_what_a_program_posts_is_in_the_room(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    answer = await program.send("post", "/rooms/Lobby/messages", new("**hi**"))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["text"], said["author"]["name"], said["seq"]) == ("**hi**", "Ada", 1)
    assert "<strong>" in said["html"]
    page = await program.get("/rooms/Lobby/messages")
    assert page.json() == {"messages": [said], "more": False}


async def test_a_resend_posts_nothing_new(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada)
    message = new("once")
    first = await program.send("post", "/rooms/Lobby/messages", message)
    again = await program.send("post", "/rooms/Lobby/messages", message)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert await database.read(Message.objects.count) == 1


async def test_a_message_is_edited_reacted_to_and_deleted(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    await program.send("post", "/rooms/Lobby/messages", new("hi"))
    edited = await program.send("patch", "/rooms/Lobby/messages/1", {"text": "hi there"})
    assert (edited.status_code, edited.json()["text"]) == (200, "hi there")
    reacted = await program.send("put", "/rooms/Lobby/messages/1/reactions/%F0%9F%91%8D")
    assert [it["emoji"] for it in reacted.json()["reactions"]] == ["👍"]
    bare = await program.send("delete", "/rooms/Lobby/messages/1/reactions/%F0%9F%91%8D")
    assert bare.json()["reactions"] == []
    deleted = await program.send("delete", "/rooms/Lobby/messages/1")
    assert (deleted.status_code, deleted.json()["deleted"]) == (200, True)
    found = await program.get("/rooms/Lobby/messages/1")
    assert found.json() == deleted.json()


async def test_who_has_the_answer_is_not_sent_it_again(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    first = await program.get("/rooms/Lobby/messages")
    headers = {"if-none-match": first["ETag"]}
    assert (await program.get("/rooms/Lobby/messages", headers)).status_code == 304
    await program.send("post", "/rooms/Lobby/messages", new("news"))
    assert (await program.get("/rooms/Lobby/messages", headers)).status_code == 200


async def test_a_problem_names_the_field(lobby: Room, ada: Member, program_of: Any) -> None:
    program: Program = await program_of(ada)
    wrong = {"id": "x", "text": "hi", "reply_to": 0, "txt": "hi"}
    answer = await program.send("post", "/rooms/Lobby/messages", wrong)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {it["field"] for it in answer.json()["errors"]} == {"id", "reply_to", "txt"}
    empty = await program.send("post", "/rooms/Lobby/messages", new(" "))
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "text")


async def test_problems_are_told_in_the_language_that_is_asked_for(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    answer = await program.get("/rooms/nowhere/messages", {"accept-language": "de"})
    assert answer.json()["detail"].startswith("Unter dieser Adresse gibt es keinen Raum")


async def test_a_token_moderates_only_with_the_scope(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    def make_operator() -> None:
        ben.user.is_superuser = ben.user.is_staff = True  # type: ignore[union-attr]
        ben.user.save()  # type: ignore[union-attr]

    await database.write(make_operator)
    await (await program_of(ada)).send("post", "/rooms/Lobby/messages", new("spam"))
    poster: Program = await program_of(ben, [Scope.READ, Scope.POST])
    refused = await poster.send("delete", "/rooms/Lobby/messages/1")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    moderator: Program = await program_of(ben, [Scope.READ, Scope.MODERATE])
    deleted = await moderator.send("delete", "/rooms/Lobby/messages/1")
    assert (deleted.status_code, deleted.json()["deleted_by"]) == (200, "moderator")


async def test_a_token_that_only_posts_is_not_shown_what_is_said(
    lobby: Room, ada: Member, ben: Member, program_of: Any
) -> None:
    reader: Program = await program_of(ada)
    await reader.send("post", "/rooms/Lobby/messages", new("the code is 4711"))
    poster: Program = await program_of(ben, [Scope.POST])
    reaction = "/rooms/Lobby/messages/1/reactions/👍"
    answers = [
        await poster.send("post", "/rooms/Lobby/messages", new("what is it", reply_to=1)),
        await poster.send("put", reaction),
        await poster.send("delete", reaction),
    ]
    assert [it.json() for it in answers] == [
        {"type": "stored", "seq": 2, "version": 2},
        {"type": "stored", "seq": 1, "version": 3},
        {"type": "stored", "seq": 1, "version": 4},
    ]
    there = (await reader.get("/rooms/Lobby/messages/1"))["ETag"]
    for method, body in (("patch", {"text": "guess"}), ("delete", None)):
        for guessed in (there, '"another"'):  # else 412 would tell which text it is
            named = {"if-match": guessed}
            refused = await poster.send(method, "/rooms/Lobby/messages/1", body, named)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope")


async def test_an_edit_of_what_has_changed_meanwhile_is_refused(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    posted = await program.send("post", "/rooms/Lobby/messages", new("tea"))
    named = {"if-match": posted["ETag"]}
    edited = await program.send("patch", "/rooms/Lobby/messages/1", {"text": "coffee"}, named)
    assert (edited.status_code, edited.json()["text"]) == (200, "coffee")
    for method, body in (("patch", {"text": "cocoa"}), ("delete", None)):
        late = await program.send(method, "/rooms/Lobby/messages/1", body, named)
        assert (late.status_code, late.json()["code"]) == (412, "changed")
        assert late["Content-Type"] == "application/problem+json"
    there = await program.get("/rooms/Lobby/messages/1")
    assert (there.json()["text"], there["ETag"]) == ("coffee", edited["ETag"])
    named = {"if-match": f'"another", {there["ETag"]}'}
    deleted = await program.send("delete", "/rooms/Lobby/messages/1", headers=named)
    assert (deleted.status_code, deleted.json()["deleted"]) == (200, True)


async def test_any_state_of_a_message_matches_a_star(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    await program.send("post", "/rooms/Lobby/messages", new("tea"))
    star = {"if-match": "*"}
    edited = await program.send("patch", "/rooms/Lobby/messages/1", {"text": "coffee"}, star)
    assert edited.status_code == 200
    nothing = await program.send("patch", "/rooms/Lobby/messages/2", {"text": "coffee"}, star)
    assert nothing.status_code == 404


async def test_what_if_match_does_not_name_is_not_sent(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    other = await program.get("/rooms/Lobby/messages", {"if-match": '"another"'})
    assert (other.status_code, other.json()["code"]) == (412, "changed")


async def test_head_is_answered_as_get_without_the_body(
    lobby: Room, ada: Member, program_of: Any
) -> None:
    program: Program = await program_of(ada)
    await program.send("post", "/rooms/Lobby/messages", new("tea"))
    body = await program.get("/rooms/Lobby/messages")
    head = await program.head("/rooms/Lobby/messages")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(body.content))
    assert {name: head[name] for name in body.headers} == dict(body.headers)
    known = await program.head("/rooms/Lobby/messages", {"if-none-match": head["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    stream = await program.head("/changes", {"accept": "text/event-stream"}, cursor="bot")
    assert (stream.status_code, stream["Content-Type"]) == (200, "text/event-stream")
    wrong = await program.send("head", "/changes/bot/ack")
    assert (wrong.status_code, wrong.content, wrong["Allow"]) == (405, b"", "POST")
    wrong = await program.send("put", "/rooms/Lobby/messages")
    assert set(wrong["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
