"""Asks an ASGI application."""

from typing import Any

from asgiref.testing import ApplicationCommunicator

PATIENCE_SECONDS = 10


async def ask(application: Any, scope: Any) -> tuple[int, bytes]:
    """The status and the body of its answer."""
    asking = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    start = await asking.receive_output(PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    body = await asking.receive_output(PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    await asking.wait()  # type: ignore[no-untyped-call]
    return start["status"], body["body"]
