"""Rolls dice for who types `/roll 2d6`: the page offers the command in the rooms of the bot.

LOBBY=https://chat.example.com TOKEN=lobby_… python dice_bot.py

The token is one of a bot: people have no commands. It may be killed at any time: it goes on where
it stopped, and answers each roll once.
"""

import random
import re
import sys
from uuid import NAMESPACE_URL, uuid5

from lobby import Change, Command, Lobby, Refused, run

CURSOR = "dice"
ROLL: Command = {"name": "roll", "description": "Rolls dice", "hint": "2d6"}
ROLLED = re.compile(r"/roll(?:\s+(?P<count>\d{0,2})d(?P<sides>\d{1,3}))?", re.IGNORECASE | re.ASCII)
HOW = "Say how many dice, and of how many sides: /roll 2d6"


def main(lobby: Lobby) -> None:
    lobby.declare(ROLL)
    for change in lobby.changes(CURSOR):
        try:
            answer(lobby, change)
        except Refused as refused:  # a room may be locked, or gone: the others go on
            print(f"{change.room['name']}: {refused}", file=sys.stderr)


def answer(lobby: Lobby, change: Change) -> None:
    """A mention, or another bot's command, is no roll."""
    said = change.message
    name, *_ = said["text"].split(maxsplit=1) or [""]
    if name.lower() != "/roll" or said["deleted"]:
        return
    id = uuid5(NAMESPACE_URL, f"{change.room['id']}/{said['seq']}")  # one answer for each roll
    lobby.post(change.room["address"], roll(said["text"]), reply_to=said["seq"], id=id)


def roll(text: str) -> str:
    asked = ROLLED.fullmatch(text.strip())
    if asked is None:
        return HOW
    count, sides = int(asked["count"] or 1), int(asked["sides"] or 6)
    if not count or not sides:
        return HOW
    dice = [random.randint(1, sides) for _ in range(count)]
    return f"{' + '.join(map(str, dice))} = {sum(dice)}" if count > 1 else str(dice[0])


if __name__ == "__main__":
    run(main)
