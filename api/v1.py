"""The API: its operations, and its OpenAPI document."""

from functools import cache
from typing import Any

from django.conf import settings
from ninja import NinjaAPI

from api import (
    changes,
    commands,
    documents,
    files,
    messages,
    moderation,
    people,
    problems,
    rooms,
    search,
    subscriptions,
)
from api.doors import TokenAuth

api = NinjaAPI(
    title="Lobby",
    version="1",
    description="What programs do in rooms, as the member whose token they show.",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=TokenAuth(),
    servers=[{"url": settings.ROOT_PATH or "/"}],
)
for it in (rooms, messages, files, people, moderation, search, subscriptions, changes, commands):
    api.add_router("", it.router)
problems.handle_all(api)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return documents.described(api)
