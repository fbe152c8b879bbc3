"""The OpenAPI document against a server: what it allows is answered as it says."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api import v1
from chat.tests.support.servers import Server, serving, shell

pytestmark = pytest.mark.server

BOUNDED = settings(  # of each operation
    max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
PREPARE = """
import json
from uuid import UUID
from chat.journal import Post
from chat.models import Member, Room, RoomName, Scope, Token
from chat.tests.support.private_rooms import applied, new_account, new_members_room
ada = new_account("Ada", is_staff=True, is_superuser=True)
lobby = Room.objects.ensure(RoomName.parse("Lobby"))
den = new_members_room(ada)
for room in (lobby, den):
    for number in range(1, 6):
        applied(Post(room.pk, ada.pk, UUID(int=100 * room.pk + number), f"tea {number}"))
_, secret = Token.objects.make(ada, ada, "schemathesis", list(Scope))
print(json.dumps([secret, ["Lobby", den.address, "nowhere"]]))
"""
LEFT_OUT = {"wait"}  # for up to half a minute each: test_changes.py has it
NARROWED: dict[str, Any] = {"seq": {"maximum": 8}, "emoji": {"enum": ["👍", "x", "🫖"]}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("uvicorn", tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture(scope="module")
def token(server: Server) -> tuple[str, list[str]]:
    """A secret, and addresses of rooms."""
    secret, rooms = shell(server, PREPARE)
    return secret, rooms


@pytest.fixture(scope="module")
def document(server: Server, token: tuple[str, list[str]]) -> Any:
    """The document, narrowed to rooms and messages that there are, and some that are not."""
    content: dict[str, Any] = deepcopy(json.loads(json.dumps(v1.document())))
    narrowed = NARROWED | {"room": {"enum": token[1]}}
    for methods in content["paths"].values():
        for operation in methods.values():
            parameters = operation["parameters"]
            operation["parameters"] = [it for it in parameters if it["name"] not in LEFT_OUT]
            for it in operation["parameters"]:
                if it["in"] == "path":
                    it["schema"].update(narrowed.get(it["name"], {}))
    schema = schemathesis.openapi.from_dict(content)
    schema.config.update(base_url=server.url)
    rejection = schema.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]  # a body of 64 KiB
    return schema


OPERATIONS = [(it, method) for it, methods in v1.document()["paths"].items() for method in methods]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_answers_as_the_document_says(
    document: Any, token: tuple[str, list[str]], path: str, method: str, mode: GenerationMode
) -> None:
    """What the document allows, and what it does not.

    Some of what it allows is refused: no schema says what an emoji is, or that a text is not blank.
    """
    headers = {"Authorization": f"Bearer {token[0]}"}
    excluded: list[Any] = [positive_data_acceptance]
    if method in {"get", "head"}:  # an address may have more in its query than is known
        excluded.append(negative_data_rejection)

    @settings(BOUNDED)
    @given(document[path][method].as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    ask()
