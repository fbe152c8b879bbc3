"""docs/protocol.md, the frame types and the page's JavaScript say the same."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from django.conf import settings

from chat import protocol
from chat.journal import changes
from chat.protocol import Event, Frame

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "protocol.md").read_text()
V1 = DOCUMENT[DOCUMENT.index("## chat.v1") :]


def examples(title: str) -> list[dict[str, Any]]:
    """What stands as JSON under a heading, a line each."""
    section = V1[V1.index(f"### {title}") :]
    section = section[: section.index("\n### ", 4)]
    blocks = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    return [json.loads(line) for block in blocks for line in block.splitlines()]


def fields(struct: type[msgspec.Struct]) -> set[str]:
    return {"type", *struct.__struct_encode_fields__}


def tags(union: Any) -> dict[str, type[msgspec.Struct]]:
    return {str(struct.__struct_config__.tag): struct for struct in get_args(union)}


@pytest.mark.parametrize(
    ("title", "union"), [("A client sends", Frame), ("The server sends", Event)]
)
def test_every_frame_has_an_example_that_names_all_its_fields(title: str, union: Any) -> None:
    shown = {example["type"]: set(example) for example in examples(title)}
    assert shown == {tag: fields(struct) for tag, struct in tags(union).items()}


@pytest.mark.parametrize("example", examples("A client sends"), ids=lambda it: it["type"])
def test_what_a_client_may_send_is_understood(example: dict[str, Any]) -> None:
    frame = protocol.decode(json.dumps(example))
    assert msgspec.to_builtins(frame) == example


@pytest.mark.parametrize("example", examples("The server sends"), ids=lambda it: it["type"])
def test_what_the_server_sends_is_as_it_is_shown(example: dict[str, Any]) -> None:
    event: Any = msgspec.convert(example, tags(Event)[example["type"]])
    assert json.loads(protocol.encode(event)).keys() == example.keys()


def test_every_error_that_is_said_is_explained() -> None:
    table = re.search(r"\| `code` \| What \|\n.*?\n\n", V1, re.DOTALL)
    assert table
    explained = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\|[^|]*\|", table[0], re.MULTILINE)))
    )
    constants = [it for it in vars(changes).values() if isinstance(it, tuple) and len(it) == 2]
    said = {code for code, _ in constants if isinstance(code, str)}
    assert said | {"bad_text", "bad_json", "bad_frame", "too_fast"} <= explained


def test_every_close_code_is_explained() -> None:
    assert all(str(int(code)) in V1 for code in protocol.Close)
