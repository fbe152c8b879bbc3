"""Who is in a room: our own people, and those that other processes speak of."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

EXPIRE_SECONDS = 40  # after a process was last heard of, its people are gone

People = dict[str, str]  # names by ids


@dataclass
class Ours:
    """Somebody with a connection to this process, or several: tabs are one person."""

    name: str
    tabs: int = 0


@dataclass
class Theirs:
    """The people of another process."""

    heard_at: float
    people: People = field(default_factory=dict)


class Roster:
    """Pure data: it is told what happens, and says who is there. Seconds are those of `clock`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ours: dict[str, Ours] = {}
        self._theirs: dict[str, Theirs] = {}

    @property
    def ours(self) -> People:
        return {id: person.name for id, person in self._ours.items()}

    @property
    def is_empty(self) -> bool:
        """Whether none of our own people is left."""
        return not self._ours

    def name_of(self, id: str) -> str | None:
        """What somebody of our own people is called."""
        person = self._ours.get(id)
        return person.name if person else None

    @property
    def people(self) -> People:
        """Everybody, once."""
        everybody = self.ours
        for process in self._theirs.values():
            for id, name in process.people.items():
                everybody.setdefault(id, name)
        return everybody

    def enter(self, id: str, name: str) -> bool:
        """Somebody opened a connection, and this is their name. Returns whether that is news."""
        person = self._ours.setdefault(id, Ours(name))
        person.tabs += 1
        return self.rename(id, name) or person.tabs == 1

    def close(self, id: str) -> bool:
        """Somebody closed a connection. Returns whether it was their last; they are still here."""
        person = self._ours[id]
        person.tabs -= 1
        return person.tabs == 0

    def forget(self, id: str) -> bool:
        """Somebody did not come back. Returns whether they are gone from here."""
        person = self._ours.get(id)
        if person is None or person.tabs:
            return False
        del self._ours[id]
        return True

    def rename(self, id: str, name: str) -> bool:
        """Returns whether somebody of that id is here and was called otherwise."""
        has_changed = False
        if id in self._ours and self._ours[id].name != name:
            self._ours[id].name = name
            has_changed = True
        for process in self._theirs.values():
            if process.people.get(id, name) != name:
                process.people[id] = name
                has_changed = True
        return has_changed

    def update_process(
        self, process: str, people: Mapping[str, str | None], *, whole: bool
    ) -> bool:
        """A process speaks of its people: all of them, or who came and who (None) left."""
        theirs = self._theirs.setdefault(process, Theirs(self._clock()))
        theirs.heard_at = self._clock()
        before = dict(theirs.people)
        if whole:
            theirs.people.clear()
        for id, name in people.items():
            if name is None:
                theirs.people.pop(id, None)
            else:
                theirs.people[id] = name
        return theirs.people != before

    def expire(self) -> bool:
        """Let go of processes that went silent. Returns whether anybody is gone."""
        since = self._clock() - EXPIRE_SECONDS
        silent = {it for it, theirs in self._theirs.items() if theirs.heard_at < since}
        missed = any(self._theirs[process].people for process in silent)
        self._theirs = {it: theirs for it, theirs in self._theirs.items() if it not in silent}
        return missed
