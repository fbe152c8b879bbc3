"""The programs in examples/, against a server: killed, while it restarts, without a token."""

import json
import re
import socket
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from dice_bot import HOW, ROLL
from lobby import Lobby, Message, Refused

from api.tests.examples.conftest import House
from api.tests.examples.programs import EXAMPLES, SECONDS, run_until, running, wait_until
from chat.tests.support.servers import free_port

pytestmark = pytest.mark.server

POINTS = range(1, 7)  # of a loop with one change: before and after it asks, answers, acknowledges


def said(house: House, name: str) -> list[Message]:
    """What somebody has said in the room."""
    messages = house.ada.messages(house.room, limit=200)
    return [it for it in messages if it["author"]["name"] == name and "kind" not in it]


def texts(house: House, name: str = "Botty") -> list[str]:
    return [it["text"] for it in said(house, name)]


def next_answer(house: House, cursor: str) -> Any:
    """What lies after the cursor of a program."""
    return Lobby(house.server.url, house.token)._ask("GET", f"/changes?cursor={cursor}")


def test_the_echo_bot_is_killed_at_each_point_and_answers_each_message_once(house: House) -> None:
    next_answer(house, cursor="echo")  # which begins here
    for point in POINTS:
        house.ada.post(house.room, f"number {point}")
        run_until(house, point, "echo_bot.py")
    with running(house, "echo_bot.py"):
        wait_until(lambda: len(texts(house)) == len(POINTS))
        house.ada.edit(house.room, said(house, "Ada")[0]["seq"], "number one")
        wait_until(lambda: "number one" in texts(house))
        house.ada.post(house.room, "goodbye")
        wait_until(lambda: "goodbye" in texts(house))
    assert texts(house) == texts(house, "Ada")
    answered = [it["reply_to"] for it in said(house, "Botty")]
    assert answered == [it["seq"] for it in said(house, "Ada")]


def test_the_echo_bot_goes_on_after_a_restart_and_ends_with_its_token(house: House) -> None:
    next_answer(house, cursor="echo")
    house.ada.post(house.room, "while it was away")
    with running(house, "echo_bot.py") as bot:
        wait_until(lambda: "while it was away" in texts(house))
        house.server.terminate()
        house.server.start()
        house.ada.post(house.room, "back again")
        wait_until(lambda: "back again" in texts(house))
        house.revoke()
        _, error = bot.communicate(timeout=SECONDS)
    assert bot.returncode == 1
    assert "The token is no longer valid" in error
    assert "Traceback" not in error


def test_the_dice_bot_is_killed_at_each_point_and_answers_each_roll_once(house: House) -> None:
    next_answer(house, cursor="dice")  # which begins here
    for point in range(1, 9):  # it declares its command as well
        house.ada.post(house.room, "/roll 2d1" if point % 2 else "no command")
        run_until(house, point, "dice_bot.py")
    with running(house, "dice_bot.py"):
        for text in ("/roll", "/ROLL 3d1", "/roll d0", "/roll me", "/other 2d6", "/rolls"):
            house.ada.post(house.room, text)
        wait_until(lambda: len(texts(house)) == 8)
    first, *others = texts(house)[4:]
    assert texts(house)[:4] == ["1 + 1 = 2"] * 4
    assert first in {"1", "2", "3", "4", "5", "6"}
    assert others == ["1 + 1 + 1 = 3", HOW, HOW]


def test_a_person_has_no_commands(house: House) -> None:
    with pytest.raises(Refused, match="Only bots have commands"):
        house.ada.declare(ROLL)


def lines(path: Path) -> list[Any]:
    return [json.loads(it) for it in path.read_text().splitlines()]


def test_the_log_has_each_state_once_wherever_it_is_killed(house: House, tmp_path: Path) -> None:
    path = tmp_path / "tea.jsonl"
    house.ada.post(house.other, "of another room")
    for point in range(1, 8):  # it asks for the room as well
        house.ada.post(house.room, f"number {point}")
        run_until(house, point, "room_log.py", house.room, str(path))
        with path.open("ab") as file:
            file.write(b'{"epoch": "half a li')  # killed while it wrote
    first, second, *_ = said(house, "Ada")
    house.ada.edit(house.room, first["seq"], "edited")
    house.ada.delete(house.room, second["seq"])
    house.ada.react(house.room, first["seq"], "🫖")
    state = {it["seq"]: it for it in house.ada.messages(house.room)}

    with running(house, "room_log.py", house.room, str(path)):
        wait_until(lambda: logged(path) == state)
    versions = [it["version"] for it in lines(path)]
    assert versions == sorted(set(versions))
    first_states = [it["message"] for it in lines(path) if it["message"]["seq"] == first["seq"]]
    assert [it["text"] for it in first_states][0 :: len(first_states) - 1] == ["number 1", "edited"]


def logged(path: Path) -> dict[int, Any]:
    """The last state of each message in the log, in which the last line may be under way."""
    whole = path.read_text().rpartition("\n")[0].splitlines()
    messages = [json.loads(it)["message"] for it in whole]
    return {it["seq"]: it for it in messages}


def test_the_bridge_posts_lines_and_what_has_an_id_once(house: House) -> None:
    alert = json.dumps({"text": "disk full", "id": "disk-1"})
    with running(house, "alert_bridge.py", house.room) as bridge:
        _, error = bridge.communicate(f"plain\n\n{alert}\n{alert}\n[1]\n", timeout=SECONDS)
    assert (bridge.returncode, error) == (0, "")
    assert texts(house) == ["plain", "disk full", "[1]"]


def test_the_bridge_takes_posts_until_its_token_is_revoked(house: House) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def post(body: bytes) -> tuple[int, bytes]:
        try:
            with urlopen(address, body, timeout=SECONDS) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    with running(house, "alert_bridge.py", house.room, "--listen", str(port)) as bridge:
        wait_until(lambda: is_open(port))
        assert post(b'{"text": "on fire", "id": 7}') == (200, b"ok\n")
        assert post(b'{"text": "on fire", "id": 7}') == (200, b"ok\n")
        assert post(b"as it is \xff") == (200, b"ok\n")
        assert post(b"x" * 70_000)[0] == 413
        assert texts(house) == ["on fire", "as it is \N{REPLACEMENT CHARACTER}"]
        house.revoke()
        with pytest.raises(OSError, match="closed"):
            post(b"too late")
        bridge.wait(SECONDS)
        assert bridge.stderr
        assert "The token is no longer valid" in bridge.stderr.read()
    assert bridge.returncode == 1


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_a_room_that_is_not_there_and_no_token_are_told_in_one_line(house: House) -> None:
    for name, args in (("alert_bridge.py", ["nowhere"]), ("room_log.py", ["nowhere", "/dev/null"])):
        with running(house, name, *args) as program:
            _, error = program.communicate("", timeout=SECONDS)
        assert (program.returncode, error.count("\n")) == (1, 1)
        assert "(no_such_room)" in error


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda it: it.name)
def test_each_example_says_how_it_is_run(path: Path) -> None:
    text = path.read_text()
    command = {"tutorial.html": "http.server", "lobby.py": "from lobby import Lobby"}
    named = re.search(rf"^.*{re.escape(command.get(path.name, 'python '))}.*$", text, re.MULTILINE)
    assert named
    assert path.name in (EXAMPLES / "README.md").read_text() or path.name == "README.md"
