"""The commands of a bot, as it declares them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body as InBody
from ninja import Router
from pydantic import Field

from api import doors, types
from api.documents import one
from api.fields import Body
from api.problems import BadField
from chat import policy
from chat.journal import Refused
from chat.models import Bot, Scope
from chat.programs.tokens import Program
from chat.protocol import Translatable

COMMANDS_MAX = 50
NAME_MAX_CHARACTERS, DESCRIPTION_MAX_CHARACTERS, HINT_MAX_CHARACTERS = 32, 100, 50
OF_THE_PAGE = set("me nick msg topic search shrug help slow remove".split()) | {
    f"{undo}{act}" for undo in ("", "un") for act in ("mute", "ban", "lock")
}  # commands/parse.js

NO_BOT = "not_allowed", Translatable("Only bots have commands.")
TAKEN = Translatable("The page has a command of this name.")
TWICE = Translatable("Each command needs a name of its own.")

VISIBLE = r"^[^\x00-\x1f\x7f]*$"

router = Router(tags=["commands"])


class Command(Body):
    """`hint` shows what belongs after the name."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=NAME_MAX_CHARACTERS)]
    description: Annotated[str, Field(pattern=VISIBLE, max_length=DESCRIPTION_MAX_CHARACTERS)]
    hint: Annotated[str, Field(pattern=VISIBLE, max_length=HINT_MAX_CHARACTERS)] = ""


Declared = Annotated[list[Command], InBody(max_length=COMMANDS_MAX)]


@router.get("/commands", openapi_extra=one(types.Commands), summary="List the bot's commands")
async def list_commands(request: HttpRequest) -> HttpResponse:
    """Those of the token's bot."""
    program = doors.allow(request, Scope.READ)
    return _answer(request, await doors.in_thread(_bot_of, program))


@router.put("/commands", openapi_extra=one(types.Commands), summary="Declare the bot's commands")
async def set_commands(request: HttpRequest, commands: Declared) -> HttpResponse:
    """They replace those before. A bot that is told what addresses it is told of these alone."""
    program = doors.allow(request, Scope.POST)
    names = [it.name for it in commands]
    if len(set(names)) < len(names):
        raise BadField("name", TWICE)
    if OF_THE_PAGE & set(names):
        raise BadField("name", TAKEN)
    declared = [it.model_dump() for it in commands]
    return _answer(request, await doors.in_thread(_declare, program, declared))


def _declare(program: Program, commands: list[dict[str, str]]) -> Bot:
    bot = _bot_of(program)
    if not policy.may_change(program.member):
        raise Refused(*doors.NOT_ACTIVE)
    if bot.commands != commands:
        bot.commands = commands
        bot.save(update_fields=["commands"])
    return bot


def _bot_of(program: Program) -> Bot:
    """Raises Refused."""
    bot = Bot.objects.filter(member=program.member.pk).first()
    if bot is None:
        raise Refused(*NO_BOT)
    return bot


def _answer(request: HttpRequest, bot: Bot) -> HttpResponse:
    return doors.answer(request, types.Commands([types.Command(**it) for it in bot.commands]))
