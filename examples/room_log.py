"""Appends what changes in a room to a file: a line of JSON for each state of each message.

LOBBY=https://chat.example.com TOKEN=lobby_… python room_log.py Lobby lobby.jsonl

Edits, deletions and reactions are lines as well: of those with the same `message.seq`, the last one
counts. It may be killed at any time, also while it writes: it goes on after the last whole line,
and no line comes twice. The token is for this room; what happens in others is passed over.
"""

import json
import mmap
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from lobby import Batch, Gap, Lobby, run

Line = dict[str, Any]  # epoch, version, and what was there: a message, or a gap


def main(lobby: Lobby) -> None:
    if len(sys.argv) != 3:
        sys.exit("Say which room, and which file: room_log.py ROOM FILE")
    room = lobby.room(sys.argv[1])["id"]
    with Path(sys.argv[2]).open("ab+") as file:
        log = Log(file)
        for batch in lobby.batches(f"log-{room}", begin="start", own=True):
            log.append(lines(batch, room))


def lines(batch: Batch, room: str) -> list[Line]:
    gaps = [gap_line(it, batch) for it in batch.gaps if it.room["id"] == room]
    changes = [
        {"epoch": it.epoch, "version": it.message["version"], "message": it.message}
        for it in batch.changes
        if it.room["id"] == room
    ]
    return gaps + changes


def gap_line(gap: Gap, batch: Batch) -> Line:
    """A gap stands where what was missed would end."""
    epoch = batch.positions[gap.room["id"]]["epoch"]
    return {"epoch": epoch, "version": gap.expired, "gap": gap.why}


class Log:
    """A file of lines, each of which is after the one before."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._last = cut_after_last_line(file)

    def append(self, lines: list[Line]) -> None:
        """Append what is new of these lines: they are on disk when this returns."""
        for line in lines:
            if self._is_new(line):
                self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                self._last = line
        self._file.flush()
        os.fsync(self._file.fileno())

    def _is_new(self, line: Line) -> bool:
        last = self._last
        return not last or line["epoch"] != last["epoch"] or line["version"] > last["version"]


def cut_after_last_line(file: BinaryIO) -> Line:
    """The last whole line, if there is one. What was begun after it is cut off."""
    if not file.seek(0, os.SEEK_END):
        return {}
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"\n") + 1
        last = content[content.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end]
    file.truncate(end)
    return dict(json.loads(last)) if last else {}


if __name__ == "__main__":
    run(main)
