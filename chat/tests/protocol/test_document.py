"""docs/protocol.md and the types in chat.protocol agree."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from django.conf import settings

from chat import protocol
from chat.files import uploads
from chat.files.pictures.unusable import TEXTS
from chat.journal import changes
from chat.protocol import Event, Frame
from chat.web.files import answers

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "protocol.md").read_text()
V1 = DOCUMENT[DOCUMENT.index("## chat.v1") :]


def examples(title: str) -> list[dict[str, Any]]:
    """The JSON examples under a heading, one per line."""
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
def test_every_example_of_a_client_frame_decodes(example: dict[str, Any]) -> None:
    frame = protocol.decode(json.dumps(example))
    assert msgspec.to_builtins(frame) == example


@pytest.mark.parametrize("example", examples("The server sends"), ids=lambda it: it["type"])
def test_every_example_of_an_event_has_the_fields_that_are_sent(example: dict[str, Any]) -> None:
    event: Any = msgspec.convert(example, tags(Event)[example["type"]])
    assert json.loads(protocol.encode(event)).keys() == example.keys()


def test_every_error_code_is_documented() -> None:
    table = re.search(r"\| `code` \| What \|\n.*?\n\n", V1, re.DOTALL)
    assert table
    documented = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\|[^|]*\|", table[0], re.MULTILINE)))
    )
    constants = [it for it in vars(changes).values() if isinstance(it, tuple) and len(it) == 2]
    sent = {code for code, _ in constants if isinstance(code, str)}
    assert sent | {"bad_text", "bad_json", "bad_frame", "too_fast"} <= documented


def test_every_refusal_of_a_file_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| ([^|]+) \|", DOCUMENT, re.MULTILINE)
    documented = {code: int(status) for status, codes in rows for code in re.findall(r"\w+", codes)}
    others = "bad_form", uploads.EMPTY_FILE[0], uploads.TOO_MANY_PARTS[0]
    usual = dict.fromkeys([*TEXTS, *others], answers.UNUSABLE)
    answered = usual | answers.STATUS | {"too_fast": 429}
    assert {code: documented.get(code) for code in answered} == answered


def test_the_example_of_a_file_has_its_fields() -> None:
    section = DOCUMENT[DOCUMENT.index("\n## Files") :]
    [block] = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    example = json.loads(block)
    state = msgspec.convert(example, protocol.FileState)
    assert json.loads(protocol.encode_file(state)) == example
    assert all(f"`{it}`" in section for it in protocol.FileState.__struct_encode_fields__)


def test_every_close_code_is_documented() -> None:
    assert all(str(int(code)) in V1 for code in protocol.Close)
