"""The curl lines in docs/api.md and docs/webhooks.md work as they stand there."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from chat.tests.support.servers import Server, serving, shell

pytestmark = pytest.mark.server

DOCS = Path(settings.BASE_DIR) / "docs"
PREPARE = """
import json
from chat.models import Bot, Room, RoomName, Scope, Token
from chat.tests.support.private_rooms import new_account
ada = new_account("Ada")
lobby = Room.objects.ensure(RoomName.parse("Lobby"))
bot = Bot.objects.make("Deployer", ada).member
made = [Token.objects.make(it, ada, "curl", list(Scope))[1] for it in (ada, bot)]
hook = Token.objects.make(ada, ada, "hook", [Scope.POST], [lobby])[1]
print(json.dumps([*made, hook]))
"""


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with serving(request.param, tmp_path) as server:
        yield server


def blocks(document: str) -> list[str]:
    """What stands there to be run."""
    return re.findall(r"^```sh\n(.*?)^```", (DOCS / document).read_text(), re.DOTALL | re.MULTILINE)


def run(line: str, folder: Path, **environment: str) -> str:
    asked = line.replace("curl", "curl --silent --fail-with-body", 1)
    settings = {"PATH": "/usr/bin:/bin", **environment}
    done = subprocess.run(
        ["sh", "-c", asked], env=settings, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


def test_each_line_is_answered(server: Server, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("first line\n")
    token, bot, hook = shell(server, PREPARE)
    declared, lines, loop = blocks("api.md")
    shown = {"TOKEN": token, "BOT": bot, "LOBBY": server.url}
    shown["HOOK"] = f"{server.url}/hooks/{hook}"
    commands = json.loads(run(declared, tmp_path, **shown))
    assert commands["commands"][0]["name"] == "deploy"
    answers = [json.loads(run(line, tmp_path, **shown)) for line in lines.splitlines()]
    rooms, page, posted, reacted, file = answers
    assert (rooms, page["messages"]) == ({"rooms": []}, [])
    assert posted["text"] == "hi"
    assert reacted["reactions"][0]["emoji"] == "👍"
    assert file["name"] == "notes.txt"
    for line in blocks("webhooks.md")[0].splitlines():
        assert run(line, tmp_path, **shown) == "ok\n"
    assert follow(loop, shown) == ["hi", "The **kettle** is [ready](https://example.com/1)"]


def follow(loop: str, shown: dict[str, str]) -> list[str]:
    """What the loop prints first, of a cursor that begins at the start."""
    begun = loop.replace("cursor=bot&", "cursor=bot&begin=start&own=true&", 1)
    with subprocess.Popen(
        ["sh", "-c", begun],
        env={"PATH": "/usr/bin:/bin", **shown},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        changes = [json.loads(next(process.stdout)) for _ in range(2)]
        os.killpg(process.pid, signal.SIGKILL)
    return [it["message"]["text"] for it in changes]
