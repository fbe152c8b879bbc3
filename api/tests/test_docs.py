"""The curl lines in docs/api.md work as they stand there."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from chat.tests.support.servers import Server, serving, shell

pytestmark = pytest.mark.server

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"
PREPARE = """
import json
from chat.models import Bot, Room, RoomName, Scope, Token
from chat.tests.support.private_rooms import new_account
ada = new_account("Ada")
Room.objects.ensure(RoomName.parse("Lobby"))
bot = Bot.objects.make("Deployer", ada).member
print(json.dumps([Token.objects.make(it, ada, "curl", list(Scope))[1] for it in (ada, bot)]))
"""


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with serving(request.param, tmp_path) as server:
        yield server


def test_each_line_is_answered(server: Server, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("first line\n")
    token, bot = shell(server, PREPARE)
    lines = re.findall(r"^curl .*$", DOCUMENT.read_text(), re.MULTILINE)
    answers = []
    for line in lines:
        asked = line.replace("curl", "curl --silent --fail-with-body", 1)
        environment = {"TOKEN": token, "BOT": bot, "LOBBY": server.url, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            ["sh", "-c", asked], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        answers.append(json.loads(done.stdout))
    commands, rooms, page, posted, reacted, file = answers
    assert commands["commands"][0]["name"] == "deploy"
    assert (rooms, page["messages"]) == ({"rooms": []}, [])
    assert posted["text"] == "hi"
    assert reacted["reactions"][0]["emoji"] == "👍"
    assert file["name"] == "notes.txt"
