"""The lists of states: functions that bring a page into the state of their name."""

from collections.abc import Callable

from playwright.sync_api import Page

State = Callable[[Page], None]
OUTSIDE: dict[str, State] = {}  # of pages that are not rooms, and of an empty room
ROOM: dict[str, State] = {}  # on a desktop
PHONE: dict[str, State] = {}
LONG: dict[str, State] = {}  # of a room with many unread messages


def in_lists(*lists: dict[str, State]) -> Callable[[State], State]:
    def add(state: State) -> State:
        for states in lists:
            states[state.__name__.replace("_", " ")] = state
        return state

    return add
