"""A client of Lobby in one file: copy it beside your program. Python 3.11, nothing to install.

    from lobby import Lobby

    lobby = Lobby("https://chat.example.com", token)
    lobby.post("Lobby", "The kettle is on.")
    for change in lobby.changes("kettle-bot"):
        print(change.room["name"], change.message["text"])

What cannot be answered now is asked again until it can: after a restart, a rate, a broken line.
Nothing stands in a room twice by that, and a change comes again until it was handled. docs/api.md
has everything that a program may ask.
"""

import json
import logging
import math
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Literal, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID, uuid4

ANSWER_SECONDS = 30.0  # then a line counts as broken
WAIT_SECONDS = 50  # that a question for changes waits for one; many proxies wait for 60
PAUSE_SECONDS, PAUSE_MAX_SECONDS = 0.5, 30.0  # before asking again: each time twice as long
LATER = {429, 502, 503, 504}  # of Lobby, or of the proxy in front of it

logger = logging.getLogger("lobby")


class Person(TypedDict):
    id: str
    name: str
    guest: bool
    bot: NotRequired[bool]
    former: NotRequired[bool]


class Message(TypedDict):
    """The state of a message. It has more fields: docs/protocol.md."""

    seq: int
    version: int
    id: str
    author: Person
    text: str
    sent_at: str
    edited_at: str | None
    deleted: bool
    reply_to: int | None
    reactions: list[dict[str, Any]]
    kind: NotRequired[str]  # absent: "text"
    mentions: NotRequired[list[str]]
    files: NotRequired[list[dict[str, Any]]]


class Place(TypedDict):
    """Which room: its name may change, its id does not. `address` is what the methods take."""

    id: str
    address: str
    name: str


class Command(TypedDict):
    """What the page offers after a slash. `hint` shows what belongs after the name."""

    name: str
    description: str
    hint: NotRequired[str]


@dataclass(frozen=True)
class Change:
    """The state of a message after a change. With the same `key`, it is the same change again."""

    room: Place
    epoch: str
    message: Message

    @property
    def key(self) -> tuple[str, str, int]:
        return self.room["id"], self.epoch, self.message["version"]


@dataclass(frozen=True)
class Gap:
    """What was missed. `expired`: messages up to that seq are gone. `epoch`: Lobby was restored
    from a backup, and what was told since may never have been."""

    room: Place
    why: str
    expired: int = 0


@dataclass(frozen=True)
class Batch:
    """Changes that are acknowledged together, in the order of each room."""

    changes: list[Change]
    gaps: list[Gap]
    positions: dict[str, Any]


class Refused(Exception):
    """Lobby does not do this. `code` is for programs, `detail` for people."""

    def __init__(self, status: int, code: str, detail: str, retry_after: float = 0) -> None:
        super().__init__(f"{detail} ({code or status})")
        self.status, self.code, self.detail = status, code, detail
        self.retry_after = retry_after


class BadToken(Exception):
    """The token was revoked, or has expired. No `Refused`: there is nothing to go on with."""


class Unreachable(Exception):
    """There was no answer for as long as the client is patient."""


