"""Signatures: the lines in docs/webhooks.md check what a receiver gets."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from chat.journal import database
from chat.models import Member, Room
from chat.models.webhook import FORMER_SIGNS
from chat.tests.webhooks.support import Hook, post
from chat.webhooks import making
from chat.webhooks.signing import headers

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "webhooks.md"
Check = Callable[[str, dict[str, str], bytes], bool]


@pytest.fixture(scope="module")
def check() -> Check:
    """The function in the document."""
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)  # our own document
    checking: Check = names["is_from_lobby"]
    return checking


def test_a_signature_is_that_of_the_standards_example() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_the_document_checks_a_delivery(
    hook: Hook, tea: Room, owner: Member, check: Check
) -> None:
    secret = (await hook.row()).secret
    await post(tea, owner, "Grüße")
    await hook.work()
    [request] = hook.requests
    assert check(secret, request.headers, request.body)
    assert not check(secret, request.headers, request.body + b" ")
    other = request.headers | {"webhook-id": "msg_1"}
    assert not check(secret, other, request.body)
    late = request.headers | {"webhook-timestamp": str(int(time.time()) - 400)}
    assert not check(secret, late, request.body)


async def test_for_a_day_the_former_secret_signs_as_well(
    hook: Hook, tea: Room, owner: Member, check: Check
) -> None:
    row = await hook.row()
    secret = await database.write(making.renew_secret, owner, row)
    await post(tea, owner, "one")
    await hook.work()
    await hook.pass_time(FORMER_SIGNS)
    await post(tea, owner, "two")
    await hook.work()
    both, new = hook.requests
    assert check(secret, both.headers, both.body)
    assert check(row.secret, both.headers, both.body)
    assert check(secret, new.headers, new.body)
    assert not check(row.secret, new.headers, new.body)


async def test_no_log_has_a_secret_or_an_address(
    hook: Hook, tea: Room, owner: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "chat")
    hook.answer(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    await post(tea, owner, "one")
    await hook.work()
    row = await hook.row()
    assert "was not taken" in caplog.text
    assert row.secret not in caplog.text
    assert "/hook" not in caplog.text
