"""Incoming webhooks: what a service posts, said in the one room of a token.

Where a rate refuses a post, its text waits. What comes after it is counted, and told in one line.
"""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from chat.access import Found
from chat.journal import Journal, Refused, database
from chat.live.jobs import Later
from chat.live.rates import Rates, TooFast
from chat.live.speaking import Speaking
from chat.models import Room, Scope, Token, WaitingPost, parse_address
from chat.policy import Action
from chat.programs.payloads import Said
from chat.programs.payloads.values import plain
from chat.programs.tokens import Program
from chat.protocol import TEXT_MAX_CHARACTERS, InvalidText

DELIVERIES = ("x-github-delivery", "x-gitea-delivery", "x-gitlab-event-uuid", "webhook-id")
WAIT_MAX_SECONDS = 600.0
FOR_NOW = {"busy", "unavailable"}


def room_of(program: Program) -> Found | None:
    """The one room that a webhook posts into; None where the token is none of a webhook."""
    if not program.may(Scope.POST) or not program.token.rooms or len(program.token.rooms) != 1:
        return None
    room = Room.objects.filter(uid=program.token.rooms[0]).first()
    found = program.find(parse_address(room.address)) if room else None
    return found if found and found.may(program.member, Action.READ) else None


def message_id(program: Program, headers: Any) -> UUID:
    """The same for what a service delivers again, as far as the service says so."""
    delivery = next(filter(None, (headers.get(it) for it in DELIVERIES)), None)
    if delivery is None:
        return uuid4()
    return uuid5(NAMESPACE_URL, f"{program.token.uid} {delivery}")


def text_of(said: Said, program: Program) -> str:
    """The text, below the name of the service where it has another one than its member."""
    if not said.name or said.name == program.member.name:
        return said.text
    return f"**{plain(said.name)}**\n{said.text}"[:TEXT_MAX_CHARACTERS]


async def post(speaking: Speaking, program: Program, id: UUID, text: str) -> bool:
    """Post a text, or let it wait. Returns whether it is posted. Raises InvalidText and Refused."""
    try:
        await speaking.post(id, text)
    except TooFast as error:
        wait = error.retry_after
    except Refused as refusal:
        if refusal.retry_after is None or refusal.code in FOR_NOW:
            raise
        wait = refusal.retry_after
    else:
        return True
    await database.write(WaitingPost.objects.put, program.token, text, min(wait, WAIT_MAX_SECONDS))
    return False


class Posting:
    """The step of the job that posts what waits."""

    def __init__(self, journal: Journal, rates: Rates) -> None:
        self._journal, self._rates = journal, rates

    async def step(self, state: dict[str, Any]) -> Later | None:
        """Raises Refused where that may work later."""
        found = await database.read(_find, state["token"])
        if found is None:
            await database.write(_forget, state["token"])
            return None
        waiting, program, room = found
        speaking = Speaking(self._journal, self._rates, room, program.member, None, program.token)
        try:
            await speaking.post(waiting.uid, _folded(waiting))
        except TooFast as error:
            return Later(timedelta(seconds=error.retry_after), state)
        except (InvalidText, Refused) as refusal:
            if getattr(refusal, "retry_after", None) or refusal.code in FOR_NOW:
                return Later(timedelta(seconds=getattr(refusal, "retry_after", None) or 10), state)
        if await database.write(WaitingPost.objects.settle, waiting):
            return Later(timedelta(seconds=1), state)
        return None


def _find(token: int) -> tuple[WaitingPost, Program, Room] | None:
    waiting = WaitingPost.objects.filter(token=token).first()
    valid = Token.objects.valid().select_related("member__user").filter(pk=token).first()
    if waiting is None or valid is None:
        return None
    program = Program(valid)
    found = room_of(program)
    return (waiting, program, found.room) if found else None


def _forget(token: int) -> None:
    WaitingPost.objects.filter(token=token).delete()


def _folded(waiting: WaitingPost) -> str:
    if not waiting.more:
        return waiting.text
    noun = "message" if waiting.more == 1 else "messages"
    line = f"… and {waiting.more} more {noun}, faster than this room takes them"
    text = waiting.text[: TEXT_MAX_CHARACTERS - len(line) - 2]
    return f"{text}\n\n{line}" if text else line