class Lobby:
    """Asks one Lobby, as the member whose token it has. `patience` is in seconds.

    All methods raise Refused, BadToken and Unreachable. A room is named by its address.
    """

    def __init__(self, url: str, token: str, patience: float = math.inf) -> None:
        self.patience = patience
        self._url = f"{url.rstrip('/')}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._open = build_opener(_NoRedirects).open

    def me(self) -> dict[str, Any]:
        """Who the token speaks as, and what it allows."""
        return dict(self._ask("GET", "/me"))

    def rooms(self) -> list[Place]:
        """The rooms in the member's list."""
        return list(self._ask("GET", "/rooms")["rooms"])

    def room(self, room: str) -> Place:
        found: Place = self._ask("GET", f"/rooms/{_part(room)}")
        return found

    def messages(self, room: str, before: int | None = None, limit: int = 50) -> list[Message]:
        """The newest messages, or those before a seq, oldest first."""
        query = {"limit": limit} | ({} if before is None else {"before": before})
        return list(
            self._ask("GET", f"/rooms/{_part(room)}/messages?{urlencode(query)}")["messages"]
        )

    def post(
        self, room: str, text: str, *, reply_to: int | None = None, id: UUID | None = None
    ) -> Message | None:
        """Post a message; None where it waits for a moderator.

        The same `id` once more posts nothing new, and returns the message that is there.
        """
        body = {"id": str(id or uuid4()), "text": text, "reply_to": reply_to}
        posted: Any = self._ask("POST", f"/rooms/{_part(room)}/messages", body)
        return posted if "seq" in posted else None

    def edit(self, room: str, seq: int, text: str) -> Message:
        edited: Message = self._ask("PATCH", _path(room, seq), {"text": text})
        return edited

    def delete(self, room: str, seq: int) -> Message:
        deleted: Message = self._ask("DELETE", _path(room, seq))
        return deleted

    def react(self, room: str, seq: int, emoji: str, *, on: bool = True) -> Message:
        """React to a message, or take that back."""
        method = "PUT" if on else "DELETE"
        reacted: Message = self._ask(method, f"{_path(room, seq)}/reactions/{_part(emoji)}")
        return reacted

    def declare(self, *commands: Command) -> None:
        """The bot's commands, in place of those before. People who are no bots have none."""
        self._ask("PUT", "/commands", commands)

    def changes(
        self, cursor: str, begin: Literal["now", "start"] = "now", *, own: bool = False
    ) -> Iterator[Change]:
        """What changes in all rooms of the token, for ever: as `batches`, one by one."""
        for batch in self.batches(cursor, begin, own=own):
            for gap in batch.gaps:
                logger.warning("missed in %s: %s", gap.room["name"], gap.why)
            yield from batch.changes

    def batches(
        self, cursor: str, begin: Literal["now", "start"] = "now", *, own: bool = False
    ) -> Iterator[Batch]:
        """What lies after the cursor of this name, which Lobby keeps, for ever.

        A batch is acknowledged when the next is asked for: of a program that ends before, it comes
        again. A new cursor begins now, or at the start. With `own`, also what the member wrote.
        """
        query = {"cursor": cursor, "begin": begin, "own": str(own).lower(), "wait": WAIT_SECONDS}
        while True:
            seconds = WAIT_SECONDS + ANSWER_SECONDS
            answer = self._ask("GET", f"/changes?{urlencode(query)}", seconds=seconds)
            if answer["changes"] or answer["gaps"]:
                changes = [
                    Change(it["room"], it["epoch"], it["message"]) for it in answer["changes"]
                ]
                gaps = [Gap(it["room"], it["why"], it.get("expired", 0)) for it in answer["gaps"]]
                yield Batch(changes, gaps, answer["positions"])
                acked = {"positions": answer["positions"]}
                self._ask("POST", f"/changes/{_part(cursor)}/ack", acked)

    # --- asking ---------------------------------------------------------------------------------

    def _ask(
        self, method: str, path: str, body: Any = None, seconds: float = ANSWER_SECONDS
    ) -> Any:
        """The answer, after as many attempts as it takes. Whatever is asked may be asked twice."""
        until, pauses = time.monotonic() + self.patience, _pauses()
        while True:
            pause = next(pauses)
            try:
                return self._ask_once(method, path, body, seconds)
            except Refused as refused:
                if refused.status not in LATER:
                    raise
                why: Exception = refused
                pause = max(pause, refused.retry_after)
            except (OSError, HTTPException) as broken:
                why = broken
            if time.monotonic() + pause > until:
                raise Unreachable(f"{self._url} does not answer: {why}") from why
            logger.warning("%s: asking again in %.1f s", why, pause)
            time.sleep(pause)

    def _ask_once(self, method: str, path: str, body: Any, seconds: float) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({} if data is None else {"Content-Type": "application/json"})
        request = Request(self._url + path, data, headers, method=method)
        try:
            with self._open(request, timeout=seconds) as answer:
                content = answer.read()
        except HTTPError as error:
            with error:
                raise _refusal(error) from None
        return json.loads(content) if content else None


def run(program: Callable[[Lobby], None]) -> None:
    """Run a program with the address in LOBBY and the token in TOKEN, until it is refused."""
    if not {"LOBBY", "TOKEN"} <= os.environ.keys():
        sys.exit("Set LOBBY to the address, like https://chat.example.com, and TOKEN to a token.")
    try:
        program(Lobby(os.environ["LOBBY"], os.environ["TOKEN"]))
    except (Refused, BadToken, Unreachable) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


class _NoRedirects(HTTPRedirectHandler):
    """The token is for one host, and goes to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _refusal(error: HTTPError) -> Exception:
    content = error.read()
    try:
        problem = json.loads(content)
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, LookupError, TypeError):  # of a proxy
        code, detail = "", f"{error.code} {error.reason}"
    if error.code == 401:
        return BadToken(f"The token is no longer valid: make another one. ({detail})")
    after = error.headers.get("Retry-After", "")
    return Refused(error.code, code, detail, float(after) if after.isdecimal() else 0)


def _pauses() -> Iterator[float]:
    """How long to wait before each further attempt: programs do not come back all at once."""
    pause = PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.5, 1)
        pause = min(2 * pause, PAUSE_MAX_SECONDS)


def _path(room: str, seq: int) -> str:
    return f"/rooms/{_part(room)}/messages/{seq}"


def _part(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="~")
