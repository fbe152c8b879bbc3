"""A bot is killed at any point of its loop, while people write: what it sees of the changes.

The model has the state of each message. Whatever the points were, the bot sees the last state of
each, and what it sees for the first time is in the order of its room.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import hypothesis.strategies as st
import lobby
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from lobby import Change, Lobby, Message

from api.tests.examples.conftest import House

pytestmark = pytest.mark.server

LIVES = settings(
    max_examples=12,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CURSOR = "bot"
STEPS = st.integers(0, 12)  # after which the bot is killed


class Killed(Exception):
    """At a point of the loop."""


class CaughtUp(Exception):
    """Nothing lies after the cursor."""


class Mortal(Lobby):
    """A client that lives for so many steps: a request is two, one to the server and one back."""

    steps: float

    def step(self) -> None:
        if not self.steps:
            raise Killed
        self.steps -= 1

    def _ask(self, method: str, path: str, *args: Any, **options: Any) -> Any:
        self.step()
        answer = super()._ask(method, path, *args, **options)
        self.step()
        if method == "GET" and not answer["changes"]:
            raise CaughtUp
        return answer


class Life(RuleBasedStateMachine):
    """People write in two rooms, and a bot lives again and again."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.ada, self.rooms = house.ada, [house.room, house.other]
        self.bot = Mortal(house.server.url, house.token)
        self.messages: dict[tuple[str, int], Message] = {}  # by room and seq: as they are
        self.seen: list[Change] = []
        self._drain()  # the cursor begins here

    @rule(which=st.integers(0, 1))
    def post(self, which: int) -> None:
        room = self.rooms[which]
        posted = self.ada.post(room, "tea")
        assert posted
        self._keep(room, posted)

    @precondition(lambda self: self.messages)
    @rule(which=st.integers(0), emoji=st.sampled_from("👍🫖"), on=st.booleans())
    def react(self, which: int, emoji: str, on: bool) -> None:
        self._change(which, lambda room, seq: self.ada.react(room, seq, emoji, on=on))

    @precondition(lambda self: self.messages)
    @rule(which=st.integers(0), text=st.sampled_from(["milk", "sugar"]))
    def edit(self, which: int, text: str) -> None:
        self._change(which, lambda room, seq: self.ada.edit(room, seq, text))

    @precondition(lambda self: self.messages)
    @rule(which=st.integers(0))
    def delete(self, which: int) -> None:
        self._change(which, self.ada.delete)

    @rule(steps=STEPS)
    def die(self, steps: int) -> None:
        self.live(steps)

    @rule()
    def live(self, steps: float = float("inf")) -> None:
        """As long as there are changes, unless it is killed before."""
        self.bot.steps = steps
        try:
            for change in self.bot.changes(CURSOR):
                self.bot.step()
                self.seen.append(change)
                self.bot.step()
        except Killed:
            return
        except CaughtUp:
            self._check()

    def teardown(self) -> None:
        self.live()

    def _drain(self) -> None:
        self.bot.steps = float("inf")
        with suppress(CaughtUp):
            list(self.bot.changes(CURSOR))

    def _change(self, which: int, change: Callable[[str, int], Message]) -> None:
        room, seq = list(self.messages)[which % len(self.messages)]
        if not self.messages[room, seq]["deleted"]:
            self._keep(room, change(room, seq))

    def _keep(self, room: str, message: Message) -> None:
        self.messages[room, message["seq"]] = message

    def _check(self) -> None:
        last = {(it.room["address"], it.message["seq"]): it.message for it in self.seen}
        assert last == self.messages
        for versions in self._first_sights().values():
            assert versions == sorted(versions)

    def _first_sights(self) -> dict[str, list[int]]:
        """The versions of each room, as the bot has seen them for the first time."""
        sights: dict[str, list[int]] = defaultdict(list)
        for room, _, version in dict.fromkeys(it.key for it in self.seen):
            sights[room].append(version)
        return sights


def test_a_bot_that_is_killed_anywhere_sees_each_change_in_order(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lobby, "WAIT_SECONDS", 0)
    lives: Any = partial(Life, house)
    run_state_machine_as_test(lives, settings=LIVES)
