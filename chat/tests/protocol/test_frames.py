import json
from uuid import UUID

import pytest

from chat import protocol
from chat.protocol import InvalidText, MalformedFrame

ID = "6f3c3b0e-0000-4000-8000-000000000001"

MALFORMED = {
    "not JSON": ("{", "bad_json", None),
    "empty": ("", "bad_json", None),
    "a list": ("[]", "bad_json", None),
    "a number": ("1", "bad_json", None),
    "nested without end": ("[" * 50_000, "bad_json", None),
    "NaN": ('{"type":"ack","version":NaN}', "bad_json", None),
    "no type": ("{}", "unknown_type", None),
    "a type that is no string": ('{"type":5}', "unknown_type", None),
    "an unknown type": (f'{{"type":"dance","id":"{ID}"}}', "unknown_type", ID),
    "an id that is no UUID": ('{"type":"message.send","id":"1","text":"hi"}', "bad_frame", "1"),
    "an id that is too long": (
        f'{{"type":"message.send","id":"{"x" * 99}","text":""}}',
        "bad_frame",
        None,
    ),
    "no text": (f'{{"type":"message.send","id":"{ID}"}}', "bad_frame", ID),
    "a text that is no string": (
        f'{{"type":"message.send","id":"{ID}","text":["hi"]}}',
        "bad_frame",
        ID,
    ),
    "a reply to nothing": (
        f'{{"type":"message.send","id":"{ID}","text":"hi","reply_to":0}}',
        "bad_frame",
        ID,
    ),
    "files without end": (
        f'{{"type":"message.send","id":"{ID}","text":"","files":{json.dumps([ID] * 11)}}}',
        "bad_frame",
        ID,
    ),
    "texts for more files than there can be": (
        json.dumps(
            {
                "type": "message.send",
                "id": ID,
                "text": "hi",
                "alts": {f"{ID[:-2]}{it:02}": "" for it in range(11)},
            }
        ),
        "bad_frame",
        ID,
    ),
    "a negative version": ('{"type":"ack","version":-1}', "bad_frame", None),
    "a version beyond 64 bits": (f'{{"type":"ack","version":{2**63}}}', "bad_frame", None),
    "a version of 5,000 digits": (f'{{"type":"ack","version":{"9" * 5_000}}}', "bad_frame", None),
    "a version that is true": ('{"type":"ack","version":true}', "bad_frame", None),
}


@pytest.mark.parametrize(("text", "code", "id"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_is_refused_with_a_code_and_its_id(
    text: str, code: str, id: str | None
) -> None:
    with pytest.raises(MalformedFrame) as malformed:
        protocol.decode(text)
    assert (malformed.value.code, malformed.value.id) == (code, id)
    assert len(malformed.value.detail) < 300


def test_unknown_fields_of_a_frame_are_ignored() -> None:
    text = f'{{"type":"message.send","id":"{ID}","text":"hi","colour":"red"}}'
    assert protocol.decode(text) == protocol.SendMessage(UUID(ID), "hi")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("  hi  ", "hi"), ("a\r\nb\rc", "a\nb\nc"), ("x" * 8_000, "x" * 8_000), ("🦊" * 8_000,) * 2],
)
def test_a_text_is_trimmed_and_has_plain_newlines(typed: str, stored: str) -> None:
    assert protocol.clean_text(typed) == stored


@pytest.mark.parametrize("typed", ["", " \n\t", "x" * 8_001, "a\0b", "a\ud800"])
def test_an_empty_too_long_or_broken_text_is_refused(typed: str) -> None:
    with pytest.raises(InvalidText):
        protocol.clean_text(typed)


def test_plain_mode_encodes_as_the_tutorial_does() -> None:
    assert protocol.encode_plain("Alice", "hi ä") == json.dumps({"message": "hi ä"})


@pytest.mark.parametrize("text", ["", "hi", "[]", "{}", '{"message": 1}', '{"message": null}'])
def test_plain_mode_refuses_frames_without_a_message(text: str) -> None:
    with pytest.raises(MalformedFrame):
        protocol.decode_plain(text)
