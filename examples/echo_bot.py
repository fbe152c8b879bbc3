"""Says again what is said in its rooms, and edits that when the message is edited.

LOBBY=https://chat.example.com TOKEN=lobby_… python echo_bot.py

It may be killed at any time: it goes on where it stopped, and answers each message once.
"""

import sys
from uuid import NAMESPACE_URL, uuid5

from lobby import Change, Lobby, Refused, run

CURSOR = "echo"


def main(lobby: Lobby) -> None:
    for change in lobby.changes(CURSOR):
        try:
            if is_said_by_a_person(change):
                echo(lobby, change)
        except Refused as refused:  # a room may be locked, or gone: the others go on
            print(f"{change.room['name']}: {refused}", file=sys.stderr)


def is_said_by_a_person(change: Change) -> bool:
    message = change.message
    is_text = "kind" not in message and not message["deleted"] and message["text"] != ""
    return is_text and not message["author"].get("bot")


def echo(lobby: Lobby, change: Change) -> None:
    room, said = change.room["address"], change.message
    id = uuid5(NAMESPACE_URL, f"{change.room['id']}/{said['seq']}")  # one answer for each message
    answer = lobby.post(room, said["text"], reply_to=said["seq"], id=id)
    if answer and not answer["deleted"] and answer["text"] != said["text"]:
        lobby.edit(room, answer["seq"], said["text"])


if __name__ == "__main__":
    run(main)
