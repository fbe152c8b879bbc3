"""What is no answer of a passkey is a wrong one."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

SIGN_IN = "/accounts/2fa/webauthn/login/"


def encoded(content: Any) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def answer(client_data: Any, data: bytes = bytes(37), **response: Any) -> str:
    parts = {"clientDataJSON": encoded(client_data), "authenticatorData": encoded(data)}
    parts |= {"signature": encoded(b"x"), "userHandle": encoded(b"1"), **response}
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": parts})


WELL_FORMED = {"type": "webauthn.get", "challenge": "AA", "origin": "http://testserver"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "1",
        '"x"',
        "[1]",
        '{"id": 1}',
        '{"response": 1}',
        '{"id": "AA", "rawId": "AA", "response": []}',
        "[" * 20_000,
        "1" * 5_000,
        answer({}),
        answer([]),
        answer(b"\xff"),
        answer(WELL_FORMED),
        answer(WELL_FORMED, b""),
        answer(WELL_FORMED, bytes(32) + b"\xff" + bytes(4)),
        answer(WELL_FORMED, bytes(32) + b"\x40" + bytes(24)),
        answer(WELL_FORMED, bytes(32) + b"\x80" + bytes(4) + b"\x9f" * 5_000),
        answer(WELL_FORMED, userHandle=None),
        answer(WELL_FORMED, userHandle=1),
        answer(WELL_FORMED, userHandle=encoded(b"zzzzzzzzzzzzz")),
        answer(WELL_FORMED, signature=[]),
    ],
)
def test_nobody_signs_in_with_it(client: Client, typed: str) -> None:
    cache.clear()
    client.get(SIGN_IN, headers={"x-requested-with": "XMLHttpRequest"})
    refused = client.post(SIGN_IN, {"credential": typed})
    assert refused["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
