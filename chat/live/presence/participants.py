"""The people in a room: those connected to this process, and those that other processes report."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

EXPIRE_SECONDS = 40  # after a process's last message, its people are gone

People = dict[str, str]  # names by member ids


@dataclass
class LocalPerson:
    """A person with connections to this process, or with none since a moment ago."""

    name: str
    is_guest: bool = False
    picture: str = ""
    connections: int = 0


@dataclass
class RemoteProcess:
    """What another process reported: its people, and when."""

    reported_at: float
    people: People = field(default_factory=dict)
    guests: set[str] = field(default_factory=set)  # ids
    pictures: dict[str, str] = field(default_factory=dict)  # of those who have one

    @property
    def state(self) -> tuple[People, set[str], dict[str, str]]:
        return dict(self.people), set(self.guests), dict(self.pictures)

    def rename(self, id: str, name: str, picture: str) -> bool:
        """Returns whether the person is there and had another name or picture."""
        if id not in self.people or (self.people[id], self.pictures.get(id, "")) == (name, picture):
            return False
        self.people[id] = name
        self.pictures.pop(id, None)
        if picture:
            self.pictures[id] = picture
        return True


class Participants:
    """Who is in one room. A person with several connections or processes counts once.

    Does no I/O: the caller reports what happens. `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._local: dict[str, LocalPerson] = {}
        self._processes: dict[str, RemoteProcess] = {}

    @property
    def people(self) -> People:
        """Everybody in the room, this process's people first."""
        everybody = self.local_people
        for process in self._processes.values():
            for id, name in process.people.items():
                everybody.setdefault(id, name)
        return everybody

    @property
    def local_people(self) -> People:
        return {id: person.name for id, person in self._local.items()}

    @property
    def guests(self) -> set[str]:
        """The ids of those who have no account."""
        return self.local_guests.union(*(it.guests for it in self._processes.values()))

    @property
    def local_guests(self) -> set[str]:
        return {id for id, person in self._local.items() if person.is_guest}

    @property
    def pictures(self) -> dict[str, str]:
        """The pictures of those who have one, by member ids."""
        pictures: dict[str, str] = {}
        for process in self._processes.values():
            pictures |= process.pictures
        return pictures | self.local_pictures

    @property
    def local_pictures(self) -> dict[str, str]:
        return {id: person.picture for id, person in self._local.items() if person.picture}

    @property
    def has_local_people(self) -> bool:
        return bool(self._local)

    def local_name(self, id: str) -> str | None:
        """The name of a person on this process; None for anybody else."""
        person = self._local.get(id)
        return person.name if person else None

    def connect(self, id: str, name: str, *, is_guest: bool = False, picture: str = "") -> bool:
        """Add a connection. Returns whether the person, or anything of theirs, is new here."""
        person = self._local.setdefault(id, LocalPerson(name, is_guest))
        person.connections += 1
        was_guest, person.is_guest = person.is_guest, is_guest
        is_shown_anew = self.rename(id, name, picture)
        return is_shown_anew or person.connections == 1 or was_guest != is_guest

    def disconnect(self, id: str) -> bool:
        """Remove a connection. Returns whether it was the last; the person stays listed."""
        person = self._local[id]
        person.connections -= 1
        return person.connections == 0

    def remove_disconnected(self, id: str) -> bool:
        """Remove a person. Returns False if the person is connected again, or not listed."""
        person = self._local.get(id)
        if person is None or person.connections:
            return False
        del self._local[id]
        return True

    def rename(self, id: str, name: str, picture: str = "") -> bool:
        """Returns whether the person is in the room and had another name or picture."""
        has_changed = False
        if (person := self._local.get(id)) and (person.name, person.picture) != (name, picture):
            person.name, person.picture = name, picture
            has_changed = True
        for process in self._processes.values():
            has_changed = process.rename(id, name, picture) or has_changed
        return has_changed

    def update_process(
        self,
        process_id: str,
        people: Mapping[str, str | None],
        guests: Collection[str] = (),
        pictures: Mapping[str, str] | None = None,
        *,
        is_complete: bool,
    ) -> bool:
        """Take another process's report: all its people, or changes, where None means left.

        `guests` are the ids of those of `people` who have no account, `pictures` those that some
        of them have.
        """
        process = self._processes.setdefault(process_id, RemoteProcess(self._clock()))
        process.reported_at = self._clock()
        before = process.state
        if is_complete:
            process.people.clear()
            process.guests.clear()
            process.pictures.clear()
        process.guests.difference_update(people)
        process.guests.update(guests)
        kept = {id: it for id, it in process.pictures.items() if id not in people}
        process.pictures = kept | dict(pictures or {})
        for id, name in people.items():
            if name is None:
                process.people.pop(id, None)
            else:
                process.people[id] = name
        return process.state != before

    def expire_processes(self) -> bool:
        """Remove processes that reported nothing for EXPIRE_SECONDS, and their people."""
        since = self._clock() - EXPIRE_SECONDS
        expired = {id for id, it in self._processes.items() if it.reported_at < since}
        has_changed = any(self._processes[id].people for id in expired)
        self._processes = {id: it for id, it in self._processes.items() if id not in expired}
        return has_changed
