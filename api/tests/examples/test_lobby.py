"""The client asks again what cannot be answered now, and nothing else."""

from typing import Any

import pytest
from lobby import BadToken, Lobby, Refused, Unreachable

from api.tests.examples.scripted_server import HALF, Told, scripted

SAID = {"seq": 1, "version": 1, "text": "hi"}
TOO_FAST = {"code": "too_fast", "detail": "At most 20 in 10 seconds."}
BROKEN = Told()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client has waited: nobody does here."""
    waits: list[float] = []
    monkeypatch.setattr("lobby.time.sleep", waits.append)
    return waits


def test_a_message_is_sent_with_the_same_id_until_it_is_stored(waits: list[float]) -> None:
    answers = (
        BROKEN,
        Told(503, b"<h1>Restarting</h1>", {"Retry-After": "7"}),
        Told(429, TOO_FAST, {"Retry-After": "2"}),
        Told(502, b"Bad Gateway", {"Retry-After": "Fri, 27 Nov 2026 20:00:00 GMT"}),
        Told(200, HALF, is_cut=True),
        Told(200, SAID),
    )
    with scripted(*answers) as server:
        assert Lobby(server.url, "lobby_x").post("Tea & biscuits", "hi") == SAID
    assert len({it.body["id"] for it in server.asked}) == 1
    assert {it.path for it in server.asked} == {"/api/v1/rooms/Tea%20%26%20biscuits/messages"}
    assert {it.headers["Authorization"] for it in server.asked} == {"Bearer lobby_x"}
    assert len(waits) == 5
    assert waits[1:3] == [7, 2]


def test_a_message_that_waits_for_a_moderator_is_none(waits: list[float]) -> None:
    with scripted(Told(202, {"code": "held", "detail": "It waits."})) as server:
        assert Lobby(server.url, "lobby_x").post("Tea", "hi") is None


def test_a_refusal_is_not_asked_again(waits: list[float]) -> None:
    with scripted(Told(403, {"code": "locked", "detail": "This room is locked."})) as server:
        with pytest.raises(Refused, match=r"This room is locked\. \(locked\)") as refused:
            Lobby(server.url, "lobby_x").post("Tea", "hi")
        assert (refused.value.status, refused.value.code) == (403, "locked")
        assert (len(server.asked), waits) == (1, [])


def test_a_revoked_token_is_no_refusal_of_one_room(waits: list[float]) -> None:
    problem = {"code": "bad_token", "detail": "Show a valid token."}
    with scripted(Told(401, problem)) as server:
        with pytest.raises(BadToken, match="no longer valid"):
            next(Lobby(server.url, "lobby_x").changes("bot"))
        assert len(server.asked) == 1


def test_who_is_patient_for_so_long_is_told(waits: list[float]) -> None:
    with scripted(BROKEN) as server, pytest.raises(Unreachable, match="does not answer"):
        Lobby(server.url, "lobby_x", patience=0).rooms()
    with pytest.raises(Unreachable, match="refused"):
        Lobby(server.url, "lobby_x", patience=0).rooms()


def test_the_token_goes_to_no_other_host(waits: list[float]) -> None:
    with scripted(Told(200, {"rooms": []})) as other:
        moved = Told(302, b"", {"Location": f"{other.url}/api/v1/rooms"})
        with scripted(moved) as server, pytest.raises(Refused, match="302"):
            Lobby(server.url, "lobby_x").rooms()
        assert other.asked == []


def test_waits_grow_and_are_bounded(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    monkeypatch.setattr("lobby.random.uniform", lambda low, high: high)
    with scripted(*[BROKEN] * 9, Told(200, {"rooms": []})) as server:
        assert Lobby(f"{server.url}/", "lobby_x").rooms() == []
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_batch_is_acknowledged_once_the_next_is_asked_for(waits: list[float]) -> None:
    room = {"id": "r", "address": "Tea", "name": "Tea"}
    change = {"room": room, "epoch": "e", "message": SAID, "new": "field"}
    gap = {"room": room, "why": "expired", "expired": 4, "new": "field"}
    positions = {"r": {"epoch": "e", "version": 1}}
    answer = {"changes": [change], "gaps": [gap], "positions": positions, "more": False}
    with scripted(Told(200, answer), Told(204, b""), Told(401, {})) as server:
        batches = Lobby(server.url, "lobby_x").batches("bot", begin="start", own=True)
        [seen] = next(batches).changes
        assert seen.key == ("r", "e", 1)
        assert [it.method for it in server.asked] == ["GET"]
        with pytest.raises(BadToken):
            next(batches)
    asked: Any = server.asked
    assert asked[0].path == "/api/v1/changes?cursor=bot&begin=start&own=true&wait=50"
    assert (asked[1].path, asked[1].body) == ("/api/v1/changes/bot/ack", {"positions": positions})
