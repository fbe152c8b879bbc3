"""Reactions as a client sends them, and what is stored of them."""

from typing import Any

from chat.journal import database
from chat.models import Member
from chat.tests.support.sockets import Socket

THUMBS_UP, PARTY = "👍", "🎉"


def person(member: Member) -> dict[str, str]:
    return {"id": str(member.uid), "name": member.name}


async def react(socket: Socket, seq: int, emoji: str, **more: Any) -> None:
    await socket.send(type="message.react", seq=seq, emoji=emoji, **more)


async def rows(model: Any, **of: Any) -> int:
    count: int = await database.read(model.objects.filter(**of).count)
    return count
