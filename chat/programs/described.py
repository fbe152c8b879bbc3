"""Changes as programs get them, asked for or pushed: JSON."""

from typing import Any

import msgspec

from chat.models import Room
from chat.models.program_cursor import Positions
from chat.programs.cursors import EXPIRED, Answer, Change, Gap


def described(answer: Answer) -> dict[str, Any]:
    return {
        "changes": [_change(it) for it in answer.changes],
        "gaps": [_gap(it) for it in answer.gaps],
        "positions": _positions(answer.positions),
        "more": answer.more,
    }


def _positions(positions: Positions) -> dict[str, Any]:
    named = positions.items()
    return {room: {"epoch": epoch, "version": version} for room, (epoch, version) in named}


def _change(change: Change) -> dict[str, Any]:
    room = change.room
    message = msgspec.Raw(change.entry.json.encode())
    return {"room": _room(room), "epoch": str(room.epoch), "message": message}


def _gap(gap: Gap) -> dict[str, Any]:
    expired = {"expired": gap.expired} if gap.why == EXPIRED else {}
    return {"room": _room(gap.room), "why": gap.why, **expired}


def _room(room: Room) -> dict[str, Any]:
    return {"id": str(room.uid), "address": room.address, "name": room.shown_name}
